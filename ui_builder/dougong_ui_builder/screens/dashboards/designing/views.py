"""The designer's pages: the canvas with every widget where it stands, adding one, its settings, its place. Each works
as a plain form; the island saves drags and resizes, undoes, and opens the forms in the drawer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, render_template, request

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.widgets import registered
from dougong_platform.dashboards import Found
from dougong_platform.errors import BadRequest, Conflict, NotFound
from dougong_platform.query.single import uuid_text
from dougong_platform.reports import periods
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.forms import act, tree_of
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.screens.dashboards.cards import empty_card
from dougong_ui_builder.screens.dashboards.designing.beginning import begun, offers
from dougong_ui_builder.screens.dashboards.designing.places import at_of, free_place, in_order, placed, stepped
from dougong_ui_builder.screens.dashboards.designing.settings import form_of, posted, type_label
from dougong_ui_builder.screens.dashboards.designing.words import WidgetWords
from dougong_ui_builder.screens.dashboards.designing.working import (
    Refused,
    Working,
    compiled,
    keep,
    script,
    working,
)
from dougong_ui_builder.screens.dashboards.routes import blueprint
from dougong_ui_builder.screens.dashboards.views import inside
from dougong_ui_builder.screens.dashboards.visit import dashboard_visit
from dougong_ui_builder.screens.reports.bar import compare_words
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

Answer = str | Response | tuple[str, int] | tuple[Response, int]
_BASE = "/dashboards/<key>/edit"


@blueprint.get(_BASE)
@page()
def design(caller: Caller, key: str) -> str:
    """The designer."""
    return _canvas(caller, working(caller, key))


@blueprint.post(f"{_BASE}/save")
@page()
def save(caller: Caller, key: str) -> Response | tuple[Response, int]:
    """{body, token} → {token}; 409 where somebody was faster, with the token of what there is now; 422 with what is
    wrong."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(body := given.get("body"), dict):
        raise BadRequest(en="A dashboard is expected.", zh="需要仪表盘内容。")
    now = working(caller, key)
    try:
        keep(caller, now, body, token=str(given.get("token", "")) or None)
    except Conflict as fault:
        return jsonify({"detail": fault.message(caller.locale), "token": working(caller, key).token}), 409
    except Refused as refused:
        return jsonify({"detail": " ".join(text for _, text in refused.problems)}), 422
    return jsonify({"token": working(caller, key).token})


@blueprint.get(f"{_BASE}/phone")
@page()
def show_on_phone(caller: Caller, key: str) -> str:
    """As it is on a phone: in one column, in the order in which it is read."""
    now = working(caller, key)
    return _sheet("dashboards/design/phone.html", now, lines=_lines(caller, now), title=gettext("On a phone"))


@blueprint.post(_BASE)
@page()
def change(caller: Caller, key: str) -> Answer:
    """The form about the dashboard itself: what it is called, and its filters."""
    now = working(caller, key)
    filters = {
        "period": request.form.get("period") or None,
        "compare": request.form.get("compare") or None,
        "owner": request.form.get("owner") == "true",
        "department": request.form.get("department") == "true",
    }
    body = {**now.body, "filters": {name: value for name, value in filters.items() if value}}
    if not body["filters"]:
        body.pop("filters")
    label = request.form.get("label", "").strip()
    if not now.own:
        body["label"] = {"en": request.form.get("label_en", "").strip(), "zh": request.form.get("label_zh", "").strip()}
        body["label"] = {name: text for name, text in body["label"].items() if text} or now.key
    return _kept(caller, now, body, label=label if now.own else None)


@blueprint.get(f"{_BASE}/add")
@page()
def choose(caller: Caller, key: str) -> str:
    """What may be put in."""
    now = working(caller, key)
    found = offers(caller, WidgetWords(caller))
    return _sheet("dashboards/design/add.html", now, offers=found, title=gettext("Add a widget"))


@blueprint.post(f"{_BASE}/add")
@page()
def add(caller: Caller, key: str) -> Answer:
    """A new widget below the others."""
    now = working(caller, key)
    type_name, source = request.form.get("type", ""), request.form.get("source", "")
    offer = next((one for one in offers(caller, WidgetWords(caller)) if one.type == type_name), None)
    if offer is None or (offer.source and source not in dict(offer.choices)):
        raise NotFound
    name = free_name(_name_of(type_name, source), now.widgets, type_name)
    at = free_place(now.widgets, type_name)
    made = {"type": type_name, "at": at, **begun(caller, type_name, source)}
    return _kept(caller, now, now.with_widgets({**now.widgets, name: made}), then=f"#d-{name}")


@blueprint.get(f"{_BASE}/widgets/<name>")
@page()
def show_settings(caller: Caller, key: str, name: str) -> str:
    """A widget's settings: a drawer, or a page of its own."""
    now = working(caller, key)
    return _settings(caller, now, name, _widget(now, name))


@blueprint.post(f"{_BASE}/widgets/<name>")
@page()
def change_settings(caller: Caller, key: str, name: str) -> Answer:
    """Keep a widget's settings; with errors the form comes back."""
    now = working(caller, key)
    before = _widget(now, name)
    tree = tree_of(request.form)
    added = act(tree, request.form.get("@do", ""))
    body = posted(before, tree, request.form)
    if added:
        return _settings(caller, now, name, body)
    widgets = placed({**now.widgets, name: body}, name, at_of(body))
    try:
        keep(caller, now, now.with_widgets(widgets))
    except Refused as refused:
        return _settings(caller, now, name, body, refused), 422
    return redirect_to(f"{now.base}#d-{name}")


