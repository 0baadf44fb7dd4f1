"""/dashboards: those that one may see, which of them is home, and choosing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, render_template, request

from dougong_platform import dashboards, own_documents
from dougong_platform.own_documents.bodies import DASHBOARD
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.dashboards.routes import blueprint
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.dashboards import Found
    from dougong_platform.http.caller import Caller


@dataclass(frozen=True, slots=True)
class Line:
    """One dashboard. `owner`: who keeps it as his, "" for those of the company; `home`: it is the caller's;
    `usual`: it is home for his permission sets."""

    key: str
    label: str
    about: str
    widgets: int
    owner: str
    own: bool
    editable: bool
    home: bool
    usual: bool
    broken: bool = False  # it speaks of what is gone


@blueprint.get("/dashboards")
@page()
def show_all(caller: Caller) -> str:
    """The list: one's own first, the company's, those that others share."""
    home, usual = dashboards.home_of(caller), dashboards.usual_home(caller)
    lines = [_line(caller, one, home, usual) for one in dashboards.all_of(caller)]
    mine = [one for one in lines if one.own and not one.owner]
    groups = [
        (gettext("Of the company"), [one for one in lines if not one.own]),
        (gettext("My own"), mine),
        (gettext("Shared with me"), [one for one in lines if one.own and one.owner]),
    ]
    return render_template(
        "dashboards/dashboards.html",
        groups=[(label, found) for label, found in groups if found],
        chosen=home is not None and (usual is None or home.key != usual.key),
        total=len(lines),
    )


@blueprint.post("/dashboards/home")
@page()
def choose_home(caller: Caller) -> Response:
    """Makes a dashboard one's home; without a key, the one of one's permission sets again."""
    key = request.form.get("key") or None
    dashboards.choose(caller, key)
    say(gettext("This is your home now.") if key else gettext("Your home is the usual one again."))
    return redirect_to("/dashboards")


@blueprint.post("/dashboards/<key>/delete")
@page()
def delete(caller: Caller, key: str) -> Response:
    """Put one's own dashboard away; the toast brings it back."""
    gone = own_documents.remove(caller, own_documents.find(caller, key, DASHBOARD).id)
    say(gettext("Dashboard “%(name)s” deleted", name=gone.label), undo=f"/dashboards/{gone.id}/restore")
    return redirect_to("/dashboards")


@blueprint.post("/dashboards/<key>/restore")
@page()
def restore(caller: Caller, key: str) -> Response:
    """Bring it back."""
    back = own_documents.restore(caller, key)
    say(gettext("Dashboard “%(name)s” is back", name=back.label))
    return redirect_to(back.path)


def _line(caller: Caller, found: Found, home: Found | None, usual: Found | None) -> Line:
    made = found.dashboard
    owner = ""
    if found.owner is not None and found.owner != caller.user:
        person = organisation_of(caller.database, caller.tenant, caller.stamp).people.get(found.owner)
        owner = person.name if person is not None else gettext("(no longer visible)")
    return Line(
        found.key,
        label_text(made),
        label_text(made.description) if made.description else "",
        len(made.widgets),
        owner,
        found.own,
        found.editable,
        home is not None and home.key == found.key,
        usual is not None and usual.key == found.key,
        bool(found.problems),
    )
