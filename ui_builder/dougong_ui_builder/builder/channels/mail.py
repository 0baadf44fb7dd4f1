"""How the company's mails are signed, and a mail to try the way out."""

from __future__ import annotations

from flask import Response, request

from dougong_platform.errors import RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.notifications import sender_settings
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.channels.views import BASE, blueprint, overview
from dougong_ui_builder.builder.people.frame import errors_of
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext


@blueprint.post("/channels/mail")
@page("people")
def keep_sender(caller: Caller) -> Response | tuple[str, int]:
    """Keeps name, address and where answers go."""
    given = {name: request.form.get(name, "").strip() for name in ("name", "address", "reply_to")}
    try:
        sender_settings.keep_sender(caller, given)
    except RecordsInvalid as refused:
        return overview(caller, given, errors_of(refused)), 422
    toasts.say(gettext("Saved"))
    return redirect_to(f"{BASE}#mail")


@blueprint.post("/channels/mail/try")
@page("people")
def try_mail(caller: Caller) -> Response:
    """Sends whoever asks a mail at once, past the queue."""
    address, problem = sender_settings.try_mail(caller)
    if problem is None:
        toasts.say(gettext("The mail server took a mail to %(address)s", address=address))
    else:
        toasts.say(gettext("No mail was sent: %(why)s", why=problem), tone="bad")
    return redirect_to(f"{BASE}#mail")
