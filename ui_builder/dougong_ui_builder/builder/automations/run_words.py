"""One run in words: what it saw, what it did with links to what it touched, and what to change where it failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.actions import registered
from dougong_metadata.model.types import ObjectModel
from dougong_platform.http.caller import Caller
from dougong_platform.query import display_names
from dougong_ui_builder.builder.draft_view import DraftView
from dougong_ui_builder.builder.frame import document_label
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.said_values import Names, names_in_changes, said
from dougong_ui_builder.words import gettext, ngettext

MOST_LINKS = 10


@dataclass(frozen=True, slots=True)
class Done:
    """One step: its icon, what was done, and links (text, address) to what was touched."""

    icon: str
    label: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RunWords:
    """`values` (path, value) and `changes` (field, before, after) it saw; `given` of a call; `advice` on a failure."""

    values: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]
    given: tuple[tuple[str, str], ...]
    done: tuple[Done, ...]
    wrong: str
    errors: tuple[tuple[str, str], ...]
    advice: str
    chain: tuple[str, ...]


def run_words(caller: Caller, view: DraftView, run: Mapping[str, Any]) -> RunWords:
    """Of a run as `automations.reading` gives it."""
    model = caller.model.objects.get(str(run["object"]))
    saw, error = run["saw"] or {}, run["error"] or {}
    return RunWords(
        tuple(_values(caller, model, saw.get("values") or {})),
        tuple(_changes(caller, model, saw.get("changes") or {})),
        tuple((str(name), str(value)) for name, value in (saw.get("given") or {}).items()),
        tuple(_done(caller, view, step) for step in run["did"] or ()),
        str(error.get(current_locale()) or error.get("en") or ""),
        tuple((_label(model, one.get("field")), str(one.get("message"))) for one in error.get("errors") or ()),
        _advice(str(error.get("code") or ""), run),
        tuple(document_label(view.documents.get(("automation", name)), name) for name in run["chain"] or ()),
    )


def _values(caller: Caller, model: ObjectModel | None, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    names = _names(caller, model, values)
    for path, value in values.items():
        field = model.fields.get(path) if model else None
        yield (
            _label(model, path),
            said(field, value, names) if field is not None else str(value if value is not None else ""),
        )


def _changes(caller: Caller, model: ObjectModel | None, changes: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    names = names_in_changes(caller, model, [changes]) if model else {}
    for name, (old, new) in changes.items():
        field = model.fields.get(name) if model else None
        if field is not None:
            yield label_text(field), said(field, old, names), said(field, new, names)


def _done(caller: Caller, view: DraftView, step: Mapping[str, Any]) -> Done:
    kind = str(step["action"])
    known = registered().get(kind)
    label = known.label[current_locale()] if known else kind
    icon = known.icon if known else "bolt"
    if kind in ("update", "create"):
        return _written(caller, icon, label, step)
    if kind == "assign":
        names = display_names(caller, "user", [str(one) for one in (step.get("before"), step.get("owner")) if one])
        before, owner = (names.get(str(step.get(key))) or "—" for key in ("before", "owner"))
        return Done(icon, label, f"{before} → {owner}")
    if kind == "notify":
        users = [str(one) for one in step.get("users") or ()]
        names = display_names(caller, "user", users)
        told = gettext(", ").join(names.get(one) or "—" for one in users[:MOST_LINKS])
        return Done(icon, label, told or gettext("Nobody: the recipients mean nobody at the moment."))
    if kind == "email":
        told = gettext(", ").join(str(one) for one in (step.get("to") or ())[:MOST_LINKS])
        return Done(icon, label, told or gettext("Nobody: the recipients mean nobody at the moment."))
    if kind == "webhook":
        name = str(step.get("webhook") or "")
        return Done(icon, label, document_label(view.documents.get(("webhook", name)), name))
    return Done(icon, label, "")


def _written(caller: Caller, icon: str, label: str, step: Mapping[str, Any]) -> Done:
    object = str(step.get("object") or "")
    model, ids = caller.model.objects.get(object), [str(one) for one in step.get("ids") or ()]
    pairs = []
    values = step.get("values") if isinstance(step.get("values"), Mapping) else {}
    names = _names(caller, model, values or {})
    for name, value in (values or {}).items():
        field = model.fields.get(name) if model else None
        shown = said(field, value, names) if field is not None else str(value)
        pairs.append(f"{_label(model, name)} → {shown or '—'}")
    titles = display_names(caller, object, ids[:MOST_LINKS]) if model and not model.system and ids else {}
    links = tuple((titles.get(id) or "…", f"/o/{object}/{id}") for id in ids[:MOST_LINKS] if titles.get(id) is not None)
    count = int(step.get("count") or len(ids))
    what = f"{label_text(model) if model else object}: " + gettext(", ").join(pairs)
    rest = count - len(links)
    more = ngettext("and %(num)d more", "and %(num)d more", rest) if rest > 0 and links else ""
    return Done(icon, label, f"{what} {more}".strip().rstrip(":"), links)


def _names(caller: Caller, model: ObjectModel | None, values: Mapping[str, Any]) -> Names:
    return names_in_changes(caller, model, [{name: [None, value] for name, value in values.items()}]) if model else {}


def _label(model: ObjectModel | None, path: Any) -> str:
    field = model.fields.get(str(path)) if model and path else None
    return label_text(field) if field is not None else str(path or "")


def _advice(code: str, run: Mapping[str, Any]) -> str:
    """What may be changed so that it goes the next time."""
    if not code:
        return ""
    if run["state"] == "cut":
        return gettext("Automations set each other off. Let one of them look at fewer fields, or end in its condition.")
    if code in ("records_invalid", "validation", "required"):
        return gettext(
            "Change the record so that it may be saved, or the step so that it sets what is needed; then run it again."
        )
    if code == "automation_gone":
        return gettext("Switch the automation on again, if it is still wanted.")
    if code == "value_invalid":
        return gettext("Change the expression of the step: say what it yields where a value is blank or zero.")
    return gettext("Change the step or the record, then run it again.")
