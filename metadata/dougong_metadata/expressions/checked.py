"""What `check` answers: an expression with its types, ready to be compiled to SQL as often as wanted.

The tree of Typed nodes mirrors the syntax tree, with names resolved, literals converted for the place where they
stand, and function calls bound to their declarations.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.expressions.conversions import Conversion, ValueRefused, split_zone
from dougong_metadata.expressions.literals import literal_span
from dougong_metadata.expressions.nodes import Node
from dougong_metadata.expressions.types import Type

if TYPE_CHECKING:
    from dougong_metadata.expressions.functions.registry import Function


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """`type` of the value; `node` is where it stands in the text."""

    type: Type
    node: Node
    children: tuple[Typed, ...] = field(default=(), kw_only=True)

    def walk(self) -> Iterator[Typed]:
        """This node and all below it that speak of the same row: not what a Gathering says of other records."""
        stack = [self]
        while stack:
            typed = stack.pop()
            yield typed
            stack.extend(reversed(typed.children))

    def walk_all(self) -> Iterator[Typed]:
        """The same with what Gatherings say of the records that they gather."""
        for typed in self.walk():
            yield typed
            if isinstance(typed, Gathering):
                for part in (typed.value, typed.condition):
                    if part is not None:
                        yield from part.walk_all()


@dataclass(frozen=True, slots=True, eq=False)
class Column(Typed):
    """A field. `names` begins with "$user" for fields of the user who asks."""

    names: tuple[str, ...]
    pg_type: str

    @property
    def is_integer(self) -> bool:
        return self.pg_type.lower().startswith(("smallint", "int", "bigint"))


@dataclass(frozen=True, slots=True, eq=False)
class CurrentUser(Typed):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Typed):
    """A literal in its place. `value` is what PostgreSQL reads; None when it comes later, as placeholder `index`."""

    raw: str
    conversion: Conversion
    value: str | None = None
    index: int | None = None
    negative: bool = False

    @property
    def is_text(self) -> bool:
        return self.conversion.source == "text"


@dataclass(frozen=True, slots=True, eq=False)
class Blank(Typed):
    """NULL, or empty text."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth(Typed):
    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Typed):
    """A built-in operator: and or not = != < <= > >= in, not in, isblank, notblank, minus + - * / &, and the
    conversions `instant` (date → datetime) and `day` (datetime → date)."""

    operator: str


@dataclass(frozen=True, slots=True, eq=False)
class Application(Typed):
    """A function call; children are its arguments, in order (None-valued optional ones are left out). `calendar` is
    the tenant's, for functions that ask for it."""

    function: Function
    calendar: WorkingDays = EVERY_WEEK


@dataclass(frozen=True, slots=True, eq=False)
class Gathering(Typed):
    """An aggregate over the records of `object` whose field `link` points to the record at the end of `base` (() = the
    row itself). `value` (None: the records are counted) and `condition` speak of those records."""

    function: Function
    base: tuple[str, ...]
    object: str
    link: str
    value: Typed | None = None
    condition: Typed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Recollection(Typed):
    """What a function of the past says of `field` of the record of `object` at the end of `base` (() = the row itself).
    `children` are the values that it names and then its days, of which there are `days`. `pg_type` is the field's."""

    function: Function
    base: tuple[str, ...]
    object: str
    field: str
    pg_type: str
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """An expression that is right for `object`. Immutable; equal and hashable by (object, mode, text)."""

    text: str
    object: str
    mode: str
    node: Node
    typed: Typed = field(repr=False)
    paths: tuple[tuple[str, ...], ...]  # of the record, as written, each once
    user_paths: tuple[tuple[str, ...], ...]  # behind $user; () itself is `$user`
    fields: frozenset[tuple[str, str]]  # every (object, field) that is read or walked through
    functions: frozenset[str]
    literals: tuple[Literal, ...] = field(repr=False)  # the placeholders, by index
    relations: frozenset[tuple[str, str]] = frozenset()  # every (object, link) whose records are gathered

    @property
    def type(self) -> Type:
        return self.typed.type

    def bind(self, values: Sequence[str], *, prefix: str = "lit", source: str | None = None) -> dict[str, str | None]:
        """The parameters for the literals that `lift_literals` took out.

        `source` is the original text: an ExpressionError about a value then points into it.
        """
        out: dict[str, str | None] = {}
        for literal in self.literals:
            index = literal.index or 0
            name = f"{prefix}_{index}"
            try:
                value = literal.conversion.convert(values[index - 1], literal.negative)
            except ValueRefused as refused:
                start, length = (
                    literal_span(source, index) if source is not None else (literal.node.position, literal.node.length)
                )
                raise refused.at(start, length) from None
            if literal.conversion.zoned:
                out[name], out[f"{name}_zone"] = split_zone(value)
            else:
                out[name] = value
        return out

    def __hash__(self) -> int:
        return hash((self.object, self.mode, self.text))

    def __eq__(self, other: builtins.object) -> bool:
        return isinstance(other, Checked) and (self.object, self.mode, self.text) == (
            other.object,
            other.mode,
            other.text,
        )
