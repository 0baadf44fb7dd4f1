"""Shapes of the files' HTTP answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class FileShape(Schema):
    """What is known of a file."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    thumbnail = fields.Boolean()
    field = fields.String(allow_none=True)
    created_at = fields.DateTime()
    created_by = fields.UUID()
    created_by_name = fields.String(data_key="created_by.name", allow_none=True)


class FileList(Schema):
    """The files of a record, newest first."""

    files = fields.List(fields.Nested(FileShape))
