"""The filter builder as a form: what was posted becomes lines again, and one of its buttons may change them.

Names: `items` lists the keys in order; a key is a line ("0") or a block ("g1", whose own are `items.g1`); a line has
`{key}.path`, `.op`, `.value` (several), `.to` (the end of a range), `.mode` and `.to_mode` for days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from werkzeug.datastructures import MultiDict

from dougong_metadata.expressions.conditions import Value
from dougong_ui_builder.formats import MINUS, as_decimal
from dougong_ui_builder.screens.lists.lines import Block, FieldOf, Line, kind_of, offered

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

MOST_LINES = 50
MODES = ("day", "today", "ago", "ahead")  # how a day is given
_SEPARATORS = "，、;；\n"


def read_form(form: MultiDict[str, str], find: FieldOf) -> Block:
    """The lines as the form holds them; those that are not complete keep what they have."""
    block = Block(_joined(form.get("joined")))
    for key in form.getlist("items")[:MOST_LINES]:
        if key.startswith("g"):
            inner = Block(_joined(form.get(f"joined.{key}")))
            lines = [_line(form, k, find) for k in form.getlist(f"items.{key}")[:MOST_LINES]]
            inner.items.extend(line for line in lines if line is not None)
            block.items.append(inner)
        elif (line := _line(form, key, find)) is not None:
            block.items.append(line)
    return block


def act(block: Block, action: str, first: str) -> Block:
    """The block after a button: add, add.{n}, group, remove.{n}, remove.{n}.{m}. `first` is a new line's field."""
    verb, _, place = action.partition(".")
    at = [int(part) for part in place.split(".") if part.isdigit()]
    if verb == "add":
        target = _block_at(block, at) or block
        target.items.append(Line(first, ""))
    elif verb == "group":
        block.items.append(Block("any" if block.joined == "all" else "all", [Line(first, ""), Line(first, "")]))
    elif verb == "remove" and at:
        target = (_block_at(block, at[:1]) or block) if len(at) > 1 else block
        if at[-1] < len(target.items):
            del target.items[at[-1]]
        block.items = [item for item in block.items if not (isinstance(item, Block) and not item.items)]
    return block


def _block_at(block: Block, at: list[int]) -> Block | None:
    item = block.items[at[0]] if at and at[0] < len(block.items) else None
    return item if isinstance(item, Block) else None


def _joined(text: str | None) -> Literal["all", "any"]:
    return "any" if text == "any" else "all"


def _line(form: MultiDict[str, str], key: str, find: FieldOf) -> Line | None:
    path = form.get(f"{key}.path", "")
    model = find(path)
    if model is None:
        return None
    operators = offered(model)
    operator = form.get(f"{key}.op", "")
    if form.get(f"{key}.was") not in (None, path) or (operator not in operators and operator not in ("<=", ">")):
        return Line(path, operators[0])  # another field was chosen: its own operators, no value yet
    return Line(path, operator, _values(form, key, model, operator))


def _values(form: MultiDict[str, str], key: str, model: FieldModel, operator: str) -> tuple[Value, ...]:
    kind = kind_of(model)
    if kind in ("choice", "choices", "link"):
        given = [*form.getlist(f"{key}.value"), form.get(f"{key}.add", "")]
        return tuple(Value("user", "") if v == "me" else Value("text", v) for v in dict.fromkeys(given) if v)
    if kind == "truth":
        return (Value("boolean", "false" if form.get(f"{key}.value") == "false" else "true"),)
    names = ("value", "to") if operator == "between" else ("value",)
    found = [_one(form, key, name, model, kind) for name in names]
    if kind == "text" and operator == "in":
        text = form.get(f"{key}.value", "")
        for separator in _SEPARATORS:
            text = text.replace(separator, ",")
        return tuple(Value("text", part.strip()) for part in text.split(",") if part.strip())
    return tuple(value for value in found if value is not None)


def _one(form: MultiDict[str, str], key: str, name: str, model: FieldModel, kind: str) -> Value | None:
    text = form.get(f"{key}.{name}", "").strip()
    if kind in ("date", "moment"):
        return _day(text, form.get(f"{key}.{name}_mode", "day"), form.get(f"{key}.{name}_days", ""))
    if kind == "number":
        found = as_decimal(text.replace(",", "").replace("，", "").replace(MINUS, "-").rstrip("%％"))
        if found is None:
            return None
        return Value("number", f"{(found / 100 if model.type.name == 'percent' else found):f}")
    return Value("text", text) if text else None


def _day(text: str, mode: str, days: str) -> Value | None:
    if mode == "today":
        return Value("today", "0")
    if mode in ("ago", "ahead"):
        number = days.strip()
        if not number.isascii() or not number.isdigit() or len(number) > 5:
            return None
        return Value("today", str(-int(number) if mode == "ago" else int(number)))
    return Value("text", text) if text else None
