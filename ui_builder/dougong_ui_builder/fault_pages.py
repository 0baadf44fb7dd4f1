"""What a person's browser shows when a request fails: a page in the shell, with the request id; or the sign-in page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, g, make_response, render_template, request

from dougong_metadata.errors import Fault
from dougong_ui_builder.errors import AssetsMissing
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

_ICONS = {403: "lock", 404: "compass", 429: "hourglass", 503: "cloud-off"}


def page_for_fault(fault: Fault) -> Response:
    """The answer for a browser; the engine calls it for every failed request outside /api/ that accepts HTML."""
    if fault.status == 401:
        return _to_sign_in()
    context = {
        "title": _title(fault.status),
        "text": fault.message(current_locale()),
        "status": fault.status,
        "icon": _ICONS.get(fault.status, "alert-circle"),
        "request_id": g.get("request_id"),
    }
    g.tells_fault = True  # its shell is drawn without what cannot be known
    template = "screens/fault.html" if g.get("caller") is not None else "screens/fault_plain.html"
    try:
        response = make_response(render_template(template, **context), fault.status)
    except AssetsMissing as missing:  # nothing can be drawn: say what to do
        response = Response(missing.message(current_locale()), 500, mimetype="text/plain")
    if "retry_after" in fault.data:
        response.headers["Retry-After"] = str(fault.data["retry_after"])
    return response


def _title(status: int) -> str:
    if status == 403:
        return gettext("No access")
    if status == 404:
        return gettext("Not found")
    if status in (429, 503):
        return gettext("Please wait a moment")
    return gettext("Something went wrong") if status >= 500 else gettext("That did not work")


def _to_sign_in() -> Response:
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": "/sign-in"})
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return Response(status=303, headers={"Location": "/sign-in" + (f"?next={quote(back)}" if back != "/" else "")})
