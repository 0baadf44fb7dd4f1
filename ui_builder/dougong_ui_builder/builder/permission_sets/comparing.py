"""Two permission sets of the draft side by side, only where they differ unless everything is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, request

from dougong_platform.http.caller import Caller
from dougong_platform.people.permission_sets.comparing import PARTS, Compared, compare
from dougong_platform.people.permission_sets.table import as_csv
from dougong_tenants import ADMINISTRATOR
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.builder.people.sentences import set_label
from dougong_ui_builder.builder.permission_sets.routes import blueprint
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one heading: a part of the system, or one object with its fields."""

    title: str
    rows: tuple[Compared, ...]


@blueprint.get("/compare")
@page("metadata")
def compare_sets(caller: Caller) -> str | Response:
    """?a= and ?b= name the sets, ?all=true shows where they agree too, ?format=csv answers a table."""
    view = read_draft(caller)
    model = view.model or view.base.model
    a, b = request.args.get("a", ""), request.args.get("b", "")
    everything = request.args.get("all") == "true"
    known = a in model.permission_sets and b in model.permission_sets
    rows = compare(model, a, b, current_locale()) if known else []
    shown = [one for one in rows if everything or one.differs]
    if known and request.args.get("format") == "csv":
        return as_csv(model, a, b, shown, current_locale())
    names = sorted(set(model.permission_sets) - {ADMINISTRATOR}, key=lambda name: set_label(model, name))
    return draw(
        caller,
        view,
        "permission_sets/compare.html",
        a=a,
        b=b,
        sets=[(name, set_label(model, name)) for name in (*names, ADMINISTRATOR)],
        labels=(set_label(model, a), set_label(model, b)),
        known=known,
        everything=everything,
        differing=sum(one.differs for one in rows),
        groups=_groups(shown),
    )


def _groups(rows: Iterable[Compared]) -> list[Group]:
    found: dict[str, list[Compared]] = {}
    for one in rows:
        found.setdefault(one.object_label or PARTS[one.part].text(current_locale()), []).append(one)
    return [Group(title, tuple(inside)) for title, inside in found.items()]