@blueprint.post(f"{_BASE}/widgets/<name>/move")
@page()
def move(caller: Caller, key: str, name: str) -> Answer:
    """One place up or down."""
    now = working(caller, key)
    _widget(now, name)
    by = -1 if request.form.get("by") == "up" else 1
    return _kept(caller, now, now.with_widgets(stepped(now.widgets, name, by)), then=f"#d-{name}")


@blueprint.post(f"{_BASE}/widgets/<name>/remove")
@page()
def remove(caller: Caller, key: str, name: str) -> Answer:
    """Without one of them."""
    now = working(caller, key)
    _widget(now, name)
    left = {other: body for other, body in now.widgets.items() if other != name}
    return _kept(caller, now, now.with_widgets(left))


@blueprint.get(f"{_BASE}/widgets/<name>/card")
@page(idle=True)
def show_card(caller: Caller, key: str, name: str) -> str:
    """A widget on the canvas, as it will be."""
    now = working(caller, key)
    _widget(now, name)
    try:
        found = Found(now.key, compiled(caller, now), own=now.own, editable=False)
    except InvalidDocuments as fault:
        problem = next((one for one in fault.problems if f"widgets.{name}" in one.path), fault.problems[0])
        return render_template("dashboards/design/problem.html", text=problem.message(caller.locale))
    return inside(caller, found, dashboard_visit(now.key, {}), found.widget(name))


def _name_of(type_name: str, source: str) -> str:
    """What a new widget is called in the document: as what it shows, if that has a name."""
    return type_name if not source or uuid_text(source) else source.rpartition(":")[2]


def _canvas(caller: Caller, now: Working, problems: list[tuple[str, str]] | None = None) -> str:
    locale = caller.locale
    return render_template(
        "dashboards/design/edit.html",
        now=now,
        title=now.title(locale),
        lines=_lines(caller, now),
        problems=problems or [],
        released=caller.model.dashboards,
        filters=now.body.get("filters") or {},
        periods=[(word, label.text(locale)) for word, label in periods.LABELS.items()],
        compares=[(how, text) for how, text in compare_words().items() if how != "none"],
        data=script(
            {"body": now.body, "token": now.token, "url": f"{now.base}/save", "key": now.key, "least": _least()}
        ),
        label_en=now.label.get("en", "") if isinstance(now.label, Mapping) else now.label or "",
        label_zh=now.label.get("zh", "") if isinstance(now.label, Mapping) else now.label or "",
    )


def _lines(caller: Caller, now: Working) -> list[dict[str, Any]]:
    """The widgets in the outline and on the canvas."""
    titles: dict[str, str] = {}
    try:
        found = Found(now.key, compiled(caller, now), own=now.own, editable=False)
        visit = dashboard_visit(now.key, {})
        titles = {one.name: empty_card(caller, found, visit, one).title for one in found.dashboard.widgets}
    except InvalidDocuments:
        pass  # half a thought: they are called by their type
    return [_line(caller, now, name, titles.get(name, "")) for name in in_order(now.widgets)]


def _line(caller: Caller, now: Working, name: str, title: str) -> dict[str, Any]:
    body = now.widgets[name]
    type_name = str(body.get("type", ""))
    widget = registered().get(type_name)
    kind = type_label(caller, type_name)
    return {
        "name": name,
        "title": title or kind,
        "type": kind,
        "icon": widget.icon if widget is not None else "alert-circle",
        "at": at_of(body),
        "kind": type_name,
        "least": widget.least if widget is not None else (1, 1),
    }


def _least() -> dict[str, tuple[int, int]]:
    return {name: widget.least for name, widget in registered().items()}


def _settings(caller: Caller, now: Working, name: str, body: Mapping[str, Any], refused: Refused | None = None) -> str:
    form = form_of(caller, name, body, refused.found if refused else ())
    general = [text for path, text in refused.problems if not path.startswith(f"widgets.{name}")] if refused else []
    return _sheet(
        "dashboards/design/settings.html",
        now,
        form=form,
        name=name,
        title=next(line["title"] for line in _lines(caller, now) if line["name"] == name),
        type=type_label(caller, str(body.get("type", ""))),
        at=at_of(body),
        general=general + form.general_texts(),
    )


def _sheet(template: str, now: Working, **more: Any) -> str:
    """In the drawer, or as a page."""
    frame = "dashboards/design/drawer.html" if is_fragment() else "dashboards/design/page.html"
    return render_template(frame, inner=template, now=now, **more)


def _widget(now: Working, name: str) -> Mapping[str, Any]:
    found = now.widgets.get(name)
    if found is None or found.get("type") not in registered():
        raise NotFound
    return found


def _kept(caller: Caller, now: Working, body: Mapping[str, Any], *, label: str | None = None, then: str = "") -> Answer:
    """Keep and go back to the canvas; it says what is wrong."""
    try:
        keep(caller, now, body, label=label)
    except Refused as refused:
        if is_fragment():
            return "", 422
        return _canvas(caller, now, refused.problems), 422
    say(gettext("Saved") if now.own else gettext("Saved in the draft"))
    return redirect_to(now.base + then)
