"""Shapes of the pipelines' HTTP answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class NeedShape(Schema):
    """One thing that a gate asks for; `name`: the field's or the item's, null for one that the caller may not know."""

    kind = fields.String(metadata={"description": "field, item, condition or approval"})
    stage = fields.String()
    name = fields.String(allow_none=True)
    label = fields.String()
    met = fields.Boolean()
    reason = fields.Boolean(metadata={"description": "A field that is asked for on entering."})


class ItemShape(Schema):
    """An item of a checklist, and who ticked it."""

    name = fields.String()
    label = fields.String()
    required = fields.Boolean()
    ticked_at = fields.DateTime(allow_none=True)
    ticked_by = fields.UUID(allow_none=True)
    ticked_by_name = fields.String(data_key="ticked_by.name", allow_none=True)


class StageShape(Schema):
    """A stage as one record sees it. `allowed`: by the moves of the pipeline; `needs`: what its gate asks for."""

    value = fields.String()
    label = fields.String()
    outcome = fields.String()
    probability = fields.Integer(allow_none=True)
    forecast = fields.String()
    guidance = fields.String(allow_none=True)
    stall_days = fields.Integer(allow_none=True)
    limit = fields.Integer(allow_none=True)
    days = fields.Integer(metadata={"description": "Whole days that the record was or is there, all stays together."})
    current = fields.Boolean()
    stalled = fields.Boolean()
    allowed = fields.Boolean()
    needs = fields.List(fields.Nested(NeedShape))
    checklist = fields.List(fields.Nested(ItemShape))


class StayShape(Schema):
    """One stay; `until` is null while it lasts."""

    value = fields.String(allow_none=True)
    since = fields.DateTime()
    until = fields.DateTime(allow_none=True)
    days = fields.Integer()


class PipelineShape(Schema):
    """A pipeline that serves the record."""

    pipeline = fields.String()
    label = fields.String()
    field = fields.String()
    value = fields.String(allow_none=True)
    stages = fields.List(fields.Nested(StageShape))
    stays = fields.List(fields.Nested(StayShape))


class Stages(Schema):
    """One for each field of the object that has a pipeline."""

    pipelines = fields.List(fields.Nested(PipelineShape))


class Ticked(Schema):
    """Whether the item is ticked now."""

    ticked = fields.Boolean()
    changed = fields.Boolean()


class CardShape(Schema):
    """A record on the board. `days`: how long it has been at its stage."""

    record = fields.Dict()
    days = fields.Integer(allow_none=True)
    stalled = fields.Boolean()


class LaneShape(Schema):
    """`stage` is null for records without one; `sums` by currency, "" where no field says it."""

    stage = fields.String(allow_none=True)
    label = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    probability = fields.Integer(allow_none=True)
    limit = fields.Integer(allow_none=True)
    over = fields.Boolean()
    count = fields.Integer()
    sums = fields.Dict(keys=fields.String(), values=fields.String())
    cards = fields.List(fields.Nested(CardShape))


class BoardShape(Schema):
    """The lanes in the order of the stages; `total` is the field that is summed."""

    pipeline = fields.String()
    field = fields.String()
    total = fields.String(allow_none=True)
    lanes = fields.List(fields.Nested(LaneShape))
