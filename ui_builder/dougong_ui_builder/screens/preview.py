"""Looking on as somebody else: begun from an explanation or a person's page, ended from the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request

from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants.errors import NoSuchPerson
from dougong_tenants.sign_in import end_preview, start_preview
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.same_origin import local_path

if TYPE_CHECKING:
    from dougong_platform.http.gate import Gate

blueprint = Blueprint("preview", __name__)


@blueprint.post("/preview")
@page()
def start(caller: Caller) -> Response:
    """`user`: an id; goes to `next`, which is then seen with that person's eyes. For administrators."""
    if not caller.rights.is_admin or caller.principal is None or caller.principal.via != "session":
        raise NotAllowed
    try:
        start_preview(caller.database, caller.principal, request.form.get("user", "").strip().lower())
    except NoSuchPerson:
        raise NotFound from None
    _forget()
    return redirect_to(local_path(request.form.get("next")))


@blueprint.post("/preview/end")
def end() -> Response:
    """Back to oneself; goes to `next`."""
    gate: Gate = current_app.gate  # type: ignore[attr-defined]  # the engine's own attribute of its Flask class
    caller = gate.enter(leaving_preview=True)
    if caller.principal is not None:
        end_preview(caller.database, caller.principal)
    _forget()
    return redirect_to(local_path(request.form.get("next")))


def _forget() -> None:
    gate: Gate = current_app.gate  # type: ignore[attr-defined]  # likewise
    gate.forget(request.cookies.get(SESSION_COOKIE, ""))
