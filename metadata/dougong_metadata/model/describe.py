"""What changed between two versions of a document, in people's words: the builder's draft and release pages show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from dougong_metadata.documents import Document
from dougong_metadata.keys import LabelText, ListOf, MapOf, Part, Typed
from dougong_metadata.kinds import registered
from dougong_metadata.label import Label
from dougong_metadata.problems import Path, path_text, shown

NOTHING = Label("nothing", "无")
JOINER = " › "


@dataclass(frozen=True, slots=True)
class Change:
    """One changed place: its path, the path in words, what was and what is there in words (or NOTHING)."""

    path: str
    label: Label
    old: Label
    new: Label


def describe_change(old: Document | None, new: Document | None) -> list[Change]:
    """Every changed place, in the order of the document; one entry for a document that came or went."""
    there = new or old
    if there is None or old == new:
        return []
    if old is None or new is None:
        return [
            Change(
                "", _document_label(there), *(NOTHING if side is None else _document_label(side) for side in (old, new))
            )
        ]
    kind = registered().get(there.kind)
    changes = list(_changes(kind.schema() if kind else None, _plain(old), _plain(new), (), ()))
    return changes or [Change("", Label("Order", "顺序"), Label("as before", "原顺序"), Label("changed", "已调整"))]


def in_words(value: Any, key: Any = None) -> Label:
    """A value as a person reads it."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return Label("yes", "是") if value else Label("no", "否")
    if isinstance(key, LabelText):
        label = Label.of(value, "")
        return label if label.en == label.zh else Label(*(f"{label.en} / {label.zh}",) * 2)
    if isinstance(value, Mapping):
        named = next((value[key] for key in ("label", "value", "name", "by", "field", "type") if value.get(key)), None)
        return Label.of(named, "") if named else Label(f"{len(value)} entries", f"{len(value)} 项")
    if isinstance(value, list):
        parts = [in_words(item) for item in value]
        return Label(shown(", ".join(p.en for p in parts)), shown("、".join(p.zh for p in parts))) if parts else NOTHING
    return Label(*(shown(str(value)),) * 2)


def _changes(around: Any, old: Any, new: Any, path: Path, said: tuple[Label, ...]) -> Iterator[Change]:
    if old == new:
        yield from _moved(around, old, new, path, said)
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and not isinstance(around, LabelText):
        for name in {**old, **new}:
            inner = _inside(around, name, new.get(name, old.get(name)))
            label = _label(around, name, new.get(name, old.get(name)))
            yield from _changes(inner, old.get(name), new.get(name), (*path, name), (*said, label))
    elif isinstance(old, list) and isinstance(new, list) and (pairs := _pairs(old, new)) is not None:
        for name, before, after in pairs:
            label = in_words(after if after is not None else before)
            yield from _changes(_inside(around, 0, after or before), before, after, (*path, name), (*said, label))
        kept = [name for name, before, after in pairs if before is not None and after is not None]
        moved = [name for name in _named(new) or () if name in kept]
        if moved != kept:  # the nodes of a flow are asked in their order
            yield _change(path, (*said, Label("Order", "顺序")), in_words(kept), in_words(moved))
    else:
        yield _change(path, said, in_words(old, around), in_words(new, around))


def _moved(around: Any, old: Any, new: Any, path: Path, said: tuple[Label, ...]) -> Iterator[Change]:
    """Equal but for the order of keys, which people see where the keys are names they gave (fields)."""
    if isinstance(around, MapOf) and isinstance(old, Mapping) and list(old) != list(new):
        yield _change(path, (*said, Label("Order", "顺序")), in_words(list(old)), in_words(list(new)))
    elif isinstance(around, Schema) and isinstance(old, Mapping):
        for name in old:
            key = _inside(around, name, old[name])
            yield from _moved(key, old[name], new[name], (*path, name), (*said, _label(around, name, old[name])))


def _change(path: Path, said: tuple[Label, ...], old: Label, new: Label) -> Change:
    return Change(path_text(path), Label(JOINER.join(p.en for p in said), JOINER.join(p.zh for p in said)), old, new)


def _pairs(old: list[Any], new: list[Any]) -> list[tuple[str, Any, Any]] | None:
    """Items of two lists matched by their name or value; None where they have none."""
    before, after = _named(old), _named(new)
    if before is None or after is None:
        return None
    return [(name, before.get(name), after.get(name)) for name in {**before, **after}]


def _named(items: list[Any]) -> dict[str, Any] | None:
    named: dict[str, Any] = {}
    for item in items:
        name = (item.get("value") or item.get("name")) if isinstance(item, Mapping) else None
        if not isinstance(name, str) or name in named:
            return None
        named[name] = item
    return named


def _inside(around: Any, name: str | int, value: Any) -> Any:
    if isinstance(around, Schema):
        key = around.fields.get(str(name))
        inner = key.schema_for(value) if isinstance(key, (Part, Typed)) else None
        return inner or key
    key = around.value_field if isinstance(around, MapOf) else around.inner if isinstance(around, ListOf) else None
    inner = key.schema_for(value) if isinstance(key, (Part, Typed)) else None
    return inner or key


def _label(around: Any, name: str, value: Any) -> Label:
    """A key's own label; for names that people gave (a field's), the label of what is called so."""
    if isinstance(around, Schema) and name in around.fields:
        return Label.of(around.fields[name].metadata.get("label"), name)
    return Label.of(value.get("label") if isinstance(value, Mapping) else None, name)


def _plain(document: Document) -> dict[str, Any]:
    return {key: value for key, value in document.json().items() if key not in ("kind", "name")}


def _document_label(document: Document) -> Label:
    kind = registered().get(document.kind)
    label = document.body.get("label")
    own = Label.of(label if isinstance(label, (str, Mapping)) else None, document.name)
    return Label(f"{kind.label['en']} {own.en}", f"{kind.label['zh']}「{own.zh}」") if kind else own
