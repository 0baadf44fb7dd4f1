"""Shapes of the HTTP bodies and answers of own documents."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_KIND = validate.OneOf(("report", "dashboard"), error="“report” or “dashboard”.")
_ACCESS = validate.OneOf(("read", "edit"), error="“read” or “edit”.")
_SUBJECTS = ("user", "department", "team", "permission_set", "everybody")


class SharedBody(Schema):
    """With whom: the id of a user, department or team, or a permission set's name; none for everybody."""

    kind = fields.String(required=True, validate=validate.OneOf(_SUBJECTS))
    id = fields.String(allow_none=True)
    access = fields.String(validate=_ACCESS)


class OwnDocumentBody(Schema):
    """A new one: `body` has the keys of a document of this kind, without kind, name and label."""

    kind = fields.String(required=True, validate=_KIND)
    label = fields.String(required=True)
    body = fields.Dict(required=True, keys=fields.String())


class OwnDocumentChange(Schema):
    """What is changed of the version given. `shared` (its owner's business): exactly with whom from now on."""

    version = fields.Integer(strict=True)
    label = fields.String()
    body = fields.Dict(keys=fields.String())
    shared = fields.List(fields.Nested(SharedBody))
    removed = fields.Boolean(validate=validate.Equal(False, error="“false” brings it back; DELETE puts it away."))


class SharedShape(Schema):
    """With whom one's own document is shared; without a name whoever is gone."""

    kind = fields.String()
    id = fields.String(allow_none=True)
    access = fields.String()
    name = fields.String(allow_none=True)


class ProblemShape(Schema):
    """Why a body means nothing under today's metadata."""

    path = fields.String()
    code = fields.String()
    message = fields.String()
    hint = fields.String(allow_none=True)


class OwnDocumentShape(Schema):
    """A document as it is answered; `problems` and, for its owner, `shared` where one is asked for alone."""

    id = fields.UUID()
    kind = fields.String()
    owner = fields.UUID()
    owner_name = fields.String(data_key="owner.name", allow_none=True)
    label = fields.String()
    body = fields.Dict()
    version = fields.Integer()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()
    updated_by = fields.UUID(allow_none=True)
    access = fields.String()
    shared = fields.List(fields.Nested(SharedShape))
    problems = fields.List(fields.Nested(ProblemShape))


class OwnDocumentList(Schema):
    """One's own and those shared with one."""

    own_documents = fields.List(fields.Nested(OwnDocumentShape))
