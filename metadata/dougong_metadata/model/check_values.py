"""The numbers of a report, checked: each is made of aggregates, over the report's records or related ones, and of other
numbers by name. Used by `compile_report` and by the widgets of dashboards."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check, nodes, parse
from dougong_metadata.expressions.facts import Measure, Split, placed, split
from dougong_metadata.expressions.types import NUMBER, Type
from dougong_metadata.model.compile_expressions import ExpressionCheck, nothing
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import Use
from dougong_metadata.problems import Path, nearest, path_text

_STAND_IN = re.compile(r"(`|“)_(\d+)(`|”)")
_SHOWN = ("number", "money", "date", "datetime", "time")


@dataclass(slots=True)
class ValueCheck:
    """`texts` are the values of a report of `about` by name, `made` those that its type makes by itself; `place` says
    where a value's text stands in the document; `spanned`: they may ask what lies in the period."""

    one: Loaded
    about: str
    checks: ExpressionCheck
    texts: Mapping[str, str]
    place: Callable[[str], Path]
    made: Collection[str] = ()
    spanned: bool = False
    types: dict[str, Type] = field(default_factory=dict)

    def check(self) -> Mapping[str, Type]:
        """The types of all values, those with problems as numbers. Problems are recorded."""
        self.types |= dict.fromkeys(self.made, NUMBER)
        parts = {name: found for name in self.texts if (found := self._apart(name)) is not None}
        speaks = {name: _names(split.formula) & parts.keys() for name, split in parts.items()}
        waiting = dict(parts)
        self.types |= dict.fromkeys(self.texts.keys() - parts.keys(), NUMBER)
        while waiting:
            ready = [name for name in waiting if not speaks[name] & waiting.keys()]
            if not ready:
                self._circle(speaks, waiting)
                break
            for name in ready:
                self.types[name] = self._type(name, waiting.pop(name))
        return self.types

    def _apart(self, name: str) -> Split | None:
        """The aggregates of a value, each checked where its records are, and what is left of it."""
        others = {*self.texts, *self.made} - {name}
        try:
            found = split(self.texts[name], self.checks.scope(self.about, "aggregate"), others)
        except ExpressionError as fault:
            itself = _word(self.texts[name], fault.position) == name
            self._record(name, self._itself(name, fault) if itself else fault)
            return None
        good = True
        for index, measure in enumerate(found.measures):
            try:
                checked = check(measure.text, self.checks.scope(measure.object, "aggregate", spanned=self.spanned))
            except ExpressionError as fault:
                self._record(name, placed(fault, measure))
                good = False
            else:
                self.types[f"_{index}@{name}"] = checked.type
                self._note(name, measure, checked)
        return found if good else None

    def _type(self, name: str, parts: Split) -> Type:
        own = {f"_{index}": self.types[f"_{index}@{name}"] for index in range(len(parts.measures))}
        known = {other: type_ for other, type_ in self.types.items() if "@" not in other and other != name}
        try:
            names = {**known, **own}
            found = check(parts.formula, Scope(nothing, "", "value", names=names, spanned=self.spanned)).type
        except ExpressionError as fault:
            self._record(name, _said_of(fault, self.texts[name], parts))
            return NUMBER
        if found.name not in _SHOWN:
            text = self.texts[name]
            self._record(
                name,
                ExpressionError(
                    f"A value is a number or a date; this is {found.words('en')}.",
                    f"数值应为数字或日期；这里是{found.words('zh')}。",
                    0,
                    len(text),
                ),
            )
            return NUMBER
        return found

    def _note(self, name: str, measure: Measure, checked: Checked) -> None:
        """What the aggregate reads, and the links from its records to those of the report, are used here."""
        use = Use(self.one.kind.name, self.one.name, path_text(self.place(name)))
        for of, field_name in checked.fields:
            self.checks.names.used(f"{of}.{field_name}", use)
        at = measure.object
        for link in measure.up:
            self.checks.names.used(f"{at}.{link}", use)
            found = self.checks.names.fields.get(at, {}).get(link)
            at = (found.to if found is not None else None) or ""

    def _circle(self, speaks: Mapping[str, Collection[str]], waiting: Mapping[str, Split]) -> None:
        for name in waiting:
            ring = _ring(name, {one: [other for other in speaks[one] if other in waiting] for one in waiting})
            self.types[name] = NUMBER
            if ring:
                en, zh = " → ".join((*ring, name)), " → ".join((*ring, name))
                text = self.texts[name]
                self._record(
                    name,
                    ExpressionError(f"The value speaks of itself: {en}.", f"数值循环引用：{zh}。", 0, len(text)),
                )

    def _itself(self, name: str, fault: ExpressionError) -> ExpressionError:
        """A value that names itself is told as that, unless it means a field."""
        if name in self.checks.names.fields.get(self.about, {}):
            return fault
        return ExpressionError(
            f"The value speaks of itself: {name} → {name}.",
            f"数值循环引用：{name} → {name}。",
            fault.position,
            len(name),
        )

    def _record(self, name: str, fault: ExpressionError) -> None:
        text = self.texts[name]
        if fault.hint is None and (word := _word(text, fault.position)):
            known = [other for other in (*self.texts, *self.made) if other != name]
            hint = nearest(word, known) if "neither a value" in fault.message("en") else None
            if hint:
                fault = ExpressionError(
                    f"{fault.message('en')[:-1]}; did you mean `{hint}`?",
                    f"{fault.message('zh')[:-1]}；您是指“{hint}”吗？",
                    fault.position,
                    fault.length,
                    hint,
                )
        self.checks.refused(self.one, self.place(name), text, fault)


def _names(formula: str) -> set[str]:
    return {".".join(node.names) for node in nodes.walk(parse(formula)) if isinstance(node, nodes.Path)}


def _ring(name: str, speaks: Mapping[str, Collection[str]]) -> list[str]:
    """The way from a value through others back to it; [] where none leads back."""
    stack: list[list[str]] = [[name]]
    seen: set[str] = set()
    while stack:
        way = stack.pop()
        for other in speaks.get(way[-1], ()):
            if other == name:
                return way
            if other not in seen:
                seen.add(other)
                stack.append([*way, other])
    return []


def _said_of(fault: ExpressionError, text: str, parts: Split) -> ExpressionError:
    """The fault of a formula with its aggregates as they were written."""

    def written(found: re.Match[str]) -> str:
        measure = parts.measures[int(found[2])]
        return found[1] + text[measure.position : measure.position + measure.length] + found[3]

    en, zh = (_STAND_IN.sub(written, fault.message(locale)) for locale in ("en", "zh"))
    return ExpressionError(en, zh, fault.position, fault.length, fault.hint)


def _word(text: str, position: int) -> str:
    found = re.compile(r"[\w.]+").match(text, max(0, position))
    return found[0] if found else ""
