"""Shapes of the saved views' HTTP bodies."""

from __future__ import annotations

from marshmallow import Schema, fields


class SavedViewChange(Schema):
    """What may be changed of a view."""

    name = fields.String()
    columns = fields.List(fields.String())
    filter = fields.String(allow_none=True)
    sort = fields.List(fields.String())
    totals = fields.List(fields.String())
    shared = fields.Boolean()


class SavedViewBody(SavedViewChange):
    """A new view of an object."""

    object = fields.String(required=True)
    name = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)


class SavedViewShape(SavedViewBody):
    """A view as it is answered."""

    id = fields.UUID()
    owner = fields.UUID()


class SavedViewList(Schema):
    """Views of one object."""

    saved_views = fields.List(fields.Nested(SavedViewShape))
