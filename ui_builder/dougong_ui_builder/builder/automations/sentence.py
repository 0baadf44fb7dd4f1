"""An automation as sentences: when it looks, if what, and what it does. Read on its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.actions import registered
from dougong_ui_builder.builder.automations import cron_words
from dougong_ui_builder.builder.automations.recipients import said_of
from dougong_ui_builder.builder.automations.steps import target_of
from dougong_ui_builder.builder.automations.triggers import TriggerInputs, inputs_of
from dougong_ui_builder.builder.frame import document_label
from dougong_ui_builder.builder.sharing.sentence import in_words
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

LONGEST = 60  # characters of a text or an expression inside a sentence


def when(words: Vocabulary, body: Mapping[str, Any]) -> str:
    """ "When a book is updated (Stage, Price)"."""
    said = inputs_of(body.get("on"))
    found = words.objects.get(str(body.get("object") or ""))
    record = found.label.text(words.locale) if found else gettext("record")
    if said.kind in ("saved", "created", "updated", "deleted"):
        text = {
            "saved": gettext("When any %(record)s is created or updated", record=record),
            "created": gettext("When any %(record)s is created", record=record),
            "updated": gettext("When any %(record)s is updated", record=record),
            "deleted": gettext("When any %(record)s is deleted", record=record),
        }[said.kind]
        names = gettext(" or ").join(_field(words, body, name) for name in said.fields)
        return gettext("%(what)s and %(fields)s changed", what=text, fields=names) if names else text
    if said.kind == "date":
        return _date(words, body, said)
    if said.kind == "cron":
        told = cron_words.in_words(said.cron) if said.cron else "…"
        each = gettext(", for each %(record)s", record=record) if found else ""
        return gettext("When the clock strikes %(cron)s", cron=told) + each
    if said.kind == "incoming":
        return gettext("When a call comes in")
    if said.kind == "approval":
        return _outcome(words, said)
    return gettext("When …")


def condition(words: Vocabulary, body: Mapping[str, Any]) -> str:
    """The condition as people say it; "" without one."""
    text = str(body.get("if") or "").strip()
    object = str(body.get("object") or "")
    if not text:
        return ""
    return in_words(words, object, text) if object in words.objects else text


def steps(words: Vocabulary, rows: Any, object: str | None) -> list[str]:
    """One sentence for each step."""
    given = rows if isinstance(rows, (list, tuple)) else ()
    return [step(words, row, object) for row in given if isinstance(row, Mapping) and len(row) == 1]


def step(words: Vocabulary, row: Mapping[str, Any], object: str | None) -> str:
    """What a step does, in one sentence."""
    kind, body = next(iter(row.items()))
    said = body if isinstance(body, Mapping) else {}
    match kind:
        case "set":
            return gettext("set %(values)s before saving", values=_values(words, object, said))
        case "update":
            return _update(words, said, object)
        case "create":
            made = words.objects.get(str(said.get("object") or ""))
            label = made.label.text(words.locale) if made else "…"
            return gettext(
                "create a new %(record)s with %(values)s",
                record=label,
                values=_values(words, str(said.get("object")), said.get("values")),
            )
        case "assign":
            to = said.get("to") if isinstance(body, Mapping) else body
            return gettext("give it to %(who)s", who=_path(words, object, str(to or "…")))
        case "notify":
            return gettext(
                "notify %(who)s: “%(text)s”", who=_recipients(words, said, object), text=_text(words, said, "title")
            )
        case "email":
            return gettext(
                "e-mail %(who)s: “%(text)s”", who=_recipients(words, said, object), text=_text(words, said, "subject")
            )
        case "webhook":
            name = str(said.get("webhook") or said.get("to") or next(iter(said.values()), "") if said else body)
            return gettext(
                "call %(webhook)s", webhook=document_label(words.view.documents.get(("webhook", name)), name)
            )
        case "submit":
            name = str(said.get("approval") or (body if isinstance(body, str) else "") or "…")
            return gettext("submit it for approval by “%(flow)s”", flow=_flow(words, name))
    known = registered().get(str(kind))
    return known.label[current_locale()] if known else str(kind)


def _date(words: Vocabulary, body: Mapping[str, Any], said: TriggerInputs) -> str:
    name = _field(words, body, said.field) if said.field else "…"
    given = {"field": name, "time": said.time, "days": said.days}
    if said.days in ("0", ""):
        return gettext("On the day of %(field)s, at %(time)s", **given)
    if said.before:
        return gettext("%(days)s days before %(field)s, at %(time)s", **given)
    return gettext("%(days)s days after %(field)s, at %(time)s", **given)


def _outcome(words: Vocabulary, said: TriggerInputs) -> str:
    flow = _flow(words, said.approval or "…")
    sentences = {
        "approved": gettext("When “%(flow)s” is approved", flow=flow),
        "rejected": gettext("When “%(flow)s” is rejected", flow=flow),
        "returned": gettext("When “%(flow)s” is returned to whoever submitted it", flow=flow),
        "recalled": gettext("When “%(flow)s” is recalled", flow=flow),
        "submitted": gettext("When “%(flow)s” is submitted", flow=flow),
    }
    return sentences.get(said.outcome) or gettext("When …")


def _flow(words: Vocabulary, name: str) -> str:
    return document_label(words.view.documents.get(("approval", name)), name)


def _update(words: Vocabulary, said: Mapping[str, Any], object: str | None) -> str:
    target = target_of(words, "update", said, object)
    values = _values(words, target, said.get("set"))
    if not said.get("relation"):
        return gettext("set %(values)s", values=values)
    found = words.objects.get(target)
    related = found.label.text(words.locale) if found else str(said["relation"])
    text = gettext("in %(related)s, set %(values)s", related=related, values=values)
    where = str(said.get("where") or "")
    return (
        gettext("%(what)s where %(condition)s", what=text, condition=in_words(words, target, where)) if where else text
    )


def _values(words: Vocabulary, object: str | None, values: Any) -> str:
    pairs = values.items() if isinstance(values, Mapping) else ()
    found = words.objects.get(object or "")
    made = []
    for name, value in pairs:
        field = found.fields.get(name) if found else None
        label = field.label.text(words.locale) if field else name
        made.append(
            gettext("%(field)s to %(value)s", field=label, value=_short(_literal(words, object, name, str(value))))
        )
    return gettext(", ").join(made) or "…"


def _literal(words: Vocabulary, object: str | None, name: str, text: str) -> str:
    """A quoted picklist value by its label."""
    found = words.objects.get(object or "")
    if found and name in found.fields and text.startswith('"') and text.endswith('"'):
        said = in_words(words, found.name, f"{name} = {text}")
        return said.rpartition(" = ")[2] or text
    return text


def _recipients(words: Vocabulary, said: Mapping[str, Any], object: str | None) -> str:
    rows: Sequence[Any] = said["to"] if isinstance(said.get("to"), (list, tuple)) else ()
    return gettext(", ").join(_recipient(words, *said_of(row), object) for row in rows) or "…"


def _recipient(words: Vocabulary, kind: str, value: str, object: str | None) -> str:
    match kind:
        case "field":
            return _path(words, object, value)
        case "permission_set":
            return document_label(words.view.documents.get(("permission_set", value)), value)
        case "department_head":
            return gettext("the head of %(department)s", department=_path(words, object, value))
    return value


def _text(words: Vocabulary, said: Mapping[str, Any], key: str) -> str:
    if said.get("template"):
        return document_label(words.view.documents.get(("template", str(said["template"]))), str(said["template"]))
    given = said.get(key)
    if isinstance(given, Mapping):
        given = given.get(current_locale()) or given.get("en") or given.get("zh")
    return _short(str(given or "…"))


def _field(words: Vocabulary, body: Mapping[str, Any], name: str) -> str:
    return _path(words, str(body.get("object") or ""), name)


def _path(words: Vocabulary, object: str | None, path: str) -> str:
    found, labels = words.objects.get(object or ""), []
    for name in path.split("."):
        field = found.fields.get(name) if found else None
        if field is None:
            return path
        labels.append(field.label.text(words.locale))
        found = words.objects.get(field.to or "")
    return " › ".join(labels)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
