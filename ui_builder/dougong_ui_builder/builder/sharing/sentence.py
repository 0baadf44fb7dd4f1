"""A sharing rule in one sentence: "Books whose genre = Novel → department North may read"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions.conditions import Group, Row, Value, to_rows
from dougong_ui_builder.builder.layouts.words import picklist_values
from dougong_ui_builder.builder.vocabulary import FieldWords, Vocabulary, label_of
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

SYMBOLS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def sentence(words: Vocabulary, body: Mapping[str, Any]) -> str:
    """Whatever is missing in the rule is said with an ellipsis."""
    found = words.objects.get(str(body.get("object", "")))
    records = found.plural.text(words.locale) if found else "…"
    when = str(body.get("when") or "").strip()
    if when and found:
        records = gettext(
            "%(records)s whose %(condition)s", records=records, condition=in_words(words, found.name, when)
        )
    else:
        records = gettext("All %(records)s", records=records)
    may = gettext("may edit") if body.get("access") == "edit" else gettext("may read")
    who = "、".join(recipients(words, body)) if current_locale() == "zh" else "; ".join(recipients(words, body))
    return gettext("%(records)s → %(who)s %(may)s", records=records, who=who or "…", may=may)


def recipients(words: Vocabulary, body: Mapping[str, Any]) -> list[str]:
    """Whom it reaches, in words."""
    given = body.get("with")
    said = given if isinstance(given, Mapping) else {}
    if said.get("everyone"):
        return [gettext("everybody")]
    between = gettext(", ")
    found = []
    if said.get("departments_below"):
        names = between.join(map(str, said["departments_below"]))
        found.append(gettext("department %(names)s and below", names=names))
    if said.get("departments"):
        found.append(gettext("department %(names)s", names=between.join(map(str, said["departments"]))))
    if said.get("teams"):
        found.append(gettext("team %(names)s", names=between.join(map(str, said["teams"]))))
    if said.get("permission_sets"):
        labels = [_set_label(words, str(name)) for name in said["permission_sets"]]
        found.append(gettext("permission set %(names)s", names=between.join(labels)))
    if said.get("users"):
        found.append(between.join(map(str, said["users"])))
    return found


def in_words(words: Vocabulary, object: str, when: str) -> str:
    """A condition as people say it; as it is written where rows cannot say it."""
    try:
        group = to_rows(when)
    except ExpressionError:
        return when
    return when if group is None else _group(words, object, group)


def _group(words: Vocabulary, object: str, group: Group) -> str:
    joined = gettext(" or ") if group.joined == "any" else gettext(" and ")
    return joined.join(
        _row(words, object, item) if isinstance(item, Row) else f"({_group(words, object, item)})"
        for item in group.items
    )


def _row(words: Vocabulary, object: str, row: Row) -> str:
    label, field = _path(words, object, row.path)
    values = gettext(", ").join(_value(words, field, value) for value in row.values)
    return " ".join(part for part in (label, _operator(row.operator), values) if part)


def _operator(operator: str) -> str:
    return SYMBOLS.get(operator) or {
        "contains": gettext("contains"),
        "not contains": gettext("does not contain"),
        "begins": gettext("begins with"),
        "not begins": gettext("does not begin with"),
        "ends": gettext("ends with"),
        "not ends": gettext("does not end with"),
        "includes": gettext("includes"),
        "excludes": gettext("excludes"),
        "blank": gettext("is blank"),
        "not blank": gettext("is not blank"),
        "in": gettext("is one of"),
        "not in": gettext("is none of"),
    }.get(operator, operator)


def _path(words: Vocabulary, object: str, path: str) -> tuple[str, FieldWords | None]:
    """("Shelf › Room", the field at the end)."""
    labels: list[str] = []
    at, field = words.objects.get(object), None
    for name in path.split("."):
        field = at.fields.get(name) if at else None
        labels.append(field.label.text(words.locale) if field else name)
        at = words.objects.get(field.to or "") if field else None
    return " › ".join(labels), field


def _value(words: Vocabulary, field: FieldWords | None, value: Value) -> str:
    if value.kind == "user":
        if not value.text:
            return gettext("whoever looks")
        return gettext("that of whoever looks (%(path)s)", path=_path(words, "user", value.text)[0])
    if value.kind == "boolean":
        return gettext("Yes") if value.text == "true" else gettext("No")
    if value.kind == "today":
        days = int(value.text or 0)
        return gettext("today") + (f" {days:+d}" if days else "")
    labels = {one: text for one, text, _ in picklist_values(words, field)} if field else {}
    return labels.get(value.text, value.text)


def _set_label(words: Vocabulary, name: str) -> str:
    document = words.view.documents.get(("permission_set", name))
    return label_of(document.body, name).text(words.locale) if document else name
