"""The filter builder's lines: a field, an operator as people say it, its values; to and from the language's own rows.

People say "between", "on that day", "is any of"; the language says >= and <=, in, or several INCLUDES.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from dougong_metadata.expressions.conditions import Group, Row, Value, from_rows, to_rows
from dougong_platform.errors import BadField
from dougong_platform.query.rows import field_at
from dougong_ui_builder.screens.lists.columns import LINKS

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.access.rights import Rights

# By kind of value: the operators in the order in which they are offered.
OFFERED: dict[str, tuple[str, ...]] = {
    "choice": ("in", "not in", "blank", "not blank"),
    "choices": ("has any", "has all", "blank", "not blank"),
    "link": ("in", "not in", "blank", "not blank"),
    "text": ("contains", "not contains", "=", "!=", "begins", "in", "blank", "not blank"),
    "number": (">=", ">", "<=", "<", "=", "!=", "between", "blank", "not blank"),
    "date": ("<", "<=", ">=", ">", "=", "between", "blank", "not blank"),
    "moment": ("<", ">=", "on", "between", "blank", "not blank"),
    "time": ("=", "<", "<=", ">", ">=", "blank", "not blank"),
    "truth": ("=", "blank", "not blank"),
    "none": ("blank", "not blank"),
}
# What a field's type must offer for an operator of ours, where the words differ.
_NEEDS = {
    "in": {"in", "="},
    "not in": {"not in", "!="},
    "on": {"="},
    "begins": {"starts with"},
    "not contains": {"contains"},
    "has any": {"has any", "has"},
}
WITHOUT_VALUE = frozenset({"blank", "not blank"})
_ALWAYS_BLANK = frozenset({"blank", "not blank"})
_DAY = timedelta(days=1)

FieldOf = Callable[[str], "FieldModel | None"]


@dataclass(slots=True)
class Line:
    """One condition. `values` may be fewer than the operator needs: then it does not filter yet."""

    path: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(slots=True)
class Block:
    """Lines, and at the top also blocks of lines, of which all or any must hold."""

    joined: Literal["all", "any"] = "all"
    items: list[Line | Block] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All lines, those inside blocks too."""
        return [line for item in self.items for line in (item.lines if isinstance(item, Block) else [item])]


def kind_of(model: FieldModel) -> str:
    """How a value of this field is given: a key of OFFERED."""
    name = model.type.name
    if model.picklist is not None:
        return "choices" if model.type.expression_type == "list" else "choice"
    if name in LINKS and model.to is not None:
        return "link"
    kinds = {
        "boolean": "truth",
        "date": "date",
        "datetime": "moment",
        "time": "time",
        "number": "number",
        "money": "number",
        "text": "text",
    }
    return kinds.get(model.type.expression_type, "none")


def offered(model: FieldModel) -> list[str]:
    """The operators for a field, by its type."""
    has = set(model.type.operators) | _ALWAYS_BLANK
    return [op for op in OFFERED[kind_of(model)] if _NEEDS.get(op, {op}) & has]


def fields_of(rights: Rights, object: str) -> FieldOf:
    """The field at a path as the reader may see it, None where there is none."""

    def find(path: str) -> FieldModel | None:
        try:
            return field_at(rights, object, tuple(path.split(".")))
        except BadField:
            return None

    return find


def read(text: str, find: FieldOf) -> Block | None:
    """A filter as lines; None where it says more than they can. Raises ExpressionError."""
    group = to_rows(text)
    return None if group is None else _block(group, find, nested=False)


def _block(group: Group, find: FieldOf, *, nested: bool) -> Block | None:
    block = Block(group.joined)
    rows = list(group.items)
    while rows:
        item = rows.pop(0)
        if isinstance(item, Group):
            line = _line_of_group(item, find)
            inner = line or (None if nested else _block(item, find, nested=True))
            if inner is None:
                return None
            block.items.append(inner)
            continue
        pair = _range(item, rows[0], find) if rows and group.joined == "all" and isinstance(rows[0], Row) else None
        line = pair or _line(item, find)
        if line is None:
            return None
        if pair is not None:
            rows.pop(0)
        block.items.append(line)
    return block


