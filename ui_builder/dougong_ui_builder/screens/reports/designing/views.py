"""The report builder's pages: /reports/new and /reports/<key>/edit. What a form's buttons ask for comes back as a page,
or for the island as the parts that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from dougong_metadata.report_order import sort_texts
from dougong_metadata.report_words import COMPARE
from dougong_platform import own_documents
from dougong_platform.errors import NotFound
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.screens.reports.designing.body import read_body, values_of
from dougong_ui_builder.screens.reports.designing.changing import act, started
from dougong_ui_builder.screens.reports.designing.drawing import Palette, View, context, differences, kept_as, readable
from dougong_ui_builder.screens.reports.designing.filters import PART, Filters, filters_of, posted_filters
from dougong_ui_builder.screens.reports.designing.keeping import Conflict, Refused, keep_own, publish
from dougong_ui_builder.screens.reports.designing.known import Known
from dougong_ui_builder.screens.reports.designing.opening import DOCUMENT, OWN, Opened, opened
from dougong_ui_builder.screens.reports.designing.preview import checked, preview
from dougong_ui_builder.screens.reports.designing.problems import TOP, by_address
from dougong_ui_builder.screens.reports.designing.reading import read_form
from dougong_ui_builder.screens.reports.designing.routes import blueprint
from dougong_ui_builder.screens.reports.designing.shown import Panel
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from dougong_platform.http.caller import Caller

SAVES = ("save", "copy", "publish")
OF_PALETTE = ("open", "search", "target", "object", "type")  # commands after which the fields on offer differ
MOST_OPEN = 30


@blueprint.get("/reports/new")
@page()
def begin(caller: Caller) -> str:
    """?object= begins with that one, ?from= with a copy of another report; without either one chooses the object."""
    source = request.args.get("from", "")
    if source:
        return _page(caller, _view(caller, opened(caller, ""), dict(opened(caller, source).body)))
    known = Known(caller, request.args.get("object", ""))
    if not known.exists:
        objects = [(one, 0) for one in readable(known)]
        return render_template("reports/designing/choose.html", objects=objects)
    return _page(caller, _view(caller, opened(caller, ""), started(known.object, known)))


@blueprint.get("/reports/<key>/edit")
@page()
def edit(caller: Caller, key: str) -> str:
    """The builder over a report, in the order in which somebody saw it (`sort`, and the `compare` that it needs).
    Whoever may not change it saves a copy of his own."""
    found = opened(caller, key)
    body, sort, compare = dict(found.body), sort_texts(request.args.get("sort", "")), request.args.get("compare")
    body |= {"sort": list(sort)} if sort else {}
    body |= {"compare": compare} if compare in COMPARE else {}
    return _page(caller, _view(caller, found, body))


@blueprint.post("/reports/new")
@blueprint.post("/reports/<key>/edit")
@page()
def change(caller: Caller, key: str = "") -> Response | str | tuple[str, int]:
    """One button, drop or key: `do` is a command of `changing.act`, or of the filters ("where:add"), the palette
    ("open:shelf", "search", "target:rows"), preview, save, copy, publish."""
    found, form = opened(caller, key), request.form
    body, do = read_body(form.get("body")), form.get("do") or "draw"
    known = Known(caller, str(body.get("object", "")))
    if not known.exists:
        raise NotFound
    view = _after(caller, found, known, body, do)
    verb = do.partition(":")[0]
    if verb in SAVES:
        return _saved(caller, view, verb)
    if verb == "preview" and is_fragment():
        view.preview = preview(caller, view.known, view.panel.body, kept_as(view))
        return render_template("reports/designing/preview.html", preview=view.preview)
    _check(caller, view)
    if is_fragment():
        shown = context(caller, view, with_palette=verb in OF_PALETTE)
        return render_template("reports/designing/parts.html", **shown)
    view.preview = preview(caller, view.known, view.panel.body, kept_as(view))
    return _page(caller, view)


@blueprint.post("/reports/<key>/delete")
@page()
def delete(caller: Caller, key: str) -> Response:
    """Put one's own report away; the toast brings it back."""
    gone = own_documents.remove(caller, key)
    say(gettext("Report “%(name)s” deleted", name=gone.label), undo=f"/reports/{gone.id}/restore")
    return redirect_to("/reports")


@blueprint.post("/reports/<key>/restore")
@page()
def restore(caller: Caller, key: str) -> Response:
    """Bring it back."""
    back = own_documents.restore(caller, key)
    say(gettext("Report “%(name)s” is back", name=back.label))
    return redirect_to(f"/reports/{back.id}")


def _page(caller: Caller, view: View) -> str:
    return render_template("reports/designing/page.html", **context(caller, view), conflict=None)


def _view(caller: Caller, found: Opened, body: dict[str, Any]) -> View:
    known = Known(caller, str(body.get("object", "")))
    if not known.exists:
        raise NotFound
    filters = filters_of(caller, known, str(body.get("where") or ""))
    view = View(found, Panel(body, known, filters))
    _check(caller, view)
    return view


