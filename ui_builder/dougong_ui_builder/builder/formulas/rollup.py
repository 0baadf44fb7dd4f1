"""What a roll-up may be made of, what its editor's inputs say, and the roll-up in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.field_types.registry import registered
from dougong_metadata.model.flow_types import ROLLUP_KINDS
from dougong_ui_builder.builder.forms.tree import Tree
from dougong_ui_builder.builder.formulas.words import links_to
from dougong_ui_builder.builder.sharing.sentence import in_words
from dougong_ui_builder.builder.vocabulary import Option, Vocabulary
from dougong_ui_builder.words import gettext, lazy_gettext

KINDS = {
    "count": lazy_gettext("Number of records"),
    "sum": lazy_gettext("Sum"),
    "average": lazy_gettext("Average"),
    "min": lazy_gettext("Least"),
    "max": lazy_gettext("Greatest"),
    "first": lazy_gettext("First"),
    "last": lazy_gettext("Last"),
}
_NUMBERS = frozenset({"number", "money"})
_ORDERED = _NUMBERS | {"date", "datetime", "time"}
_KEPT = _ORDERED | {"text", "boolean", "record"}


def kind_of(body: Mapping[str, Any]) -> str:
    """The one of ROLLUP_KINDS that a roll-up's body says; count where it says none."""
    return next((kind for kind in ROLLUP_KINDS if body.get(kind)), "count")


def take_rollup(tree: Tree, form: Mapping[str, str]) -> None:
    """Put what the editor's own inputs say (@rollup, @rollup_field) where a roll-up's body has it."""
    if "@rollup" not in form:
        return
    wanted = form.get("@rollup", "count")
    for kind in ROLLUP_KINDS:
        value = "true" if kind == "count" else form.get("@rollup_field", "")
        tree[kind] = [value if kind == wanted else ""]
    if wanted not in ("first", "last"):
        tree["by"] = [""]


def tidy_rollup(body: dict[str, Any]) -> dict[str, Any]:
    """Without the false that an unticked count leaves."""
    return {key: value for key, value in body.items() if not (key == "count" and value is False)}


def editor(words: Vocabulary, object: str, body: Mapping[str, Any], chosen: str | None = None) -> dict[str, Any]:
    """{links, kinds, kind, fields, field, orders, object, sentence} for templates/formulas/rollup.html.

    `chosen`: the kind that the form says while it lacks the field that the body needs to say it.
    """
    kind = chosen if chosen in KINDS else kind_of(body)
    below = str(body.get("of", "")).partition(".")[0]
    links = [
        (f"{one.name}.{field.name}", f"{one.plural.text(words.locale)} · {field.label.text(words.locale)}")
        for one, field in links_to(words, object)
    ]
    return {
        "links": links,
        "kinds": [(name, str(text)) for name, text in KINDS.items()],
        "kind": kind,
        "fields": fields_for(words, below, kind),
        "field": body.get(kind) if kind != "count" else "",
        "orders": fields_for(words, below, "min"),
        "object": below if below in words.objects else "",
        "sentence": rollup_sentence(words, body, kind),
    }


def fields_for(words: Vocabulary, object: str, kind: str) -> list[Option]:
    """The fields of an object that a roll-up of this kind may take."""
    found = words.objects.get(object)
    if found is None or kind == "count":
        return []
    fitting = _NUMBERS if kind in ("sum", "average") else _KEPT if kind in ("first", "last") else _ORDERED
    made = []
    for field in found.fields.values():
        type = registered().get(words.value_type(field))
        if type is not None and type.expression_type in fitting and field.name not in ("version", "deleted_at"):
            made.append((field.name, field.label.text(words.locale)))
    return made


def rollup_sentence(words: Vocabulary, body: Mapping[str, Any], kind: str) -> str:
    """ "Sum of Amount over Order lines where Status ≠ Void"; what is missing is an ellipsis."""
    found = words.objects.get(str(body.get("of", "")).partition(".")[0])
    records = found.plural.text(words.locale) if found else "…"
    taken = found.fields.get(str(body.get(kind, ""))) if found else None
    order = found.fields.get(str(body.get("by") or "created_at")) if found else None
    given = {"records": records, "field": taken.label.text(words.locale) if taken else "…"}
    said = {
        "count": gettext("How many %(records)s there are", **given),
        "sum": gettext("Sum of %(field)s over %(records)s", **given),
        "average": gettext("Average of %(field)s over %(records)s", **given),
        "min": gettext("Least %(field)s of %(records)s", **given),
        "max": gettext("Greatest %(field)s of %(records)s", **given),
        "first": gettext("%(field)s of the first of %(records)s", **given),
        "last": gettext("%(field)s of the last of %(records)s", **given),
    }[kind]
    if kind in ("first", "last"):
        said += gettext(", in the order of %(field)s", field=order.label.text(words.locale) if order else "…")
    where = str(body.get("where") or "").strip()
    if where and found:
        said = gettext("%(what)s where %(condition)s", what=said, condition=in_words(words, found.name, where))
    return said
