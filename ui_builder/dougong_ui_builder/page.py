"""The decorator of every page and fragment for signed-in people; what `endpoint` is to the API.

@blueprint.get("/o/<object>")
@page()
def show_list(caller: Caller, object: str) -> str: ...
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, render_template, request

from dougong_platform.http.endpoint import attempt
from dougong_ui_builder import toasts


def page(
    system: str | None = None, kind: str | None = None, *, idle: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """`system`: the system right that the page needs (403 without it); of `metadata`, the right to the kind that the
    path names, or `kind`, is enough; `idle`: what an open page asks by itself, so that it keeps no session alive. The
    view gets the Caller, then the path's parts.

    The view may run twice (its caller is built anew when the release or rights changed), so it must not act before
    its first read or write.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def enter(**path: Any) -> Response:
            return toasts.carry(make_response(attempt(view, system, path, kind=kind, idle=idle)))

        return enter

    return decorate


def is_fragment() -> bool:
    """Whether htmx or an island asks for a part of the page (not for a whole page after a lost history entry)."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def redirect_to(url: str) -> Response:
    """Go to another page, from a form as from an htmx request."""
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": url})
    return Response(status=303, headers={"Location": url})


def form_again(template: str, **context: Any) -> tuple[str, int]:
    """A form that came back with its errors (422), everything typed still in it."""
    return render_template(template, **context), 422
