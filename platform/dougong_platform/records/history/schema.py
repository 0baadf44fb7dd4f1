"""Shapes of the history's HTTP answers."""

from __future__ import annotations

from marshmallow import Schema, fields


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


class History(Schema):
    """A page of a record's history, newest first."""

    history = fields.List(fields.Nested(Change))
    next = fields.Integer(allow_none=True)
