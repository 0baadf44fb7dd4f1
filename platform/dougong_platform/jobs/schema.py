"""Shapes of the jobs endpoints' answers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dougong_platform.jobs.board import STATES

_MOMENT = {"format": "date-time"}


class JobSchema(Schema):
    """One row of the outbox. `failed` is the last error's text, `due` when it is tried next."""

    id = fields.Integer(required=True)
    topic = fields.String(required=True, metadata={"example": "webhook"})
    summary = fields.String(required=True)
    payload = fields.Dict(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    at = fields.String(required=True, metadata=_MOMENT)
    due = fields.String(required=True, metadata=_MOMENT)
    attempts = fields.Integer(required=True)
    failed = fields.String(required=True, allow_none=True)


class TopicSchema(Schema):
    """Counts among at most 100,000 rows; `oldest_seconds`: for how long the first has been due."""

    topic = fields.String(required=True)
    label = fields.String(required=True)
    due = fields.Integer(required=True)
    later = fields.Integer(required=True)
    failing = fields.Integer(required=True)
    dead = fields.Integer(required=True)
    oldest_seconds = fields.Float(required=True)


class JobsSchema(Schema):
    """`next` is what `before` takes for the following page, null on the last."""

    topics = fields.List(fields.Nested(TopicSchema), required=True)
    jobs = fields.List(fields.Nested(JobSchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


class AgainSchema(Schema):
    """All that were given up, or those of one topic."""

    topic = fields.String(allow_none=True, load_default=None)


class CountSchema(Schema):
    """How many were put back."""

    count = fields.Integer(required=True)
