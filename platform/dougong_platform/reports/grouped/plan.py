"""A question checked under a reader's rights: its facts, its numbers, and what binds their literals. Made once per
shape; `lifted` is what of it changes from call to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, Shape, check, lift_literals, nodes, parse
from dougong_metadata.expressions.facts import Measure, placed, said_from, split
from dougong_metadata.expressions.types import Type
from dougong_metadata.model.types import FieldModel
from dougong_platform.errors import BadFilter, BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import bad_filter, scope
from dougong_platform.reports.grouped.fact import Aggregate, Fact, Said
from dougong_platform.reports.grouped.group import Group, group
from dougong_platform.reports.grouped.question import Question

Texts = Mapping[str, tuple[Shape, tuple[str, ...]]]  # by prefix: shape and literals
MOST_AGGREGATES = 400  # of all numbers; a statement has room for 1,600 columns


@dataclass(frozen=True, slots=True)
class Formula:
    """What a number is of its facts' aggregates and of other numbers; `before`: of those of the earlier span."""

    name: str
    said: Said
    before: Said
    type: Type


@dataclass(slots=True)
class Plan:
    """`formulas` in an order in which each only speaks of those before it; `aggregates` by name."""

    groups: tuple[Group, ...]
    facts: list[Fact]
    formulas: list[Formula]
    having: Said | None
    said: list[Said] = field(default_factory=list)
    zeros: frozenset[str] = frozenset()

    def bind(self, question: Question, lifted: Texts) -> dict[str, Any]:
        """The parameters for the literals of one call. Raises BadFilter."""
        found: dict[str, Any] = {}
        for one in self.said:
            values = lifted[one.prefix][1]
            try:
                found.update(one.checked.bind(values, prefix=one.prefix))
            except ExpressionError:
                found.update(self._placed(one, source_of(question, one.prefix), values))
        return found

    def _placed(self, one: Said, source: str, values: Sequence[str]) -> dict[str, Any]:
        try:
            return dict(one.checked.bind(values, prefix=one.prefix, source=source))
        except ExpressionError as error:
            raise bad_filter(error) from error


def lift(question: Question) -> Texts:
    """The question's texts by the prefix of their parameters. Raises BadFilter."""
    texts = {f"w{i}": text for i, text in enumerate(question.where)}
    texts |= {f"v{i}": number.text for i, number in enumerate(question.numbers)}
    before = question.compared.numbers if question.compared is not None else ()
    texts |= {f"e{i}": number.text for i, number in enumerate(before) if number != question.numbers[i]}
    if question.period:
        texts["p"] = question.period
    if question.compared is not None and question.compared.where:
        texts["q"] = question.compared.where
    if question.having and question.having.strip():
        texts["h"] = question.having
    try:
        return {prefix: lift_literals(text) for prefix, text in texts.items()}
    except ExpressionError as error:
        raise bad_filter(error) from error


def source_of(question: Question, prefix: str) -> str:
    """The text whose parameters have this prefix, as it was written."""
    if prefix == "p":
        return question.period or ""
    if prefix == "q":
        return question.compared.where if question.compared else ""
    if prefix == "h":
        return question.having or ""
    at = int(prefix[1:])
    if prefix[0] == "e":
        return question.compared.numbers[at].text if question.compared else ""
    return question.where[at] if prefix[0] == "w" else question.numbers[at].text


def make(caller: Caller, question: Question, lifted: Texts) -> Plan:
    """Checks everything. Raises BadFilter, BadField, BadRequest."""
    return _Maker(caller, question, lifted).make()


