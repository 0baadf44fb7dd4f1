"""Shapes of the audit endpoints' bodies and answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from dougong_tenants.audit.retention import DEFAULT_DAYS, FEWEST_DAYS, MOST_DAYS

_ID = {"format": "uuid"}
_DAYS = {"minimum": FEWEST_DAYS, "maximum": MOST_DAYS, "example": DEFAULT_DAYS}


class EntrySchema(Schema):
    """One entry. `sentence` is in the caller's language; `details` holds `changes` as {name: [before, after]}."""

    seq = fields.Integer(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})
    actor = fields.String(required=True, allow_none=True, metadata=_ID)
    actor_name = fields.String(required=True)
    action = fields.String(required=True, metadata={"example": "token.issued"})
    sentence = fields.String(required=True)
    target_kind = fields.String(required=True, allow_none=True)
    target = fields.String(required=True, allow_none=True)
    label = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)
    ip = fields.String(required=True, allow_none=True)
    via = fields.String(required=True, allow_none=True)


class EntriesSchema(Schema):
    """A page; `next` is the cursor of the one after it."""

    entries = fields.List(fields.Nested(EntrySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class PolicyChangeSchema(Schema):
    """For how many days entries are kept; null = for ever."""

    days = fields.Integer(required=True, allow_none=True, strict=True, metadata=_DAYS)


class PolicySchema(PolicyChangeSchema):
    """The policy, and who set it when."""

    changed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    changed_by = fields.String(required=True, allow_none=True, metadata=_ID)
