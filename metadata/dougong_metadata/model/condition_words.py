"""Conditions as people say them ("Amount > 50,000 and Category = Software"). Used by `approval_words` and whoever shows
a flow; names are taken from the model, and stay as written where it does not know them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import format, parse
from dougong_metadata.expressions.conditions import Row, Value, to_rows
from dougong_metadata.expressions.nodes import Compare, Logic, Node, Path

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, Model

TEN_THOUSAND = 10_000
_SYMBOLS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_OPERATORS = {
    "contains": ("contains", "包含"),
    "not contains": ("does not contain", "不包含"),
    "begins": ("begins with", "开头是"),
    "not begins": ("does not begin with", "开头不是"),
    "ends": ("ends with", "结尾是"),
    "not ends": ("does not end with", "结尾不是"),
    "includes": ("includes", "包含"),
    "excludes": ("excludes", "不含"),
    "blank": ("is blank", "为空"),
    "not blank": ("is not blank", "不为空"),
    "in": ("is one of", "属于"),
    "not in": ("is none of", "不属于"),
}


def chosen(locale: str, en: str, zh: str) -> str:
    """The one of the two texts that `locale` reads."""
    return zh if locale.startswith("zh") else en


def path_words(path: str, locale: str, model: Model | None, object: str | None) -> str:
    """ "Shelf › Room"; names that the model does not know stay as they are."""
    return _path(path, locale, model, object)[0]


def condition_words(text: str, locale: str, model: Model | None, object: str | None) -> str:
    """`text` in words, "" when empty. Parts that fields, operators and values cannot say stay as they are written."""
    if not text.strip():
        return ""
    try:
        return _said(parse(text), locale, model, object)
    except ExpressionError:
        return text


def value_words(text: str, locale: str, field: FieldModel | None) -> str:
    """A literal of an expression as a value of `field` reads: a picklist's label, 30 %, 50,000 (zh 5 万)."""
    if field is not None and field.picklist is not None and text in field.picklist.values:
        return field.picklist.values[text].label.text(locale)
    return text


def _said(node: Node, locale: str, model: Model | None, object: str | None) -> str:
    match node:
        case Logic():
            joined = chosen(locale, " or ", " 或 ") if node.operator == "or" else chosen(locale, " and ", " 且 ")
            parts = ((one, _said(one, locale, model, object)) for one in node.operands)
            return joined.join(
                chosen(locale, "({})", "（{}）").format(said) if isinstance(one, Logic) else said for one, said in parts
            )
        case Compare(left=Path() as left, right=Path() as right):
            sides = [path_words(".".join(one.names), locale, model, object) for one in (left, right)]
            return f"{sides[0]} {_SYMBOLS[node.operator]} {sides[1]}"
    written = format(node)
    group = to_rows(written)
    row = group.items[0] if group is not None and len(group.items) == 1 else None
    return _row(row, locale, model, object) if isinstance(row, Row) else written


def _row(row: Row, locale: str, model: Model | None, object: str | None) -> str:
    label, field = _path(row.path, locale, model, object)
    if row.operator == "=" and row.values == (Value("boolean", "true"),):
        return label
    if row.operator == "=" and row.values == (Value("boolean", "false"),):
        return chosen(locale, f"not “{label}”", f"未勾选「{label}」")
    if row.operator in ("in", "=") and len(row.values) == 1:
        operator = "="
    else:
        operator = _SYMBOLS.get(row.operator) or chosen(locale, *_OPERATORS[row.operator])
    values = chosen(locale, ", ", "、").join(_value(value, locale, model, field) for value in row.values)
    return " ".join(part for part in (label, operator, values) if part)


def _path(path: str, locale: str, model: Model | None, object: str | None) -> tuple[str, FieldModel | None]:
    labels: list[str] = []
    at = model.objects.get(object or "") if model is not None else None
    field: FieldModel | None = None
    for name in path.split("."):
        field = at.fields.get(name) if at is not None else None
        labels.append(field.label.text(locale) if field is not None else name)
        at = model.objects.get(field.to or "") if model is not None and field is not None else None
    return " › ".join(labels), field


def _value(value: Value, locale: str, model: Model | None, field: FieldModel | None) -> str:
    if value.kind == "number":
        return _number(Decimal(value.text), locale, field)
    if value.kind == "boolean":
        return chosen(locale, "yes", "是") if value.text == "true" else chosen(locale, "no", "否")
    if value.kind == "today":
        days = int(value.text or 0)
        return chosen(locale, "today", "今天") + (f" {days:+d}" if days else "")
    if value.kind == "user":
        who = path_words(value.text, locale, model, "user") if value.text else ""
        return chosen(locale, "that of whoever looks", "查看者") + (f" ({who})" if who else "")
    if field is not None and field.name == "record_type" and model is not None:
        types: Mapping[str, Any] = model.objects[field.object].record_types
        return types[value.text].label.text(locale) if value.text in types else value.text
    return value_words(value.text, locale, field)


def _number(number: Decimal, locale: str, field: FieldModel | None) -> str:
    if field is not None and field.type.name == "percent":
        return f"{(number * 100).normalize():f} %"
    if locale.startswith("zh") and abs(number) >= TEN_THOUSAND and number % (TEN_THOUSAND // 10) == 0:
        return f"{(number / TEN_THOUSAND).normalize():,f} 万"
    return f"{number:,f}" if abs(number) >= TEN_THOUSAND else f"{number:f}"
