"""Shapes of the bodies about grants."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_ID = {"format": "uuid"}


class GrantSchema(Schema):
    """A permission set for exactly one of user, department and title. Moments are ISO 8601; absent = at once, for good.

    `below`: a department's grant reaches those below it; `departments`: whose records the scope `departments` means.
    """

    permission_set = fields.String(required=True, metadata={"example": "reader"})
    user = fields.String(allow_none=True, metadata=_ID)
    department = fields.String(allow_none=True, metadata=_ID)
    below = fields.Boolean()
    title = fields.String(allow_none=True)
    departments = fields.List(fields.String(metadata=_ID), validate=validate.Length(max=100))
    from_at = fields.AwareDateTime(allow_none=True)
    until_at = fields.AwareDateTime(allow_none=True)


class GivenSchema(Schema):
    id = fields.String(required=True, metadata=_ID)
    permission_set = fields.String(required=True)
    user = fields.String(allow_none=True, metadata=_ID)
    user_name = fields.String(allow_none=True)
    department = fields.String(allow_none=True, metadata=_ID)
    department_name = fields.String(allow_none=True)
    below = fields.Boolean()
    title = fields.String(allow_none=True)
    departments = fields.List(fields.String(metadata=_ID))
    from_at = fields.String(allow_none=True)
    until_at = fields.String(allow_none=True)
    created_at = fields.String(allow_none=True)
    created_by = fields.String(allow_none=True, metadata=_ID)
    state = fields.String(validate=validate.OneOf(("coming", "now", "over")))


class GrantsSchema(Schema):
    """Grants by permission set."""

    grants = fields.List(fields.Nested(GivenSchema), required=True)
