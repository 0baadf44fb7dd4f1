"""Shapes of the HTTP bodies and answers of automations."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dougong_platform.automations.runs import STATES

_BOTH = {"description": "In both languages: {en, zh}."}


class Counts(Schema):
    """Runs of the last 30 days by state; those that were repeated do not count as wrong."""

    done = fields.Integer()
    failed = fields.Integer()
    cut = fields.Integer()
    skipped = fields.Integer()


class AddressUse(Schema):
    """Since when the address is there, and when it was last called."""

    created_at = fields.DateTime()
    used_at = fields.DateTime(allow_none=True)


class AutomationShape(Schema):
    """An automation, and how it goes."""

    name = fields.String()
    label = fields.Dict(keys=fields.String(), values=fields.String(), metadata=_BOTH)
    object = fields.String(allow_none=True)
    active = fields.Boolean()
    trigger = fields.String()
    position = fields.Integer()
    before = fields.Boolean(metadata={"description": "It is part of the save, and has no runs."})
    actions = fields.List(fields.String())
    origin = fields.String(allow_none=True)
    counts = fields.Nested(Counts)
    last_run_at = fields.DateTime(allow_none=True)
    address = fields.Nested(AddressUse, allow_none=True)


class AutomationList(Schema):
    """All automations."""

    automations = fields.List(fields.Nested(AutomationShape))


class RunShape(Schema):
    """What one automation saw, decided and did for one record."""

    id = fields.UUID()
    batch = fields.UUID(metadata={"description": "What ran together; the `cause_ref` of its writes in history."})
    parent = fields.UUID(allow_none=True, metadata={"description": "The batch whose writes set it off."})
    automation = fields.String()
    release = fields.Integer()
    object = fields.String(allow_none=True)
    record = fields.UUID(allow_none=True)
    version = fields.Integer(allow_none=True)
    label = fields.String(allow_none=True)
    at = fields.DateTime()
    due = fields.DateTime(allow_none=True)
    trigger = fields.String()
    actor = fields.UUID(allow_none=True)
    actor_name = fields.String(allow_none=True)
    chain = fields.List(fields.String())
    saw = fields.Dict()
    decided = fields.Boolean()
    did = fields.List(fields.Dict())
    state = fields.String(validate=validate.OneOf(STATES))
    error = fields.Dict(allow_none=True, metadata={"description": "{code, en, zh[, errors]}"})
    attempts = fields.Integer()
    duration = fields.Integer(metadata={"description": "Milliseconds of the whole batch."})
    repeats = fields.UUID(allow_none=True)
    repeated = fields.UUID(allow_none=True)
    visible = fields.Boolean(metadata={"description": "Whether the caller may see the record."})


class RunList(Schema):
    """A page of runs, newest first."""

    runs = fields.List(fields.Nested(RunShape))
    next = fields.UUID(allow_none=True)


class RunStarted(Schema):
    """The run that will be."""

    run = fields.UUID()


class AddressShape(Schema):
    """A new address. Shown once."""

    automation = fields.String()
    path = fields.String()
    secret = fields.String(metadata={"description": "The key of the HMAC that signed calls carry."})


class TryBody(Schema):
    """Either the name of an automation, or a document that is in no release yet; and the period."""

    name = fields.String()
    document = fields.Dict(keys=fields.String(), values=fields.Raw())
    since = fields.AwareDateTime(required=True, data_key="from")
    until = fields.AwareDateTime(required=True, data_key="to")
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 1000))


class FiredShape(Schema):
    """A record that would have set it off, when, and what would have been done."""

    record = fields.UUID(allow_none=True)
    label = fields.String(allow_none=True)
    at = fields.DateTime()
    due = fields.DateTime(allow_none=True)
    actor = fields.UUID(allow_none=True)
    actions = fields.List(fields.Dict(), allow_none=True)


class TriedShape(Schema):
    """What would have happened."""

    automation = fields.String()
    object = fields.String(allow_none=True)
    trigger = fields.String()
    since = fields.DateTime(data_key="from")
    until = fields.DateTime(data_key="to")
    fired = fields.List(fields.Nested(FiredShape))
    records = fields.Integer()
    more = fields.Boolean()
    notice = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True, metadata=_BOTH)