class _Maker:
    def __init__(self, caller: Caller, question: Question, lifted: Texts) -> None:
        self.caller, self.question, self.lifted = caller, question, lifted
        self.rights = caller.rights
        fiscal = caller.model.fiscal_start
        self.groups = tuple(group(self.rights, question.object, by, fiscal) for by in question.groups)
        self.facts: dict[tuple[str, tuple[str, ...]], Fact] = {}
        self.types: dict[str, Type] = {}
        self.zeros: set[str] = set()
        self.said: list[Said] = []
        self.conditions = [prefix for prefix in lifted if prefix[0] == "w" or prefix == "p"]
        self.mark = _unused({number.name for number in question.numbers})

    def make(self) -> Plan:
        named = {number.name for number in self.question.numbers}
        taken = {g.text for g in self.groups}
        if len(named) < len(self.question.numbers) or named & taken:
            raise BadRequest(en="Numbers and groups need different names.", zh="数值与分组的名称不能重复。")
        if self.groups or not self.question.numbers:
            self._fact(self.question.object, ())
        waiting = [
            (number.name, f"v{i}", self._taken_apart(f"v{i}", named - {number.name}))
            for i, number in enumerate(self.question.numbers)
        ]
        if not self.facts:  # numbers such as 1 + 1
            self._fact(self.question.object, ())
        self._check_size()
        formulas = self._formulas(waiting)
        having = None
        if "h" in self.lifted:
            rows = self.groups[: len(self.question.rows)]
            names = {name: rows[at].type for name, at in named_groups(rows).items()}
            names |= {name: self.types[name] for name in named}
            having = self._checked("h", lambda text: check(text, _of_names("condition", names)))
        facts = list(self.facts.values())
        if self.question.compared is not None:
            facts += [self._earlier(fact) for fact in facts]
        return Plan(self.groups, facts, formulas, having, self.said, frozenset(self.zeros))

    def _taken_apart(self, prefix: str, names: set[str]) -> str:
        """A number's text with its aggregates noted at their facts; what is left of it."""
        shape = self.lifted[prefix][0]
        try:
            return self._formula(prefix, shape, names)
        except ExpressionError:
            self._wrong(prefix, names)
            raise

    def _wrong(self, prefix: str, names: set[str]) -> None:
        """Raises what is wrong with a number, placed in its text as it was written."""
        source = source_of(self.question, prefix)
        aggregates = self._seen(self.question.object)
        try:
            for measure in split(source, aggregates, names).measures:
                try:
                    check(measure.text, self._seen(measure.object))
                except ExpressionError as error:
                    raise placed(error, measure) from error
        except ExpressionError as error:
            raise bad_filter(error) from error

    def _check_size(self) -> None:
        if sum(len(fact.aggregates) for fact in self.facts.values()) > MOST_AGGREGATES:
            raise BadRequest(
                en=f"These values are made of more than {MOST_AGGREGATES} aggregates.",
                zh=f"这些数值所用的聚合超过 {MOST_AGGREGATES} 个。",
            )

    def _seen(self, object: str) -> Scope:
        """What an aggregate over records of the object may speak of."""
        beside = dict(self.question.beside) if object == self.question.object else {}
        return scope(self.rights, object, "aggregate", names=beside)

    def _formula(self, prefix: str, shape: Shape, names: set[str]) -> str:
        aggregates = self._seen(self.question.object)
        parts = split(shape, aggregates, names, f"{self.mark}{prefix}_")
        for at, measure in enumerate(parts.measures):
            checked = check(measure.text, self._seen(measure.object))
            name = f"{self.mark}{prefix}_{at}"
            self.types[name] = checked.type
            self._note(prefix, name, measure, checked)
        return parts.formula

    def _note(self, prefix: str, name: str, measure: Measure, checked: Checked) -> None:
        call = checked.node
        assert isinstance(call, nodes.Call), "split() finds calls"
        said = self._note_said(Said(checked, prefix))
        if call.name in ("COUNT", "COUNT_DISTINCT", "SUM"):
            self.zeros.add(name)
        self._fact(measure.object, measure.up).aggregates.append(Aggregate(name, call.name, said))

    def _fact(self, object: str, up: tuple[str, ...]) -> Fact:
        found = self.facts.get((object, up))
        if found is None:
            where = tuple(self._condition(prefix, object, up) for prefix in self.conditions)
            found = self.facts[object, up] = Fact(object, up, where)
        return found

    def _earlier(self, fact: Fact) -> Fact:
        kept = tuple(said for said in fact.where if said.prefix != "p")
        where = (*kept, self._condition("q", fact.object, fact.up)) if "q" in self.lifted else kept
        renamed = [Aggregate(f"b{one.name}", one.function, self._before(one.said)) for one in fact.aggregates]
        return Fact(fact.object, fact.up, where, True, renamed)

    def _before(self, said: Said) -> Said:
        """What a number's text says of the earlier span: the same, of other days."""
        prefix = f"e{said.prefix[1:]}"
        return self._note_said(Said(said.checked, prefix)) if prefix in self.lifted else said

    def _condition(self, prefix: str, object: str, up: tuple[str, ...]) -> Said:
        base = scope(self.rights, self.question.object)
        own = self._checked(prefix, lambda text: check(text, base))  # so that what is wrong is said of what was written
        if not up:
            return own
        text = said_from(self.lifted[prefix][0], up, base)
        return self._note_said(Said(check(text, scope(self.rights, object)), prefix))

    def _checked(self, prefix: str, make: Callable[[str], Checked]) -> Said:
        try:
            return self._note_said(Said(make(self.lifted[prefix][0]), prefix))
        except ExpressionError:
            try:
                make(source_of(self.question, prefix))
            except ExpressionError as error:
                raise bad_filter(error) from error
            raise

    def _note_said(self, said: Said) -> Said:
        if said.checked.literals:
            self.said.append(said)
        return said

    def _formulas(self, waiting: list[tuple[str, str, str]]) -> list[Formula]:
        """Numbers in an order in which they can be worked out. Raises BadFilter for a circle."""
        found: list[Formula] = []
        known = set(self.types)
        while waiting:
            ready = [one for one in waiting if _names(one[2]) <= known]
            if not ready:
                names = ", ".join(sorted(one[0] for one in waiting))
                raise BadFilter(
                    f"These values speak of each other in a circle: {names}.", f"这些数值互相引用：{names}。"
                )
            for name, prefix, text in ready:
                types = {known_name: self.types[known_name] for known_name in known}
                said = self._said_of_names(prefix, text, types)
                self.types[name] = said.checked.type
                found.append(Formula(name, said, self._before(said), said.checked.type))
            known |= {one[0] for one in ready}
            waiting = [one for one in waiting if one not in ready]
        return found

    def _said_of_names(self, prefix: str, text: str, types: Mapping[str, Type]) -> Said:
        try:
            return self._note_said(Said(check(Shape(text), _of_names("value", types)), prefix))
        except ExpressionError as error:
            raise bad_filter(error) from error


def named_groups(groups: Sequence[Group]) -> dict[str, int]:
    """The places of groups by what `having` may call them: "bought.month", or "bought", the first of several."""
    found = {one.by.path: at for at, one in reversed(list(enumerate(groups)))}
    return found | {one.text: at for at, one in enumerate(groups)}


def _unused(names: set[str]) -> str:
    """With what the names of aggregates begin so that no number is called like one: m, m1x, m2x …"""
    marks = ("m", *(f"m{n}x" for n in range(1, len(names) + 1)))
    return next(mark for mark in marks if not any(name.startswith(f"{mark}v") for name in names))


def _names(text: str) -> set[str]:
    return {".".join(node.names) for node in nodes.walk(parse(Shape(text))) if isinstance(node, nodes.Path)}


def _of_names(mode: Any, names: Mapping[str, Type]) -> Scope:
    return Scope(_no_fields, "", mode, names=names)


def _no_fields(name: str) -> Mapping[str, FieldModel]:
    return {}
