"""Shapes of the HTTP bodies and answers of subscriptions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class RecipientBody(Schema):
    """A user's id, or a permission set's name."""

    kind = fields.String(required=True, validate=validate.OneOf(("user", "permission_set")))
    id = fields.String(required=True)


class OnlyIfBody(Schema):
    """{"rows": true}: only if there are any; or a value of the report that is above or below a number."""

    rows = fields.Boolean(validate=validate.Equal(True))
    value = fields.String()
    is_ = fields.String(data_key="is", attribute="is", validate=validate.OneOf(("above", "below")))
    than = fields.String()


class SubscriptionChange(Schema):
    """What is changed. `filters`: period, compare, owner, department, where, sort, as running the report takes them."""

    recipients = fields.List(fields.Nested(RecipientBody))
    cadence = fields.String()
    hour = fields.Integer(strict=True)
    weekday = fields.Integer(strict=True, allow_none=True)
    day = fields.Integer(strict=True, allow_none=True)
    filters = fields.Dict(keys=fields.String())
    only_if = fields.Nested(OnlyIfBody, allow_none=True)
    active = fields.Boolean()


class SubscriptionBody(SubscriptionChange):
    """A new one: of a report's or dashboard's key, to oneself unless others are named."""

    kind = fields.String(validate=validate.OneOf(("report", "dashboard")))
    key = fields.String(required=True)
    cadence = fields.String(required=True)
    hour = fields.Integer(required=True, strict=True)


class SubscriptionShape(Schema):
    """A subscription as it is answered. `timezone`: by whose clock its hour is meant. Nothing is sent while its owner
    is not active."""

    id = fields.UUID()
    kind = fields.String()
    key = fields.String()
    owner = fields.UUID()
    owner_name = fields.String(data_key="owner.name", allow_none=True)
    owner_active = fields.Boolean(data_key="owner.active")
    recipients = fields.List(fields.Nested(RecipientBody))
    cadence = fields.String()
    hour = fields.Integer()
    weekday = fields.Integer(allow_none=True)
    day = fields.Integer(allow_none=True)
    filters = fields.Dict()
    only_if = fields.Dict(allow_none=True)
    active = fields.Boolean()
    next_at = fields.DateTime(allow_none=True)
    last_at = fields.DateTime(allow_none=True)
    last_error = fields.Dict(allow_none=True)
    timezone = fields.String()


class SubscriptionList(Schema):
    """One's own, and those by which one gets something."""

    report_subscriptions = fields.List(fields.Nested(SubscriptionShape))
