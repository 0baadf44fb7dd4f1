"""Shapes of the bodies about assistants."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_ID = {"format": "uuid"}


class AssistantChangeSchema(Schema):
    """From when until when, in ISO 8601; null or absent = at once, for good."""

    from_at = fields.AwareDateTime(allow_none=True, load_default=None)
    until_at = fields.AwareDateTime(allow_none=True, load_default=None)


class AssistantSchema(AssistantChangeSchema):
    """`assistant` acts for `user`: the records of `user` count as his own."""

    user = fields.String(required=True, metadata=_ID)
    assistant = fields.String(required=True, metadata=_ID)


class AssistanceSchema(Schema):
    id = fields.String(required=True, metadata=_ID)
    user = fields.String(metadata=_ID)
    user_name = fields.String()
    assistant = fields.String(metadata=_ID)
    assistant_name = fields.String()
    from_at = fields.String(allow_none=True)
    until_at = fields.String(allow_none=True)
    created_at = fields.String(allow_none=True)
    created_by = fields.String(allow_none=True, metadata=_ID)
    state = fields.String(validate=validate.OneOf(("coming", "now", "over")))


class AssistantsSchema(Schema):
    """By name."""

    assistants = fields.List(fields.Nested(AssistanceSchema), required=True)
