"""Which column of a file goes into which field, and how its texts become values. Given by the wizard, the API
or a YAML file.

columns:
  Product: {field: product, by: name, values: {GTXPro: GTX Pro}, unmatched: error}
  Amount:  {field: amount}
key: source_key          # rows whose key exists update that record; absent: every row is new
defaults: {source: web}  # for fields that no column fills
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_metadata.problems import nearest
from dougong_platform.http.caller import Caller
from dougong_platform.imports.errors import MappingInvalid

UNMATCHED = ("error", "blank", "skip")


@dataclass(frozen=True, slots=True)
class Column:
    """`by` is the field of the target by which a lookup finds its record; `values` replaces texts (None = leave blank);
    `unmatched` says what a text does that is no choice or finds no record: error, blank, or skip the row."""

    field: str
    by: str | None = None
    values: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    unmatched: str = "error"


@dataclass(frozen=True, slots=True)
class FileMapping:
    """Checked against a header and an object: `columns` by position in the file."""

    columns: Mapping[int, Column]
    key: str | None = None
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def read_mapping(caller: Caller, object: ObjectModel, header: Sequence[str], given: Any) -> FileMapping:
    """Check a mapping as given. Raises MappingInvalid that names the column or field and the nearest right one."""
    if not isinstance(given, Mapping):
        raise MappingInvalid(en="The mapping has to be an object with “columns”.", zh="映射须为包含 columns 的对象。")
    _known(given, ("columns", "key", "defaults"), "the mapping", "映射")
    places = {name: position for position, name in enumerate(header)}
    columns: dict[int, Column] = {}
    for name, one in _items(given.get("columns") or {}, "columns"):
        if one in (None, ""):
            continue
        if name not in places:
            raise MappingInvalid(
                en=f"The file has no column “{name}”{_hint(name, header)}.", zh=f"文件中没有列「{name}」。"
            )
        columns[places[name]] = _column(caller, object, name, one)
    fields = [column.field for column in columns.values()]
    for name in fields:
        if fields.count(name) > 1:
            raise MappingInvalid(en=f"Two columns go into “{name}”.", zh=f"有两列对应同一字段「{name}」。")
    if not columns:
        raise MappingInvalid(en="No column is mapped to a field.", zh="没有任何列对应到字段。")
    defaults = dict(_items(given.get("defaults") or {}, "defaults"))
    for name in defaults:
        _field(caller, object, name)
    return FileMapping(columns, _key(caller, object, given.get("key"), fields), defaults)


def _column(caller: Caller, object: ObjectModel, name: str, given: Any) -> Column:
    if isinstance(given, str):
        given = {"field": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("field"), str):
        raise MappingInvalid(en=f"Column “{name}” does not say its field.", zh=f"列「{name}」未指定字段。")
    _known(given, ("field", "by", "values", "unmatched"), f"column “{name}”", f"列「{name}」")
    target = _field(caller, object, given["field"])
    unmatched = given.get("unmatched") or "error"
    if unmatched not in UNMATCHED:
        raise MappingInvalid(
            en=f"“unmatched” of column “{name}” is one of {', '.join(UNMATCHED)}.",
            zh=f"列「{name}」的 unmatched 须为 {'、'.join(UNMATCHED)} 之一。",
        )
    values = {
        str(text): None if value in (None, "") else str(value)
        for text, value in _items(given.get("values") or {}, "values")
    }
    return Column(target.name, _by(caller, target, given.get("by")), values, unmatched)


def _by(caller: Caller, target: FieldModel, by: Any) -> str | None:
    """The field of the pointed-to object that texts name; its name field unless said."""
    if target.to is None:
        return None
    other = caller.model.objects[target.to]
    if by in (None, ""):
        return "email" if other.name == "user" else other.name_field
    if by != "id" and (by not in other.fields or caller.rights.field(other.name, by) == "none"):
        raise MappingInvalid(
            en=f"“{by}” is not a field of “{other.name}”{_hint(str(by), caller.rights.fields(other.name))}.",
            zh=f"「{other.name}」没有字段「{by}」。",
        )
    return str(by)


def _key(caller: Caller, object: ObjectModel, key: Any, mapped: Sequence[str]) -> str | None:
    if key in (None, ""):
        return None
    found = _field(caller, object, str(key))
    if not found.unique and found.type.name != "external_key":
        raise MappingInvalid(
            en=f"“{key}” cannot be the key: it is not unique.", zh=f"「{key}」不是唯一字段，不能作为匹配键。"
        )
    if found.name not in mapped:
        raise MappingInvalid(en=f"No column goes into the key “{key}”.", zh=f"没有列对应匹配键「{key}」。")
    return found.name


def _field(caller: Caller, object: ObjectModel, name: str) -> FieldModel:
    found = object.fields.get(name)
    if (
        found is None
        or caller.rights.field(object.name, name) != "edit"
        or (found.system and name not in ("owner", "record_type"))
    ):
        open_to = [n for n in object.fields if caller.rights.field(object.name, n) == "edit"]
        raise MappingInvalid(
            en=f"“{name}” is not a field of “{object.name}” that you may fill{_hint(name, open_to)}.",
            zh=f"「{object.name}」没有您可填写的字段「{name}」。",
        )
    return found


def _items(given: Any, what: str) -> Iterable[tuple[str, Any]]:
    if not isinstance(given, Mapping):
        raise MappingInvalid(en=f"“{what}” has to be an object.", zh=f"{what} 须为对象。")
    return [(str(name), value) for name, value in given.items()]


def _known(given: Mapping[Any, Any], names: Sequence[str], where_en: str, where_zh: str) -> None:
    for name in given:
        if name not in names:
            raise MappingInvalid(
                en=f"“{name}” is not a key of {where_en}{_hint(str(name), names)}.",
                zh=f"{where_zh}中没有「{name}」这一项。",
            )


def _hint(name: str, names: Iterable[str]) -> str:
    near = nearest(name, names)
    return f"; did you mean “{near}”?" if near else ""
