"""Shapes of the people endpoints' bodies. The tenants package checks the values themselves."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_ID = {"format": "uuid"}


class UserSchema(Schema):
    """A user to create. Without a password the person gets in by an invitation."""

    name = fields.String(required=True, metadata={"example": "Wang Li"})
    email = fields.String(required=True, metadata={"example": "wang@example.com"})
    phone = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    department = fields.String(allow_none=True, metadata=_ID)
    manager = fields.String(allow_none=True, metadata=_ID)
    locale = fields.String(allow_none=True)
    timezone = fields.String(allow_none=True)
    password = fields.String()
    permission_sets = fields.List(fields.String(), validate=validate.Length(max=100))


class UserChangeSchema(Schema):
    """Fields of a user to change; `version` refuses the change if somebody else was first."""

    name = fields.String()
    email = fields.String()
    phone = fields.String(allow_none=True)
    title = fields.String(allow_none=True)
    department = fields.String(allow_none=True, metadata=_ID)
    manager = fields.String(allow_none=True, metadata=_ID)
    locale = fields.String(allow_none=True)
    timezone = fields.String(allow_none=True)
    version = fields.Integer(strict=True)


class PermissionSetsSchema(Schema):
    """All permission sets that a user is to hold."""

    permission_sets = fields.List(fields.String(), required=True, validate=validate.Length(max=100))


class HeldSetsSchema(Schema):
    """What a user holds."""

    permission_sets = fields.List(fields.String(), required=True)
    effective = fields.List(fields.String(), required=True)


class DepartmentsSchema(Schema):
    """All departments that a user is in beside his own."""

    departments = fields.List(fields.String(metadata=_ID), required=True, validate=validate.Length(max=100))


class PasswordSchema(Schema):
    password = fields.String(required=True)


class DepartmentSchema(Schema):
    name = fields.String(required=True, metadata={"example": "North"})
    parent = fields.String(allow_none=True, metadata=_ID)
    head = fields.String(allow_none=True, metadata=_ID)
    position = fields.Integer(strict=True)
    active = fields.Boolean()


class DepartmentChangeSchema(Schema):
    name = fields.String()
    parent = fields.String(allow_none=True, metadata=_ID)
    head = fields.String(allow_none=True, metadata=_ID)
    position = fields.Integer(strict=True)
    active = fields.Boolean()
    version = fields.Integer(strict=True)


class TeamSchema(Schema):
    name = fields.String(required=True, metadata={"example": "Launch"})


class MemberSchema(Schema):
    user = fields.String(required=True, metadata=_ID)
    role = fields.String(allow_none=True)


class MembersSchema(Schema):
    """All members of a team."""

    members = fields.List(fields.Nested(MemberSchema), required=True, validate=validate.Length(max=1000))


class TokenSchema(Schema):
    """A token to issue. `expires_at` is a moment in ISO 8601; null or absent = until it is revoked."""

    name = fields.String(required=True, metadata={"example": "Nightly sync"})
    scopes = fields.List(fields.String(), validate=validate.Length(max=20))
    expires_at = fields.AwareDateTime(allow_none=True)
    user = fields.String(metadata={**_ID, "description": "Another user than oneself; needs the system right people."})


class CreatedSchema(Schema):
    id = fields.String(required=True, metadata=_ID)


class VersionSchema(Schema):
    id = fields.String(required=True, metadata=_ID)
    version = fields.Integer(required=True)
