"""Seals what must be stored or handed out and read again: providers' secrets, second factors' keys, short cookies.

AES-256-GCM under a key derived from the installation's secret, one per purpose: what was sealed for one cannot be
opened for another. A changed or foreign text does not open.
"""

from __future__ import annotations

import base64
import binascii
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dougong_tenants.connection import Database

_FORM = "1."  # a later form gets another number, so that both can be opened
_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM


def seal(database: Database, purpose: str, text: str) -> str:
    """`text` encrypted, in characters that are safe in a URL and a cookie; another result each time."""
    nonce = os.urandom(_NONCE)
    sealed = nonce + _cipher(_key(database), purpose).encrypt(nonce, text.encode(), purpose.encode())
    return _FORM + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(database: Database, purpose: str, sealed: str) -> str | None:
    """The text again; None if it was not sealed here, for this purpose, under the present installation's secret."""
    if not sealed.startswith(_FORM) or not sealed.isascii():
        return None
    body = sealed.removeprefix(_FORM)
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        return _cipher(_key(database), purpose).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError):
        return None


def _key(database: Database) -> str:
    return database.secret or database.dsn


@lru_cache(maxsize=20)
def _cipher(secret: str, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, b"dougong", purpose.encode()).derive(secret.encode("utf-8", "replace")))