def _line(row: Row, find: FieldOf) -> Line | None:
    model = find(row.path)
    if model is None:
        return None
    operator = row.operator
    if kind_of(model) in ("choice", "link"):
        operator = {"=": "in", "!=": "not in"}.get(operator, operator)
    operator = {"includes": "has any"}.get(operator, operator)
    known = operator in OFFERED[kind_of(model)] or operator in OFFERED["date"]
    return Line(row.path, operator, row.values) if known else None


def _line_of_group(group: Group, find: FieldOf) -> Line | None:
    """A group that is one line of ours: a range, or several INCLUDES of one field."""
    rows = [item for item in group.items if isinstance(item, Row)]
    if len(rows) < len(group.items):
        return None
    if group.joined == "all" and len(rows) == 2 and (pair := _range(rows[0], rows[1], find)):
        return pair
    if len({row.path for row in rows}) == 1 and all(row.operator == "includes" for row in rows):
        return Line(rows[0].path, f"has {group.joined}", tuple(row.values[0] for row in rows))
    return None


def _range(low: Row, high: Row, find: FieldOf) -> Line | None:
    model = find(low.path)
    if model is None or low.path != high.path or low.operator != ">=" or not (low.values and high.values):
        return None
    if high.operator == "<=" and kind_of(model) in ("number", "date"):
        return Line(low.path, "between", (low.values[0], high.values[0]))
    if high.operator == "<" and kind_of(model) == "moment":
        last = _moved(high.values[0], -1)
        if last is not None and last == low.values[0]:
            return Line(low.path, "on", (last,))
        return Line(low.path, "between", (low.values[0], last)) if last is not None else None
    return None


def written(block: Block, find: FieldOf) -> str:
    """The filter of the lines that are complete. Raises ExpressionError for what cannot be said."""
    return from_rows(_group(block, find))


def _group(block: Block, find: FieldOf) -> Group:
    items: list[Row | Group] = []
    for item in block.items:
        said = _group(item, find) if isinstance(item, Block) else condition(item, find)
        if (
            isinstance(said, Group)
            and isinstance(item, Line)
            and item.operator in ("on", "between")
            and block.joined == "all"
        ):
            items.extend(said.items)  # its two ends need no parentheses among conditions that all must hold
        elif said is not None:
            items.append(said)
    return Group(block.joined, tuple(items))


def condition(line: Line, find: FieldOf) -> Row | Group | None:
    """What a line says in the language; None while it is not complete."""
    model, values, operator = find(line.path), line.values, line.operator
    if model is None or operator not in (*offered(model), *OFFERED["date"]):
        return None
    if operator in WITHOUT_VALUE:
        return Row(line.path, operator)
    if not values:
        return None
    if operator in ("has any", "has all"):
        rows = tuple(Row(line.path, "includes", (value,)) for value in values)
        return rows[0] if len(rows) == 1 else Group("any" if operator == "has any" else "all", rows)
    if operator in ("on", "between"):
        return _ends(line, kind_of(model))
    if operator in ("in", "not in"):
        return (
            Row(line.path, operator, values)
            if len(values) > 1
            else Row(line.path, "=" if operator == "in" else "!=", values)
        )
    return Row(line.path, operator, values[:1])


def _ends(line: Line, kind: str) -> Group | None:
    first = line.values[0]
    last = first if line.operator == "on" else line.values[1] if len(line.values) > 1 else None
    if last is None:
        return None
    if kind != "moment":
        return Group("all", (Row(line.path, ">=", (first,)), Row(line.path, "<=", (last,))))
    after = _moved(last, 1)
    return None if after is None else Group("all", (Row(line.path, ">=", (first,)), Row(line.path, "<", (after,))))


def _moved(value: Value, days: int) -> Value | None:
    """The day some days later."""
    if value.kind == "today":
        return Value("today", str(int(value.text) + days))
    try:
        return Value("text", (date.fromisoformat(value.text) + days * _DAY).isoformat())
    except (ValueError, OverflowError):
        return None


def without(block: Block, at: int) -> Block:
    """The block without its item number `at`."""
    return Block(block.joined, [item for number, item in enumerate(block.items) if number != at])


def ids_in(lines: Sequence[Line], find: FieldOf) -> dict[str, set[str]]:
    """The ids that lines name, by the object they belong to."""
    found: dict[str, set[str]] = {}
    for line in lines:
        model = find(line.path)
        if model is not None and model.to is not None and kind_of(model) == "link":
            found.setdefault(model.to, set()).update(v.text for v in line.values if v.kind == "text")
    return found
