"""Short messages after an action, with undo: shown on the page that follows, or at once for an htmx request."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass

from flask import Response, g, request

COOKIE = "dg_toast"


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo`: the path that takes the action back when POSTed to. `tone` "bad" for a failure."""

    text: str
    undo: str | None = None
    tone: str | None = None


def say(text: str, undo: str | None = None, tone: str | None = None) -> None:
    """Show `text` for 8 s on the page the user sees next. For views under `page`, whose answer carries it."""
    g.toast_said = Toast(text, undo, tone)


def waiting() -> Toast | None:
    """The message for the page being rendered: said in this request, or left by the one before. Taken once."""
    said: Toast | None = g.pop("toast_said", None)
    if said is not None:
        return said
    packed = request.cookies.get(COOKIE)
    if not packed or g.get("toast_taken"):
        return None
    g.toast_taken = True
    try:
        given = json.loads(base64.urlsafe_b64decode(packed))
        undo = given.get("undo")
        own = isinstance(undo, str) and undo.startswith("/") and not undo.startswith(("//", "/\\"))
        return Toast(str(given["text"])[:300], undo if own else None, given.get("tone"))
    except (ValueError, KeyError, AttributeError):
        return None  # not written by us


def carry(response: Response) -> Response:
    """Put what was said onto the response: an event for htmx, a cookie for the page that follows."""
    said: Toast | None = g.pop("toast_said", None)
    if said is not None:
        fragment = request.headers.get("HX-Request") and "HX-Redirect" not in response.headers
        if fragment and response.status_code < 300:
            triggers = json.loads(response.headers.get("HX-Trigger") or "{}")
            response.headers["HX-Trigger"] = json.dumps(triggers | {"dg:toast": asdict(said)})
        else:
            packed = base64.urlsafe_b64encode(json.dumps(asdict(said)).encode()).decode()
            response.set_cookie(COOKIE, packed, max_age=60, httponly=True, samesite="Lax")
    elif g.get("toast_taken"):
        response.delete_cookie(COOKIE)
    return response
