"""Codes by time (TOTP, RFC 6238: six digits, SHA-1, 30 seconds, as every app has them) and codes for recovery."""

from __future__ import annotations

import secrets
import time
import unicodedata

import pyotp

from dougong_tenants.credentials import hash_of, same

PERIOD = 30  # seconds of a step
DRIFT = 1  # steps that a clock may be wrong, either way
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that are taken for digits
_LENGTH = 16  # of a recovery code: some 79 bits, so that a plain hash keeps it


def new_key() -> str:
    """160 random bits as base32, which people can type into an app."""
    return pyotp.random_base32(32)


def setup_uri(key: str, holder: str, issuer: str) -> str:
    """What the QR code says; authenticator apps show issuer and holder."""
    return pyotp.TOTP(key).provisioning_uri(name=holder, issuer_name=issuer)


def step_of(key: str, code: str, last_step: int, now: float | None = None) -> int | None:
    """The step of time whose code this is; None if it is no code of now, or not later than `last_step`."""
    given = normal(code)
    if len(given) != 6 or not given.isascii() or not given.isdigit():
        return None
    present = int(time.time() if now is None else now) // PERIOD
    app = pyotp.HOTP(key)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if same(app.at(step), given) and step > last_step:
            found = step
    return found


def normal(code: str) -> str:
    """As it is compared: without blanks and strokes, small, digits of other widths as ours."""
    return "".join(c for c in unicodedata.normalize("NFKC", code[:200]).casefold() if c.isalnum())


def new_recovery_codes() -> list[str]:
    """Ten, in four groups of four."""
    return [_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))) for _ in range(RECOVERY_CODES)]


def recovery_hash(factor: str, code: str) -> bytes:
    """What is stored of a recovery code of the second factor with this id."""
    return hash_of(f"{factor} {normal(code)}")


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
