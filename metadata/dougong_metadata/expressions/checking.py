"""Type-checks an expression against the fields it may see. Called by the document compiler, once per expression of a
release, and by the query engine, once per shape of a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.calls import check_call
from dougong_metadata.expressions.checked import Blank, Checked, Column, CurrentUser, Literal, Operation, Truth, Typed
from dougong_metadata.expressions.coercion import adapt
from dougong_metadata.expressions.conversions import PLAIN_NUMBER, PLAIN_TEXT
from dougong_metadata.expressions.literals import Shape
from dougong_metadata.expressions.operators import check_arithmetic, check_comparison, check_join, check_member
from dougong_metadata.expressions.parsing import parse
from dougong_metadata.expressions.scope import Scope
from dougong_metadata.expressions.types import BLANK, BOOLEAN, NUMBER, PG_TYPES, TEXT, Type
from dougong_metadata.problems import nearest

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

MAX_STEPS = 10  # of a path


def check(text: str, scope: Scope, expected: Type | FieldModel | None = None, source: str | None = None) -> Checked:
    """`text` (or a Shape of `lift_literals`) with its types, or ExpressionError.

    `expected` is what a value has to be (a field: its type and picklist values). `source` is the text that a
    Shape came from: errors then point into it.
    """
    try:
        return _check(text, scope, expected)
    except ExpressionError:
        if source is not None and isinstance(text, Shape):
            _check(source, scope, expected)
        raise


def _check(text: str, scope: Scope, expected: Type | FieldModel | None) -> Checked:
    node = parse(text)
    checker = Checker(text, scope)
    typed = checker.visit(node)
    if scope.mode == "condition":
        expected = BOOLEAN
    elif expected is not None and not isinstance(expected, Type):
        expected = Type.of(expected)
    if expected is not None:
        typed = _expect(checker, typed, expected)
    literals = [t for t in typed.walk_all() if isinstance(t, Literal) and t.index is not None]
    return Checked(
        text=text,
        object=scope.object,
        mode=scope.mode,
        node=node,
        typed=typed,
        paths=tuple(checker.paths),
        user_paths=tuple(checker.user_paths),
        fields=frozenset(checker.fields),
        functions=frozenset(checker.functions),
        literals=tuple(sorted(literals, key=lambda t: t.index or 0)),
        relations=frozenset(checker.relations),
    )


def _expect(checker: Checker, typed: Typed, expected: Type) -> Typed:
    fitting = adapt(typed, expected)
    if fitting is None:
        _unexpected_type(checker, typed, expected)
    return fitting


def _unexpected_type(checker: Checker, typed: Typed, expected: Type) -> NoReturn:
    if checker.scope.mode == "condition":
        checker.wrong(
            typed.node,
            f"A condition is true or false; this is {typed.type.words('en')}.",
            f"条件应为真或假；这里是{typed.type.words('zh')}。",
        )
    hint = "TEXT()" if expected.name == "text" and typed.type.name not in ("list", "json", "place", "record") else None
    checker.wrong(
        typed.node,
        f"The result is {typed.type.words('en')}; {expected.words('en')} is expected"
        + (f" ({hint} converts it)." if hint else "."),
        f"结果是{typed.type.words('zh')}；这里需要{expected.words('zh')}"
        + (f"（可用 {hint} 转换）。" if hint else "。"),
        hint,
    )


class Checker:
    """One run over one expression: collects what it reads while it types the nodes."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.paths: dict[tuple[str, ...], None] = {}  # an ordered set
        self.user_paths: dict[tuple[str, ...], None] = {}
        self.fields: set[tuple[str, str]] = set()
        self.functions: set[str] = set()
        self.relations: set[tuple[str, str]] = set()
        self.in_aggregate = False
        self.gathered: list[nodes.Node] = []  # the calls over relations
        self.nested = 0  # how many relations this is said inside

    def wrong(self, node: nodes.Node, en: str, zh: str, hint: str | None = None) -> NoReturn:
        """Raises the error about `node`."""
        raise ExpressionError(en, zh, node.position, node.length, hint)

    def words(self, node: nodes.Node) -> str:
        """`node` as it was written, shortened for a message."""
        written = self.text[node.position : node.end]
        return written if len(written) <= 40 else written[:39] + "…"

    def visit_all(self, given: Sequence[nodes.Node]) -> tuple[Typed, ...]:
        return tuple(self.visit(node) for node in given)

    def visit(self, node: nodes.Node) -> Typed:
        """The typed form of `node`."""
        match node:
            case nodes.Path():
                return self._path(node)
            case nodes.Text() | nodes.Number() | nodes.Placeholder() | nodes.Truth() | nodes.Null():
                return _literal(node)
            case nodes.User():
                return self._user(node)
            case nodes.Call():
                return check_call(self, node)
            case nodes.Logic():
                operands = tuple(self.condition(operand) for operand in node.operands)
                return Operation(BOOLEAN, node, node.operator, children=operands)
            case nodes.Not():
                return Operation(BOOLEAN, node, "not", children=(self.condition(node.operand),))
            case nodes.Minus():
                return self._minus(node)
            case nodes.Compare():
                return check_comparison(self, node)
            case nodes.Member():
                return check_member(self, node)
            case nodes.Join():
                return check_join(self, node)
            case nodes.Arithmetic():
                return check_arithmetic(self, node)
        raise TypeError(node)

    def condition(self, node: nodes.Node) -> Typed:
        """`node` as an operand of and, or, not, IF."""
        typed = self.visit(node)
        fitting = adapt(typed, BOOLEAN)
        if fitting is None:
            self.wrong(
                node,
                f"`{self.words(node)}` is {typed.type.words('en')}; a condition is needed here.",
                f"“{self.words(node)}”是{typed.type.words('zh')}；这里需要一个条件。",
            )
        return fitting

    def _minus(self, node: nodes.Minus) -> Typed:
        operand = self.visit(node.operand)
        if isinstance(operand, Literal) and not operand.is_text and not operand.negative:
            value = None if operand.value is None else "-" + operand.value
            return Literal(NUMBER, node, operand.raw, PLAIN_NUMBER, value, operand.index, negative=True)
        if not operand.type.is_number:
            self.wrong(
                node,
                f"`-` needs a number; `{self.words(node.operand)}` is {operand.type.words('en')}.",
                f"“-”后面需要数字；“{self.words(node.operand)}”是{operand.type.words('zh')}。",
            )
        return Operation(operand.type, node, "minus", children=(operand,))

    def _path(self, node: nodes.Path) -> Typed:
        named = self.scope.names.get(".".join(node.names))
        if named is not None:
            self.paths[node.names] = None
            return Column(named, node, node.names, PG_TYPES[named.name])
        if self.scope.mode == "aggregate" and not self.in_aggregate:
            self.wrong(
                node,
                f"`{self.words(node)}` stands outside an aggregate; write for example SUM({self.words(node)}).",
                f"“{self.words(node)}”不在聚合函数内；例如可写作 SUM({self.words(node)})。",
            )
        field = self.walk(node, self.scope.object, node.names, node.position)
        self.paths[node.names] = None
        return Column(Type.of(field), node, node.names, field.type.pg_type)

    def _user(self, node: nodes.User) -> Typed:
        self.user_paths[node.names] = None
        if not node.names:
            return CurrentUser(Type("record", "user"), node)
        field = self.walk(node, "user", node.names, node.position + len("$user."))
        return Column(Type.of(field), node, ("$user", *node.names), field.type.pg_type)

    def walk(self, node: nodes.Node, object: str, names: tuple[str, ...], position: int) -> FieldModel:
        """The last field of a path; every step before it must be a lookup."""
        if len(names) > MAX_STEPS:
            self.wrong(node, f"A path has at most {MAX_STEPS} steps.", f"路径最多 {MAX_STEPS} 步。")
        for step, name in enumerate(names):
            field = self._field(object, name, position)
            self.fields.add((object, name))
            if step == len(names) - 1:
                return field
            to = Type.of(field).to
            if to is None:
                raise ExpressionError(
                    f"`{name}` is {Type.of(field).words('en')}: it has no field `{names[step + 1]}`.",
                    f"“{name}”是{Type.of(field).words('zh')}，没有字段“{names[step + 1]}”。",
                    position,
                    len(name),
                )
            object, position = to, position + len(name) + 1
        raise AssertionError("a path has at least one name")

    def _field(self, object: str, name: str, position: int) -> FieldModel:
        try:
            fields: Mapping[str, FieldModel] = self.scope.lookup(object)
        except KeyError:
            fields = {}
        if name in fields:
            return fields[name]
        if name in self.scope.relations(object):
            raise ExpressionError(
                f"`{name}` stands for many records; write for example COUNT({name}) or SUM({name}.…).",
                f"“{name}”代表多条记录；例如可写作 COUNT({name}) 或 SUM({name}.…)。",
                position,
                len(name),
                f"COUNT({name})",
            )
        names = list(fields) + (list(self.scope.names) if object == self.scope.object else [])
        hint = nearest(name, names)
        raise ExpressionError(
            f"`{name}` is not a field of `{object}`" + (f"; did you mean `{hint}`?" if hint else "."),
            f"“{object}”没有字段“{name}”" + (f"；您是指“{hint}”吗？" if hint else "。"),
            position,
            len(name),
            hint,
        )


def _literal(node: nodes.Node) -> Typed:
    match node:
        case nodes.Text(value=""):
            return Blank(BLANK, node)
        case nodes.Text():
            return Literal(TEXT, node, node.value, PLAIN_TEXT, node.value)
        case nodes.Number():
            return Literal(NUMBER, node, node.digits, PLAIN_NUMBER, node.digits)
        case nodes.Placeholder():
            text = node.kind == "s"
            return Literal(TEXT if text else NUMBER, node, "", PLAIN_TEXT if text else PLAIN_NUMBER, None, node.index)
        case nodes.Truth():
            return Truth(BOOLEAN, node, node.value)
    return Blank(BLANK, node)
