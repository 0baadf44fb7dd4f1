"""Shapes of the history's HTTP answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class Shared(Schema):
    """With whom a record was shared, and how."""

    id = fields.UUID()
    subject = fields.UUID()
    access = fields.String()
    role = fields.String(allow_none=True)
    relations = fields.List(fields.String())
    expires_at = fields.DateTime(allow_none=True)
    note = fields.String(allow_none=True)


class ShareChange(Schema):
    """A share before and after; null where there was, or is, none."""

    before = fields.Nested(Shared, allow_none=True)
    after = fields.Nested(Shared, allow_none=True)


class Tick(Schema):
    """The item of a stage's checklist that was ticked, or whose tick was taken back."""

    pipeline = fields.String()
    stage = fields.String()
    item = fields.String()


class Change(Schema):
    """One write of a record; `changes` holds [before, after] by field."""

    seq = fields.Integer()
    at = fields.DateTime()
    version = fields.Integer()
    op = fields.String()
    actor = fields.UUID(allow_none=True)
    actor_name = fields.String(data_key="actor.name", allow_none=True)
    cause = fields.String()
    cause_ref = fields.String(allow_none=True)
    changes = fields.Dict(keys=fields.String(), values=fields.List(fields.Raw(allow_none=True)))
    share = fields.Nested(ShareChange, metadata={"description": "Of op share and unshare only."})
    tick = fields.Nested(Tick, metadata={"description": "Of op tick and untick only."})
    subject_name = fields.String(data_key="subject.name", allow_none=True)


class History(Schema):
    """A page of a record's history, newest first."""

    history = fields.List(fields.Nested(Change))
    next = fields.Integer(allow_none=True)
