"""Shapes of the bodies about queues."""

from __future__ import annotations

from marshmallow import Schema, fields

_ID = {"format": "uuid"}


class QueueSchema(Schema):
    """A queue to create. The members of its team work its records as their own."""

    name = fields.String(required=True, metadata={"example": "Returned books"})
    team = fields.String(allow_none=True, load_default=None, metadata=_ID)


class QueueChangeSchema(Schema):
    """What is to change; `active: false` takes it out of use, its records stay its own."""

    name = fields.String()
    team = fields.String(allow_none=True, metadata=_ID)
    active = fields.Boolean()
    version = fields.Integer(strict=True)


class QueueLineSchema(Schema):
    id = fields.String(required=True, metadata=_ID)
    version = fields.Integer()
    name = fields.String()
    active = fields.Boolean()
    team = fields.String(allow_none=True, metadata=_ID)
    team_name = fields.String(allow_none=True)
    members = fields.Integer()


class QueuesSchema(Schema):
    """By name, those in use first."""

    queues = fields.List(fields.Nested(QueueLineSchema), required=True)
