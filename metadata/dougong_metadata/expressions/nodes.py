"""The syntax tree of an expression: what `parse` returns and `format`, `check` and the filter builder read.

Two trees are equal when they say the same; where a node stood in the text does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`position` and `length` are character offsets into the text; `depth` is the height of the tree below."""

    position: int = field(default=0, compare=False, repr=False)
    length: int = field(default=1, compare=False, repr=False)
    depth: int = field(default=1, compare=False, repr=False)

    @property
    def end(self) -> int:
        return self.position + self.length


@dataclass(frozen=True, slots=True)
class Text(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`digits` are kept as written ("0.10"): no float ever touches a number."""

    digits: str


@dataclass(frozen=True, slots=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Null(Node):
    pass


@dataclass(frozen=True, slots=True)
class Placeholder(Node):
    """A literal that `lift_literals` took out: its number from 1, and "s" (text) or "n" (number)."""

    index: int
    kind: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`a.b.c`: a field, reached through lookups."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class User(Node):
    """`$user`, or a field of the user who asks: `$user.department`."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call; `name` is upper case."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and c`; `operator` is "and" or "or". One operand only when written AND(a)."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Minus(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`operator` is one of = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`operand in (options)`, or `not in`."""

    operand: Node
    options: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Join(Node):
    """`a & b & c`."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`operator` is one of + - * /."""

    operator: str
    left: Node
    right: Node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`, in reading order."""
    match node:
        case Call():
            return node.arguments
        case Logic() | Join():
            return node.operands
        case Not() | Minus():
            return (node.operand,)
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Member():
            return (node.operand, *node.options)
    return ()


def with_children(node: Node, given: tuple[Node, ...]) -> Node:
    """`node` with other nodes below it, as many and in the same order as `children` gives them."""
    match node:
        case Call():
            return replace(node, arguments=given)
        case Logic() | Join():
            return replace(node, operands=given)
        case Not() | Minus():
            return replace(node, operand=given[0])
        case Compare() | Arithmetic():
            return replace(node, left=given[0], right=given[1])
        case Member():
            return replace(node, operand=given[0], options=given[1:])
    return node


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, in reading order."""
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(children(found)))
