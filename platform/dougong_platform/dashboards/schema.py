"""Shapes of the dashboards' HTTP bodies."""

from __future__ import annotations

from marshmallow import Schema, fields


class DashboardLine(Schema):
    """One dashboard in the list. `broken`: an own one that speaks of what is gone, which its page names."""

    key = fields.String()
    label = fields.String()
    description = fields.String(allow_none=True)
    own = fields.Boolean()
    editable = fields.Boolean()
    owner = fields.UUID(allow_none=True)
    broken = fields.Boolean()
    home = fields.Boolean()


class DashboardList(Schema):
    """Those that one may see."""

    dashboards = fields.List(fields.Nested(DashboardLine))


class WidgetShape(Schema):
    """One widget; `at` is [left, top, wide, high] in cells of 12 columns."""

    name = fields.String()
    type = fields.String()
    label = fields.String(allow_none=True)
    at = fields.List(fields.Integer())


class DashboardShape(DashboardLine):
    """One dashboard with its widgets; `filters` are their first choices; `view_as` is whose numbers it shows."""

    widgets = fields.List(fields.Nested(WidgetShape))
    filters = fields.Dict()
    view_as = fields.String(allow_none=True)


class WidgetAnswer(Schema):
    """What a widget shows: `data` by its type."""

    name = fields.String()
    type = fields.String()
    data = fields.Dict()


class HomeChoice(Schema):
    """The dashboard that shall be home; null: the one of one's permission sets."""

    dashboard = fields.String(required=True, allow_none=True)
