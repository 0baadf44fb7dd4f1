"""The form of the security policy, read into what the engine takes; what is no number is refused there."""

from __future__ import annotations

import re
from typing import Any

from flask import request

NUMBERS = ("password_length", "password_kinds", "password_history", "password_days", "idle_minutes", "longest_hours")


def posted_policy() -> dict[str, Any]:
    """By the names of the engine's `save_policy`."""
    form = request.form
    found: dict[str, Any] = {name: _number(form.get(name, "")) for name in NUMBERS}
    found["second_factor"] = form.get("second_factor", "")
    everybody = form.get("second_factor_who", "everybody") == "everybody"
    found["second_factor_sets"] = [] if everybody else form.getlist("second_factor_sets")
    found["trust_provider"] = "trust_provider" in form
    found["addresses"] = [part for part in re.split(r"[\s,;，；、]+", form.get("addresses", "")) if part]
    return found


def _number(text: str) -> Any:
    plain = text.strip()
    if not plain:
        return None
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else plain[:20]
