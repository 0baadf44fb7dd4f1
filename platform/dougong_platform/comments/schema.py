"""Shapes of the comments' HTTP bodies."""

from __future__ import annotations

from marshmallow import Schema, fields


class CommentBody(Schema):
    """What is said."""

    text = fields.String(required=True)


class CommentShape(Schema):
    """A comment as it is answered."""

    id = fields.UUID()
    author = fields.UUID()
    author_name = fields.String(data_key="author.name", allow_none=True)
    at = fields.DateTime()
    edited = fields.DateTime(allow_none=True)
    text = fields.String()


class CommentList(Schema):
    """A page of comments, newest first."""

    comments = fields.List(fields.Nested(CommentShape))
