"""One field of a document becomes a FieldModel, still without expressions; what its type forbids is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dougong_metadata.field_types import FieldType, registered
from dougong_metadata.field_types.common import CommonKeys, field_schema
from dougong_metadata.field_types.text import DEFAULT_LENGTH, MAX_INDEXED
from dougong_metadata.label import Label
from dougong_metadata.model.compile_computed import result_type
from dougong_metadata.model.compile_picklist import check_value_parents, picklist_model
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import SYSTEM_FIELDS, FieldModel, PicklistModel
from dougong_metadata.problems import Problems

# Words of the expression language, which a field could never be called by.
WORDS = frozenset({"and", "or", "not", "in", "is", "true", "false", "null", "blank"})
_COMMON = frozenset(CommonKeys().fields)
_OWN_PLACE = frozenset(
    {"to", "on_delete", "values", "picklist", "controlled_by", "follows_shares", "relation"}
)  # of the FieldModel itself


def compile_field(one: Loaded, name: str, position: int, names: Names, problems: Problems) -> FieldModel | None:
    """The model of field `name`, or None where its definition is too wrong to have one."""
    body = one.body["fields"].get(name)
    field_type = registered().get(body.get("type", "")) if isinstance(body, Mapping) else None
    if field_type is None or not isinstance(body, Mapping):
        return None
    before = len(problems.found)
    _check_name(one, name, problems)
    _check_flags(one, name, field_type, body, problems)
    picklist = _picklist(one, name, field_type, body, names, problems)
    if field_type.points_to == "any" and not body.get("to"):
        return None
    computed = result_type(body)
    unique = bool(body.get("unique")) or field_type.name == "external_key"
    model = FieldModel(
        one.name,
        name,
        field_type if computed is None else registered()[computed[0]],
        Label.of(body.get("label"), name),
        position,
        help=Label.of(body["help"], name) if body.get("help") else None,
        required=bool(body.get("required")) or field_type.name == "detail",
        unique=unique,
        index=bool(body.get("index")) or unique,
        read_only=bool(body.get("read_only")) or field_type.computed,
        searchable=bool(body.get("searchable")),
        to=body.get("to") if field_type.points_to == "any" else field_type.points_to,
        on_delete="cascade" if field_type.name == "detail" else body.get("on_delete", "clear"),
        follows_shares=body.get("follows_shares", False),
        picklist=picklist,
        controlled_by=body.get("controlled_by"),
        relation=body.get("relation"),
        settings=MappingProxyType(
            {key: value for key, value in body.items() if key not in _COMMON | _OWN_PLACE}
            if computed is None
            else dict(computed[1])
        ),
    )
    _check_numbers(one, name, model, problems)
    return model if picklist is not None or not _is_picklist(field_type) or before == len(problems.found) else None


def _check_name(one: Loaded, name: str, problems: Problems) -> None:
    path = ("fields", name)
    if name in SYSTEM_FIELDS:
        problems.add(
            one.document,
            path,
            "reserved_name",
            f"Every object has a field “{name}” already.",
            f"每个对象都已有字段「{name}」。",
        )
    elif name in WORDS:
        problems.add(
            one.document,
            path,
            "reserved_name",
            f"“{name}” is a word of the expression language; choose another name.",
            f"「{name}」是表达式语言的保留字，请换一个名称。",
        )


def _check_flags(one: Loaded, name: str, field_type: FieldType, body: Mapping[str, Any], problems: Problems) -> None:
    refused = {
        "index": not field_type.indexable,
        "unique": not field_type.indexable,
        "searchable": not field_type.searches,
        "default": field_type.computed,
        "required": field_type.computed,
        "required_when": field_type.computed,
    }
    for key, wrong in refused.items():
        if wrong and body.get(key):
            problems.add(
                one.document,
                ("fields", name, key),
                "not_for_type",
                f"A field of type {field_type.name} cannot have “{key}”.",
                f"{field_type.name} 类型的字段不能设置「{key}」。",
            )


def _is_picklist(field_type: FieldType) -> bool:
    return "picklist" in field_schema(field_type).fields


def _picklist(
    one: Loaded, name: str, field_type: FieldType, body: Mapping[str, Any], names: Names, problems: Problems
) -> PicklistModel | None:
    if not _is_picklist(field_type):
        return None
    path = ("fields", name)
    raw = one.document.body["fields"][name]
    if ("values" in raw) == ("picklist" in raw):
        problems.add(
            one.document,
            path,
            "one_of_two",
            "A picklist field has either values of its own or a shared picklist.",
            "选项字段须在自有 values 与共享 picklist 之间二选一。",
        )
        return None
    if "values" in body:
        return picklist_model(f"{one.name}.{name}", Label.of(body.get("label"), name), body["values"])
    return names.picklists.get(body.get("picklist", ""))


def _check_numbers(one: Loaded, name: str, field: FieldModel, problems: Problems) -> None:
    given, path = field.settings, ("fields", name)
    if "min" in given and "max" in given and given["min"] > given["max"]:
        problems.add(
            one.document,
            (*path, "min"),
            "min_above_max",
            f"min {given['min']} is above max {given['max']}.",
            f"最小值 {given['min']} 大于最大值 {given['max']}。",
        )
    if "scale" in given and given["scale"] + getattr(field.type, "extra_scale", 0) > given["precision"]:
        problems.add(
            one.document,
            (*path, "scale"),
            "scale_above_precision",
            "There are more decimals than digits in all.",
            "小数位多于总位数。",
        )
    if field.index and field.type.name == "text" and given.get("max_length", DEFAULT_LENGTH) > MAX_INDEXED:
        problems.add(
            one.document,
            (*path, "max_length"),
            "too_long_for_index",
            f"A text with an index may have at most {MAX_INDEXED} characters.",
            f"带索引的文本最多 {MAX_INDEXED} 个字符。",
        )


def check_control(one: Loaded, fields: Mapping[str, FieldModel | None], problems: Problems) -> None:
    """Controlling fields are picklists, run in no circle, and have the values that their dependents name as parents."""
    for name, field in fields.items():
        if field is None or not field.controlled_by:
            continue
        above, path = fields.get(field.controlled_by), ("fields", name)
        if above is None:
            continue
        if above.picklist is None:
            problems.add(
                one.document,
                (*path, "controlled_by"),
                "not_a_picklist",
                f"“{above.name}” is not a picklist field.",
                f"「{above.name}」不是选项字段。",
            )
        elif _circular(field, fields):
            problems.add(
                one.document,
                (*path, "controlled_by"),
                "circle",
                f"“{name}” controls itself.",
                f"「{name}」控制了自身。",
            )
        elif field.picklist is not None:
            body = one.body["fields"][name]
            if "values" in body:
                check_value_parents(one, (*path, "values"), body["values"], above.picklist, problems)


def check_rates(one: Loaded, fields: Mapping[str, FieldModel | None], problems: Problems) -> None:
    """What amounts are converted with is a decimal number saved with the record, beside the currency that it is of."""
    for name, field in fields.items():
        rate = field.settings.get("rate_field") if field is not None else None
        if field is None or not rate:
            continue
        path = ("fields", name, "rate_field")
        if not field.settings.get("currency_field"):
            problems.add(
                one.document,
                path,
                "not_with",
                "“rate_field” goes with “currency_field”: it is the rate of that currency.",
                "「rate_field」须与「currency_field」一起使用：它是该币种的汇率。",
            )
        if fields.get(rate) is not None and one.body["fields"].get(rate, {}).get("type") != "decimal":
            problems.add(
                one.document,
                path,
                "not_a_rate",
                f"“{rate}” is no decimal field that is saved with the record.",
                f"「{rate}」不是随记录保存的小数字段。",
            )


def _circular(field: FieldModel, fields: Mapping[str, FieldModel | None]) -> bool:
    seen: set[str] = set()
    at: FieldModel | None = field
    while at is not None and at.controlled_by:
        if at.name in seen:
            return at.name == field.name
        seen.add(at.name)
        at = fields.get(at.controlled_by)
    return False
