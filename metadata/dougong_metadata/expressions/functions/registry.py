"""What a function of the expression language is, and the register of all of them.

A declaration is its signature, a sentence in both languages, what it does with blanks, examples with their
results (they run as tests and stand in the reference), and the SQL that computes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.expressions.sql import Element
from dougong_metadata.label import Label

KINDS = (
    "text",
    "number",
    "boolean",
    "date",
    "datetime",
    "time",
    "day",
    "any",
    "same",
    "field",
    "list",
    "choice",
    "when",
    "scalar",
    "sorted",
    "clock",
    "moment",
    "place",
    "picklist",
    "pattern",
    "unit",
)
_PARAMETER = re.compile(r"(\.\.\.)?(\w+)(\?)?: ?(\w+)")
_SIGNATURE = re.compile(r"([A-Z_]+)\((.*)\) -> (\w+)")

BLANK_IN_BLANK_OUT = Label("Blank if a value is blank.", "任一值为空时结果为空。")
NEVER_BLANK = Label("Never blank.", "结果不为空。")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind`: a type's name, or one of

    day (a date, or the day of a datetime) · when (text, date or datetime) · same (one type for all of these) · any ·
    scalar (any but list and structured) · sorted (what has an order) · field (a field's path) · list · choice (text
    that the first parameter may hold) · clock (a time, or a datetime's) · moment (date or datetime) · place · picklist
    (a picklist field) · pattern, unit (text in quotation marks: a regular expression, a unit of length).
    """

    name: str
    kind: str
    optional: bool = False
    repeated: bool = False

    def __str__(self) -> str:
        return f"{self.name}, …" if self.repeated else f"[{self.name}]" if self.optional else self.name


@dataclass(frozen=True, slots=True)
class Function:
    """`result` is a type's name, "same" or "first" (the first argument's type).

    `operation`: the call stands for a built-in operation instead of having SQL of its own. `saving`: only where a
    save is going on. `past`: only in filters and reports. `spanned`: only in values of reports. `by_type`: `sql` is
    given the Type of the first value (None without one) before the elements. `by_calendar`: `sql` is given the tenant's
    WorkingDays before them. `differs`: where it does on purpose not do what the function of this name does in
    Salesforce or in spreadsheets.
    """

    name: str
    group: str
    parameters: tuple[Parameter, ...]
    result: str
    summary: Label
    blank: Label
    examples: Mapping[str, str | None]
    sql: Callable[..., Element] | None
    operation: str | None = None
    aggregate: bool = False
    saving: bool = False
    past: bool = False
    spanned: bool = False
    by_type: bool = False
    by_calendar: bool = False
    differs: Label | None = None
    aliases: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        return f"{self.name}({', '.join(str(p) for p in self.parameters)})"

    @property
    def least(self) -> int:
        """How many values it needs."""
        return sum(not p.optional for p in self.parameters)

    @property
    def most(self) -> int | None:
        """How many values it takes; None = any number."""
        return None if any(p.repeated for p in self.parameters) else len(self.parameters)

    def parameter(self, index: int) -> Parameter:
        """The parameter that the `index`-th value (from 0) is for."""
        return self.parameters[min(index, len(self.parameters) - 1)]


FUNCTIONS: dict[str, Function] = {}  # by name, in the order of the reference
AGGREGATES: dict[str, Function] = {}
NAMES: dict[str, Function] = {}  # FUNCTIONS with their aliases

GROUPS = {
    "logic": Label("Logic and blanks", "逻辑与空值"),
    "text": Label("Text", "文本"),
    "numbers": Label("Numbers", "数字"),
    "dates": Label("Dates and times", "日期与时间"),
    "calendar": Label("Working days", "工作日"),
    "places": Label("Places", "地理位置"),
    "changes": Label("What a save changes", "保存时的变化"),
    "past": Label("How records were", "记录的过去"),
    "aggregates": Label("Aggregates", "聚合"),
}


def function(
    signature: str,
    en: str,
    zh: str,
    examples: Mapping[str, str | None],
    *,
    blank: Label = BLANK_IN_BLANK_OUT,
    **options: Any,
) -> Callable[[Callable[..., Element]], Callable[..., Element]]:
    """Registers the decorated SQL builder, which gets one element per value given.

    `signature` reads `LEFT(text: text, length: number) -> text`; `?` after a name = may be left out, `...` before
    it = may be repeated. An example's result is its JSON value as text, None = blank. A second function of the
    same name is refused.
    """

    def register(builder: Callable[..., Element]) -> Callable[..., Element]:
        declare(
            signature,
            en,
            zh,
            examples,
            blank=blank,
            sql=builder,
            **{"group": builder.__module__.rsplit(".", 1)[-1], **options},
        )
        return builder

    return register


def declare(
    signature: str,
    en: str,
    zh: str,
    examples: Mapping[str, str | None],
    *,
    group: str,
    blank: Label = BLANK_IN_BLANK_OUT,
    sql: Callable[..., Element] | None = None,
    **options: Any,
) -> None:
    """Registers a function; without `sql` it needs an `operation` that the compiler knows."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None or not (sql or options.get("operation")):
        raise ValueError(f"cannot read the declaration of {signature}")
    parameters = tuple(
        Parameter(name, kind, bool(optional) or bool(repeated), bool(repeated))
        for repeated, name, optional, kind in _PARAMETER.findall(match[2])
    )
    if any(p.kind not in KINDS for p in parameters):
        raise ValueError(f"{signature}: a parameter's kind is none of {KINDS}")
    made = Function(match[1], group, parameters, match[3], Label(en, zh), blank, dict(examples), sql, **options)
    if made.aggregate:
        _add(AGGREGATES, made.name, made)
        return
    _add(FUNCTIONS, made.name, made)
    for name in (made.name, *made.aliases):
        _add(NAMES, name, made)


def _add(register: dict[str, Function], name: str, made: Function) -> None:
    if name in register:
        raise ValueError(f"there are two functions called {name}")
    register[name] = made
