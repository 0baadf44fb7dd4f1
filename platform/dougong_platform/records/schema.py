"""Shapes of the write path's HTTP answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class ErrorShape(Schema):
    """One thing wrong with one value."""

    field = fields.String(allow_none=True)
    code = fields.String()
    message = fields.String()
    index = fields.Integer(allow_none=True)


class Written(Schema):
    """A record that was written: its id and its version now."""

    id = fields.UUID()
    version = fields.Integer()


class WrittenRow(Schema):
    """What became of one row of a batch."""

    index = fields.Integer()
    id = fields.UUID(allow_none=True)
    version = fields.Integer(allow_none=True)
    created = fields.Boolean()
    changed = fields.Boolean()
    errors = fields.List(fields.Nested(ErrorShape))


class WrittenRows(Schema):
    """What became of a batch, row by row; `written` counts the rows without errors."""

    records = fields.List(fields.Nested(WrittenRow))
    written = fields.Integer()
