"""Random secrets (sessions, tokens, invitations) and the form in which they are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_secret() -> str:
    """256 random bits in 43 characters that are safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """What is stored. A plain SHA-256 suffices: nobody guesses 256 random bits, so slowness would protect nothing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def signature(key: str, purpose: str, text: str) -> str:
    """HMAC-SHA256 of `text` for one purpose, hexadecimal."""
    return hmac.new(
        key.encode("utf-8", "replace"), f"{purpose}\0{text}".encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()


def same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
