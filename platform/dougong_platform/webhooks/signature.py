"""How a call proves where it comes from: HMAC-SHA256 over its time and body. Used by deliveries; docs/webhooks.md tells
receivers how to check it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable


def signature(secrets: Iterable[str], moment: int, body: bytes) -> str:
    """The value of Dougong-Signature: "t=<seconds since 1970>,v1=<hex>", one v1 for each secret that is good now."""
    signed = str(moment).encode() + b"." + body
    parts = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={part}" for part in parts)])
