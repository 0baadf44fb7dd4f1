"""Shapes of the answers about permission sets."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class NamedSchema(Schema):
    name = fields.String(required=True)
    label = fields.String(required=True)


class ComparedSchema(Schema):
    """One right of two sets; `a` and `b` are api words, `a_words` and `b_words` for people."""

    part = fields.String(validate=validate.OneOf(("system", "kinds", "apps", "object", "field")))
    object = fields.String(allow_none=True)
    object_label = fields.String()
    subject = fields.String()
    label = fields.String()
    a = fields.String()
    b = fields.String()
    a_words = fields.String()
    b_words = fields.String()


class ComparisonSchema(Schema):
    """`differences`: how many rights differ; `rows`: those, or all of them where they were asked for."""

    a = fields.Nested(NamedSchema, required=True)
    b = fields.Nested(NamedSchema, required=True)
    differences = fields.Integer(required=True)
    rows = fields.List(fields.Nested(ComparedSchema), required=True)
