"""Shapes of the identity providers' bodies. The tenants package checks the values themselves."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_ID = {"format": "uuid"}


class ProviderSchema(Schema):
    """A provider whole. Without `client_secret` the one that is stored stays; null removes it."""

    label = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"example": {"en": "Acme", "zh": "宏图"}}
    )
    issuer = fields.String(required=True, metadata={"example": "https://login.example.com"})
    client_id = fields.String(required=True, metadata={"example": "dougong"})
    client_secret = fields.String(allow_none=True, load_only=True)
    scopes = fields.List(fields.String(), validate=validate.Length(max=20))
    domains = fields.List(
        fields.String(),
        validate=validate.Length(max=100),
        metadata={"description": "Of e-mails that may come in; none = any."},
    )
    match_email = fields.Boolean()
    create_users = fields.Boolean()
    permission_set = fields.String(allow_none=True, metadata={"description": "Of those who are created."})
    department = fields.String(allow_none=True, metadata=_ID)
    password_sign_in = fields.Boolean(metadata={"description": "Members may use their passwords too."})
    active = fields.Boolean()


class StoredProviderSchema(ProviderSchema):
    """A provider as it is stored."""

    name = fields.String(required=True)
    has_secret = fields.Boolean(required=True)


class ProvidersSchema(Schema):
    providers = fields.List(fields.Nested(StoredProviderSchema), required=True)


class FindingSchema(Schema):
    """`tone`: good, warn or bad."""

    tone = fields.String(required=True)
    text = fields.String(required=True)


class TrialSchema(Schema):
    usable = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class ProviderIdentitySchema(Schema):
    id = fields.String(required=True, metadata=_ID)
    user = fields.String(required=True, metadata=_ID)
    email = fields.String(required=True)
    created_at = fields.String(required=True)
    last_used_at = fields.String(required=True)


class ProviderIdentitiesSchema(Schema):
    identities = fields.List(fields.Nested(ProviderIdentitySchema), required=True)
