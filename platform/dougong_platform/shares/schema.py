"""Shapes of the HTTP bodies and answers of shares."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_ACCESS = validate.OneOf(("read", "edit"), error="“read” or “edit”.")
_RELATIONS = validate.Length(max=100, error="At most 100.")


class ChangedTerms(Schema):
    """What a share shall say; what is left out stays, null empties."""

    access = fields.String(validate=_ACCESS)
    role = fields.String(allow_none=True)
    relations = fields.List(fields.String(), validate=_RELATIONS)
    until = fields.Date(allow_none=True)
    note = fields.String(allow_none=True)


class ShareBody(ChangedTerms):
    """With whom (the id of a user, department or team), and on what terms: read, without end, unless said."""

    subject = fields.String(required=True)


class SharesBody(ShareBody):
    """The same for several records."""

    ids = fields.List(fields.String(), required=True)


class ShareShape(Schema):
    """A share as it is answered; `until` is the last day in the caller's zone."""

    id = fields.UUID()
    subject = fields.UUID()
    subject_name = fields.String(data_key="subject.name", allow_none=True)
    kind = fields.String()
    access = fields.String()
    role = fields.String(allow_none=True)
    relations = fields.List(fields.String())
    until = fields.Date(allow_none=True)
    expires_at = fields.DateTime(allow_none=True)
    active = fields.Boolean()
    note = fields.String(allow_none=True)
    created_at = fields.DateTime()
    created_by = fields.UUID()
    created_by_name = fields.String(data_key="created_by.name", allow_none=True)
    may_change = fields.Boolean()


class RelationShape(Schema):
    """A lookup along which the record's shares can be extended."""

    name = fields.String()
    label = fields.Dict(keys=fields.String(), values=fields.String())


class ShareList(Schema):
    """The shares of a record, its team first, and along what they can be extended."""

    shares = fields.List(fields.Nested(ShareShape))
    relations = fields.List(fields.Nested(RelationShape))


class SharedRow(Schema):
    """What became of one record."""

    index = fields.Integer()
    id = fields.String()
    share = fields.UUID(allow_none=True)
    changed = fields.Boolean()
    errors = fields.List(fields.Dict())


class SharedRows(Schema):
    """One row per record, in their order."""

    records = fields.List(fields.Nested(SharedRow))