def _after(caller: Caller, found: Opened, known: Known, body: dict[str, Any], do: str) -> View:
    """The state after the form was read and its button did its work."""
    form = request.form
    body = read_form(body, form, known, caller.locale)
    verb, _, rest = do.partition(":")
    filters = _filters(caller, known, form, body, verb, rest)
    body["where"] = filters.text
    body, touched = _acted(body, do, known)
    if verb == "object":
        known = Known(caller, str(body["object"]))
        filters = filters_of(caller, known, "")
    panel = Panel(body, known, filters, touched=touched)
    return View(found, panel, _palette(form, verb, rest), version=form.get("version", ""))


def _filters(
    caller: Caller, known: Known, form: MultiDict[str, str], body: dict[str, Any], verb: str, rest: str
) -> Filters:
    if PART not in form.getlist("part"):
        return filters_of(caller, known, str(body.get("where") or ""))
    action = rest if verb == "where" else ""
    zone, _, path = rest.partition(":")
    if verb == "add" and _zone(form, zone) == "where":
        action = f"path={path.partition(':')[0]}"
    if verb == "target" and rest == "where":
        action = "add"
    return posted_filters(caller, known, form, action)


def _zone(form: MultiDict[str, str], zone: str) -> str:
    """Where a field goes: as the button says, or as "Add to" does."""
    return form.get("target", "auto") if zone == "auto" else zone


def _acted(body: dict[str, Any], do: str, known: Known) -> tuple[dict[str, Any], str]:
    form = request.form
    for name in list(values_of(body)):
        wanted = form.get(f"values.{name}.name", name).strip()
        if wanted != name:
            body, _ = act(body, f"rename:values.{name}:{wanted}", known)
    verb, _, rest = do.partition(":")
    if verb == "object" and not rest:
        wanted = form.get("object", "")
        do = f"object:{wanted}" if wanted in known.model.objects else "draw"
    elif verb == "cross":
        do = f"add:cross:{form.get('relation', '')}"
    elif verb == "add":
        zone, _, path = rest.partition(":")
        do = f"add:{_zone(form, zone)}:{path}"
    elif verb in (*SAVES, "preview", "where", *OF_PALETTE) and verb not in ("object", "type"):
        do = "draw"
    return act(body, do, known)


def _palette(form: MultiDict[str, str], verb: str, rest: str) -> Palette:
    found = list(dict.fromkeys(form.getlist("open")))[:MOST_OPEN]
    if verb == "open":
        found = [one for one in found if one != rest] if rest in found else [*found, rest]
    if verb == "object":
        return Palette()
    target = rest if verb == "target" else form.get("target", "auto")
    return Palette(found, form.get("q", "").strip()[:100], target)


def _check(caller: Caller, view: View) -> None:
    """Problems where they belong; an unnamed report is no problem until it is saved."""
    _, view.panel.problems = checked(caller, view.known, view.panel.body)


def _saved(caller: Caller, view: View, verb: str) -> Response | tuple[str, int]:
    found, body = view.opened, view.panel.body
    if not view.panel.title:
        view.panel.problems = {"label": [gettext("Give the report a name.")]}
        return _again(caller, view, 422)
    to_draft = verb == "publish" or (verb == "save" and found.source == DOCUMENT and found.may)
    is_it = (verb == "save" and found.may) or (verb == "publish" and found.source == DOCUMENT)
    target = found if is_it else Opened("new")
    try:
        if to_draft and found.publishes:
            kept = publish(caller, target, body, view.version)
        else:
            kept = keep_own(caller, target, body, view.version)
    except Refused as fault:
        sentences = list(fault.sentences)
        view.panel.problems = {**by_address(fault.problems, caller.locale), **({TOP: sentences} if sentences else {})}
        return _again(caller, view, 422)
    if isinstance(kept, Conflict):
        return _conflicted(caller, view, kept)
    if to_draft:
        say(gettext("In the draft now: everybody sees it once it is published."))
        return redirect_to(f"/reports/{kept}/edit")
    say(gettext("Report “%(name)s” saved", name=view.panel.title))
    return redirect_to(f"/reports/{kept}")


def _again(caller: Caller, view: View, status: int, **more: Any) -> tuple[str, int]:
    view.preview = preview(caller, view.known, view.panel.body, kept_as(view))
    shown = {"conflict": None, **context(caller, view), **more}
    return render_template("reports/designing/page.html", **shown), status


def _conflicted(caller: Caller, view: View, kept: Conflict) -> tuple[str, int]:
    theirs = _view(caller, kept.now, dict(kept.now.body)).panel
    view.version = kept.now.version
    shown = differences(view.panel, theirs)
    return _again(caller, view, 409, conflict=kept, differences=shown)


__all__ = ["OWN", "blueprint"]
