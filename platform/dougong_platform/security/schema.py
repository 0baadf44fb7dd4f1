"""Shapes of the security endpoints' bodies and answers. The tenants package checks the values themselves."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class PolicySchema(Schema):
    """What a company demands of those who sign in. What is not given stays as it is."""

    password_length = fields.Integer(strict=True, metadata={"description": "Characters at least, 8 to 64."})
    password_kinds = fields.Integer(
        strict=True, metadata={"description": "How many of small and capital letters, digits and others, 1 to 4."}
    )
    password_history = fields.Integer(
        strict=True, metadata={"description": "So many of the last are refused, 0 to 10."}
    )
    password_days = fields.Integer(
        strict=True, allow_none=True, metadata={"description": "Days until it must be changed; null = never."}
    )
    second_factor = fields.String(
        validate=validate.OneOf(("off", "optional", "required")), metadata={"example": "optional"}
    )
    second_factor_sets = fields.List(
        fields.String(),
        validate=validate.Length(max=100),
        metadata={"description": "Permission sets whose holders must have one, if it is required; empty = everybody."},
    )
    trust_provider = fields.Boolean(
        metadata={"description": "Signing in at the identity provider counts as both steps."}
    )
    idle_minutes = fields.Integer(
        strict=True, metadata={"description": "A session ends after so long without a request."}
    )
    longest_hours = fields.Integer(strict=True, metadata={"description": "A session ends after so long anyway."})
    addresses = fields.List(
        fields.String(),
        metadata={
            "description": "Addresses and networks to come from; empty = anywhere.",
            "example": ["203.0.113.0/24"],
        },
    )


class PresentPolicySchema(PolicySchema):
    your_address = fields.String(
        required=True, allow_none=True, metadata={"description": "Where this request came from."}
    )


class SessionSchema(Schema):
    id = fields.String(required=True, metadata={"format": "uuid"})
    created_at = fields.String(required=True)
    last_seen_at = fields.String(required=True)
    expires_at = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    device = fields.String(required=True, allow_none=True)
    second_step = fields.Boolean(required=True)
    proof = fields.String(required=True, metadata={"description": "password or oidc"})


class SessionsSchema(Schema):
    sessions = fields.List(fields.Nested(SessionSchema), required=True)


class EndedSchema(Schema):
    ended = fields.Integer(required=True, metadata={"description": "How many sessions ended."})
