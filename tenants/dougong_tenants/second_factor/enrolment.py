"""Enrolling: a new key is shown, and kept only once a code proves that an app has it.

Until then the page carries it, sealed for this person: nothing is stored that somebody else could have prepared.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from dougong_tenants.connection import Database
from dougong_tenants.errors import SecondFactorRefused
from dougong_tenants.second_factor.codes import new_key, setup_uri
from dougong_tenants.secrets import seal, unseal

_PURPOSE = "enrol for a second factor"
_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`key`: base32, to be typed; `uri`: what the QR code says; `sealed`: what the form carries."""

    key: str
    uri: str
    sealed: str


def begin_enrolment(database: Database, person: str, holder: str, issuer: str) -> Enrolment:
    """A new key for the person."""
    key = new_key()
    sealed = seal(database, _PURPOSE, f"{person} {int(time.time()) + _SECONDS} {key}")
    return Enrolment(key, setup_uri(key, holder, issuer), sealed)


def resume_enrolment(database: Database, person: str, holder: str, issuer: str, sealed: str) -> Enrolment:
    """The same key again, after a wrong code; a new one if it is over."""
    try:
        key = enrolled_secret(database, person, sealed)
    except SecondFactorRefused:
        return begin_enrolment(database, person, holder, issuer)
    return Enrolment(key, setup_uri(key, holder, issuer), sealed)


def enrolled_secret(database: Database, person: str, sealed: str) -> str:
    """The key that the form carries. Raises SecondFactorRefused if it is another person's, over or false."""
    parts = (unseal(database, _PURPOSE, sealed) or "").split(" ")
    if len(parts) != 3 or parts[0] != person or int(parts[1]) < time.time():
        raise SecondFactorRefused(
            "code", "This QR code is too old. Scan the new one.", "该二维码已过期，请扫描新的二维码。"
        )
    return parts[2]
