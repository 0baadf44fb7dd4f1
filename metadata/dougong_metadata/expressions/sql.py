"""SQL text around operands, as one SQLAlchemy element: the functions' builders and the compiler write with it.

Templates keep every operand in its own parentheses or argument place, so precedence is never in question.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Boolean, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ColumnClause, ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import NullType, TypeEngine

Element = ColumnElement[Any]


class Sql(ColumnElement[Any]):
    """`template` with a `{}` for each operand, in order. It holds no other braces, and no %."""

    __visit_name__ = "dougong_sql"
    _traverse_internals = [
        ("template", InternalTraversal.dp_string),
        ("operands", InternalTraversal.dp_clauseelement_tuple),
    ]
    inherit_cache = False

    def __init__(self, template: str, operands: tuple[Element, ...], type_: TypeEngine[Any]) -> None:
        self.template = template
        self.operands = operands
        self.type = type_

    @property
    def _from_objects(self) -> list[Any]:  # so that a select() finds the tables that it reads
        return [source for operand in self.operands for source in operand._from_objects]

    def self_group(self, against: Any = None) -> Element:
        return self  # every template closes itself


@compiles(Sql)
def _render(element: Sql, compiler: SQLCompiler, **kw: Any) -> str:
    pieces = element.template.split("{}")
    out = [pieces[0]]
    for operand, piece in zip(element.operands, pieces[1:], strict=True):
        out.append(compiler.process(operand, **kw))
        out.append(piece)
    return "".join(out)


def sql(template: str, *operands: Element) -> Element:
    """`template` with each `{}` replaced by an operand."""
    return Sql(template, operands, NullType())


def instant(local: Element, zone: Element) -> Element:
    """The moment at which clocks of the zone show `local`. Where they are set back to midnight, it strikes twice, and
    the day begins with the first: right after the moment before it."""
    before = "({} - INTERVAL '1 microsecond') AT TIME ZONE {} + INTERVAL '1 microsecond'"
    return sql(f"least({{}} AT TIME ZONE {{}}, {before})", local, zone, local, zone)


def truth(template: str, *operands: Element) -> Element:
    """The same, of type boolean."""
    return Sql(template, operands, Boolean())


def once(template: str, *, flat: bool = True, **operands: Element) -> Element:
    """`template` with `{name}` for each operand, which may stand there several times.

    An operand that is more than a column or a parameter is computed once, in a subselect that the planner does
    not flatten (OFFSET 0): written out at each place, nested calls would grow the statement exponentially. So are all
    without `flat`: long constants that stand there often.
    """
    names = re.findall(r"\{(\w+)\}", template)
    plain = re.sub(r"\{\w+\}", "{}", template)
    if flat and all(_is_leaf(operand) for operand in operands.values()):
        return sql(f"({plain})", *(operands[name] for name in names))
    columns = ", ".join(f"{{}} AS {name}" for name in operands)
    body = re.sub(r"\{(\w+)\}", r"once_.\1", template)
    return sql(f"(SELECT {body} FROM (SELECT {columns} OFFSET 0) AS once_)", *operands.values())


def _is_leaf(element: Element) -> bool:
    if isinstance(element, Sql):
        return not element.operands or (element.template.startswith("CAST(") and _is_leaf(element.operands[0]))
    return isinstance(element, (ColumnClause, BindParameter))


def constant(text: str) -> Element:
    """SQL text without operands; only for text written by this package."""
    return sql(text)


def inline(value: str, pg_type: str) -> Element:
    """`value` written into the statement. No character that PostgreSQL, a driver's placeholders or a text
    replacement could read as anything else survives unescaped."""
    if all(char.isalnum() or char in " _-.,/" for char in value):
        return constant(f"CAST('{value}' AS {pg_type})")
    escaped = "".join(char if char.isalnum() or char in " _-.,/" else _escape(char) for char in value)
    return constant(f"CAST(E'{escaped}' AS {pg_type})")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def parameter(name: str, pg_type: str) -> Element:
    """A bound parameter cast to its PostgreSQL type; untyped for SQLAlchemy, so that it adds no cast of its own."""
    return sql(f"CAST({{}} AS {pg_type})", bindparam(name, type_=NullType(), required=False))
