"""Shapes of the webhooks endpoints' bodies and answers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dougong_platform.webhooks.log import STATES
from dougong_platform.webhooks.secret import OVERLAP_HOURS

_MOMENT = {"format": "date-time"}


class DeliverySchema(Schema):
    """One call. `status`, `answer`, `problem` and `seconds` are the last attempt's."""

    id = fields.String(required=True, metadata={"format": "uuid"})
    webhook = fields.String(required=True)
    event = fields.String(required=True, metadata={"example": "book.updated"})
    payload = fields.Dict(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    attempts = fields.Integer(required=True)
    next_at = fields.String(required=True, allow_none=True, metadata=_MOMENT)
    status = fields.Integer(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)
    seconds = fields.Float(required=True, allow_none=True)
    at = fields.String(required=True, metadata=_MOMENT)
    tried_at = fields.String(required=True, allow_none=True, metadata=_MOMENT)


class DeliveriesSchema(Schema):
    """A page; `next` is what `before` takes for the following one."""

    deliveries = fields.List(fields.Nested(DeliverySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class StandingSchema(Schema):
    """A published webhook and how it stands."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    url = fields.String(required=True)
    active = fields.Boolean(required=True)
    secret_at = fields.String(required=True, allow_none=True, metadata=_MOMENT)
    previous_until = fields.String(required=True, allow_none=True, metadata=_MOMENT)
    stopped_at = fields.String(required=True, allow_none=True, metadata=_MOMENT)
    failures = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    dead = fields.Integer(required=True)
    delivered = fields.Integer(required=True)
    last_at = fields.String(required=True, allow_none=True, metadata=_MOMENT)


class WebhooksSchema(Schema):
    """All that are published."""

    webhooks = fields.List(fields.Nested(StandingSchema), required=True)


class RenewalSchema(Schema):
    """For how many hours the present secret goes on to sign beside the new one."""

    overlap_hours = fields.Integer(
        load_default=OVERLAP_HOURS, strict=True, validate=validate.Range(0, 24 * 14), metadata={"example": 24}
    )


class SecretSchema(Schema):
    """The new secret: shown once."""

    secret = fields.String(required=True)
