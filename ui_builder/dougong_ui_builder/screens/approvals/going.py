"""Where links in mails go: signed, for one person, for some days. They open a page; they never act."""

from __future__ import annotations

from flask import Response, render_template

from dougong_platform.approvals.errors import LinkBroken, LinkExpired
from dougong_platform.approvals.telling import links
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import engine
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.approvals.routes import BASE, blueprint
from dougong_ui_builder.words import gettext


@blueprint.get(f"{BASE}/go/<token>")
@page()
def go(caller: Caller, token: str) -> Response | tuple[str, int]:
    """To the approval, after signing in. One for somebody else, or one that is over, says so."""
    try:
        found = links.read(engine().database, token)
    except LinkExpired as fault:
        title = gettext("This link is over")
        text = gettext("Links in mails hold for 30 days. Signed in, you still find the approval here.")
        return _page(title, text, "hourglass", fault.data.get("approval")), 410
    except LinkBroken:
        title = gettext("This link does not work")
        text = gettext("It is incomplete. Copy it whole from the mail, or look for the approval in your list.")
        return _page(title, text, "unlink", None), 404
    if str(found.tenant) != str(caller.tenant.id) or found.user != caller.user:
        title = gettext("This link was sent to somebody else")
        text = gettext(
            "You are signed in as %(name)s. Sign in as the person whom the mail was sent to, or look at your own list.",
            name=caller.principal.name or caller.principal.email if caller.principal is not None else "",
        )
        return _page(title, text, "user-question", None), 403
    return redirect_to(f"{BASE}/{found.approval}")


def _page(title: str, text: str, icon: str, approval: str | None) -> str:
    return render_template("approvals/go.html", title=title, text=text, icon=icon, approval=approval)
