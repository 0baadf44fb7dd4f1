"""The form of an identity provider: read into values for the engine, and filled from a provider that is stored."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from dougong_tenants import oidc

FLAGS = ("match_email", "create_users", "password_sign_in", "active")
BLANK: dict[str, Any] = {
    "name": "company",
    "label_en": "",
    "label_zh": "",
    "issuer": "",
    "client_id": "",
    "has_secret": False,
    "scopes": "openid profile email",
    "domains": "",
    "match_email": True,
    "create_users": False,
    "permission_set": None,
    "department": None,
    "password_sign_in": True,
    "active": True,
}


def filled(provider: oidc.Provider) -> dict[str, Any]:
    """What the form shows of a stored provider."""
    return {
        **provider.json(),
        "label_en": provider.label.en,
        "label_zh": provider.label.zh,
        "scopes": " ".join(provider.scopes),
        "domains": "\n".join(provider.domains),
    }


def typed() -> dict[str, Any]:
    """What the form holds, as the form shows it again; without the secret, which is never shown."""
    form = request.form
    texts = ("name", "label_en", "label_zh", "issuer", "client_id", "scopes", "domains", "permission_set", "department")
    found: dict[str, Any] = {name: form.get(name, "").strip()[:5000] for name in texts}
    found |= {flag: flag in form for flag in FLAGS}
    return {**found, "has_secret": form.get("has_secret") == "1", "without_secret": "without_secret" in form}


def values_of(given: dict[str, Any]) -> dict[str, Any]:
    """For the engine. An empty secret leaves the one that is stored; “without a secret” removes it."""
    label = {language: given[f"label_{language}"] for language in ("en", "zh") if given[f"label_{language}"]}
    found: dict[str, Any] = {
        "label": label,
        "issuer": given["issuer"],
        "client_id": given["client_id"],
        "scopes": given["scopes"].split(),
        "domains": [part for part in re.split(r"[\s,;，；、]+", given["domains"]) if part],
        "permission_set": given["permission_set"] or None,
        "department": given["department"] or None,
        **{flag: given[flag] for flag in FLAGS},
    }
    secret = request.form.get("client_secret", "")
    if given["without_secret"]:
        found["client_secret"] = None
    elif secret:
        found["client_secret"] = secret
    return found
