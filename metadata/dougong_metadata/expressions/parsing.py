"""Text to syntax tree. Called by `check`, the filter builder and whoever wants to look at an expression's form."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions.literals import OUTSIDE_TEXT, Shape, digits, guard, unquote
from dougong_metadata.expressions.nodes import (
    Arithmetic,
    Call,
    Compare,
    Join,
    Logic,
    Member,
    Minus,
    Node,
    Not,
    Null,
    Number,
    Path,
    Placeholder,
    Text,
    Truth,
    User,
)
from dougong_metadata.expressions.syntax_errors import explain

# Higher than anything a person writes (spreadsheets allow 64), low enough that no recursion over the tree
# - ours or SQLAlchemy's, which needs up to eight Python frames per level - reaches the interpreter's limit.
MAX_DEPTH = 64
_OPERATORS = {"==": "=", "<>": "!="}


def parse(text: str) -> Node:
    """The syntax tree of `text`; raises ExpressionError with the place. Placeholders only in a lifted Shape."""
    guard(text)
    _scan_signs(text)
    try:
        return _parser().parse(text)  # type: ignore[return-value]  # the transformer returns our Node, not lark's Tree
    except UnexpectedInput as error:
        raise explain(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=False)


def _scan_signs(text: str) -> None:
    """Refuses what the parser would take long to find: too many open parentheses, placeholders written by hand."""
    depth = 0
    for match in OUTSIDE_TEXT.finditer(text):
        if match[1] == "(":
            depth += 1
            if depth > MAX_DEPTH * 2:
                _too_deep(match.start())
        elif match[1] == ")":
            depth -= 1
        elif match[1] == "?" and not isinstance(text, Shape):
            raise ExpressionError("“?” has no meaning here.", "“?”在这里没有意义。", match.start())


def _too_deep(position: int) -> NoReturn:
    raise ExpressionError(
        f"The expression is nested too deeply (at most {MAX_DEPTH} levels).",
        f"表达式嵌套过深（最多 {MAX_DEPTH} 层）。",
        position,
    )


def _span(first: Node | Token, last: Node | Token, *below: Node) -> dict[str, int]:
    """Where a node stands and how deep it is."""
    start = first.position if isinstance(first, Node) else first.start_pos or 0
    end = last.end if isinstance(last, Node) else last.end_pos or 0
    depth = 1 + max((node.depth for node in below), default=0)
    if depth > MAX_DEPTH:
        _too_deep(start)
    return {"position": start, "length": end - start, "depth": depth}


class _Builder(Transformer[Token, Node]):
    """lark's callbacks, by rule name: each gets the children of one production."""

    def start(self, items: list[Node]) -> Node:
        return items[0]

    def _logic(self, operator: str, items: list[Any]) -> Node:
        operands = tuple(item for item in items if isinstance(item, Node))
        return Logic(operator, operands, **_span(operands[0], operands[-1], *operands))

    def disjunction(self, items: list[Any]) -> Node:
        return self._logic("or", items)

    def conjunction(self, items: list[Any]) -> Node:
        return self._logic("and", items)

    def negation(self, items: list[Any]) -> Node:
        return Not(items[1], **_span(items[0], items[1], items[1]))

    def comparison(self, items: list[Any]) -> Node:
        left, operator, right = items
        return Compare(_OPERATORS.get(operator, str(operator)), left, right, **_span(left, right, left, right))

    def _member(self, items: list[Any], negated: bool) -> Node:
        operand, options = items[0], tuple(items[-1])
        return Member(operand, options, negated, **_span(operand, options[-1], operand, *options))

    def member(self, items: list[Any]) -> Node:
        return self._member(items, False)

    def not_member(self, items: list[Any]) -> Node:
        return self._member(items, True)

    def concatenation(self, items: list[Any]) -> Node:
        operands = tuple(item for item in items if isinstance(item, Node))
        return Join(operands, **_span(operands[0], operands[-1], *operands))

    def binary(self, items: list[Any]) -> Node:
        left, operator, right = items
        return Arithmetic(str(operator), left, right, **_span(left, right, left, right))

    def minus(self, items: list[Any]) -> Node:
        return Minus(items[1], **_span(items[0], items[1], items[1]))

    def plus(self, items: list[Any]) -> Node:
        return items[1]  # type: ignore[no-any-return]  # lark's children are untyped

    def parenthesis(self, items: list[Any]) -> Node:
        return items[0]  # type: ignore[no-any-return]  # lark's children are untyped

    def text(self, items: list[Token]) -> Node:
        return Text(unquote(items[0], items[0].start_pos or 0), **_span(items[0], items[0]))

    def number(self, items: list[Token]) -> Node:
        return Number(digits(str(items[0]), items[0].start_pos or 0), **_span(items[0], items[0]))

    def true(self, items: list[Token]) -> Node:
        return Truth(True, **_span(items[0], items[0]))

    def false(self, items: list[Token]) -> Node:
        return Truth(False, **_span(items[0], items[0]))

    def null(self, items: list[Token]) -> Node:
        return Null(**_span(items[0], items[0]))

    def placeholder(self, items: list[Token]) -> Node:
        token = items[0]
        return Placeholder(int(token[1:-1]), token[-1], **_span(token, token))

    def path(self, items: list[Token]) -> Node:
        return Path(tuple(str(item) for item in items), **_span(items[0], items[-1]))

    def user(self, items: list[Token]) -> Node:
        return User(tuple(str(item) for item in items[1:]), **_span(items[0], items[-1]))

    def now(self, items: list[Token]) -> Node:
        return Call("NOW", (), **_span(items[0], items[0]))

    def today(self, items: list[Token]) -> Node:
        return Call("TODAY", (), **_span(items[0], items[0]))

    def values(self, items: list[Node]) -> Any:
        return items

    def call(self, items: list[Any]) -> Node:
        name, close = items[0], items[-1]
        arguments = tuple(items[1]) if len(items) == 3 else ()
        span = _span(name, close, *arguments)
        if name.type in ("AND", "OR"):
            if not arguments:
                raise ExpressionError(
                    f"{name.upper()} needs at least one condition.",
                    f"{name.upper()} 至少需要一个条件。",
                    span["position"],
                    span["length"],
                )
            return Logic(name.type.lower(), arguments, **span)
        return Call(name.upper(), arguments, **span)
