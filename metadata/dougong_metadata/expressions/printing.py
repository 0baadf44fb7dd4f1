"""A syntax tree back as text, with no more parentheses than needed. Called by the filter builder and its likes."""

from __future__ import annotations

from collections.abc import Sequence

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

# How tightly a node holds together; an operand that holds less gets parentheses.
_OR, _AND, _NOT, _COMPARE, _JOIN, _SUM, _PRODUCT, _SIGN, _ATOM = range(1, 10)
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def format(node: Node) -> str:
    """The text of `node`; `parse(format(node)) == node`."""
    return _print(node)[0]


def quoted(text: str) -> str:
    """`text` as a literal of the language."""
    return f'"{text.translate(_ESCAPED)}"'


def _operand(node: Node, least: int) -> str:
    text, strength = _print(node)
    return text if strength >= least else f"({text})"


def _list(items: Sequence[Node]) -> str:
    return ", ".join(format(item) for item in items)


def _print(node: Node) -> tuple[str, int]:
    match node:
        case Logic():
            return _logic(node)
        case Not():
            return f"not {_operand(node.operand, _NOT)}", _NOT
        case Compare():
            left, right = _operand(node.left, _JOIN), _operand(node.right, _JOIN)
            return f"{left} {node.operator} {right}", _COMPARE
        case Member():
            word = "not in" if node.negated else "in"
            return f"{_operand(node.operand, _JOIN)} {word} ({_list(node.options)})", _COMPARE
        case Join():
            return " & ".join(_operand(operand, _SUM) for operand in node.operands), _JOIN
        case Arithmetic():
            own = _SUM if node.operator in "+-" else _PRODUCT
            return f"{_operand(node.left, own)} {node.operator} {_operand(node.right, own + 1)}", own
        case Minus():
            return f"-{_operand(node.operand, _SIGN)}", _SIGN
        case Call():
            return f"{node.name}({_list(node.arguments)})", _ATOM
    return _leaf(node), _ATOM


def _logic(node: Logic) -> tuple[str, int]:
    if len(node.operands) == 1:
        return f"{node.operator.upper()}({format(node.operands[0])})", _ATOM
    own = _OR if node.operator == "or" else _AND
    return f" {node.operator} ".join(_operand(operand, own + 1) for operand in node.operands), own


def _leaf(node: Node) -> str:
    match node:
        case Text():
            return quoted(node.value)
        case Number():
            return node.digits
        case Truth():
            return "TRUE" if node.value else "FALSE"
        case Null():
            return "NULL"
        case Path():
            return ".".join(node.names)
        case User():
            return ".".join(("$user", *node.names))
        case Placeholder():
            return f"?{node.index}{node.kind}"
    raise TypeError(node)
