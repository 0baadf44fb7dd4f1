"""Aggregates over the records that point to a record: COUNT(lines, qty > 5), SUM(shelf.book.price). Called for every
function call outside queries with groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.aggregation import aggregated
from dougong_metadata.expressions.checked import Gathering, Typed
from dougong_metadata.expressions.functions import AGGREGATES, NAMES
from dougong_metadata.expressions.types import Type
from dougong_metadata.problems import nearest

if TYPE_CHECKING:
    from dougong_metadata.expressions.checking import Checker
    from dougong_metadata.model.types import FieldModel

MAX_NESTED = 3  # relations inside each other
MAX_GATHERED = 20  # in one expression: each is a question of its own for every record
Found = tuple[tuple[str, ...], str, "FieldModel"]  # the path before a relation, its name and its link


def check_gathering(checker: Checker, node: nodes.Call) -> Typed | None:
    """The typed form of AGGREGATE(relation…, condition); None where the call is something else, such as MIN(a, b)."""
    if node.name not in AGGREGATES or checker.scope.mode == "aggregate":
        return None
    found = first_relation(checker, node)
    if found is None:
        if node.name in NAMES:
            return None
        _no_relation(checker, node)
    if node.name == "PERCENTILE":
        checker.wrong(
            node,
            "PERCENTILE() is there in queries and reports only; MEDIAN() is there everywhere.",
            "PERCENTILE() 只能用于查询和报表；其他位置可使用 MEDIAN()。",
        )
    base, relation, link = found
    _check_count(checker, node)
    _check_many(checker, node)
    function = AGGREGATES[node.name]
    checker.functions.add(function.name)
    checker.fields.add((link.object, link.name))
    checker.relations.add((link.object, link.name))
    if base:
        checker.walk(node, checker.scope.object, (*base, "id"), node.arguments[0].position)
        checker.paths[(*base, "id")] = None
    inside = _inside(checker, node, link)
    value = _value(checker, inside, node, base, relation)
    condition = inside.condition(node.arguments[1]) if len(node.arguments) > 1 else None
    if function.result == "first":
        assert value is not None, "only COUNT() does without a value"
        result = value.type
    else:
        result = Type(function.result)
    return Gathering(result, node, function, base, link.object, link.name, value, condition)


def _inside(checker: Checker, node: nodes.Call, link: FieldModel) -> Checker:
    """A checker for what is said of the gathered records; what it reads is noted with the rest."""
    if checker.nested >= MAX_NESTED:
        checker.wrong(
            node,
            f"At most {MAX_NESTED} relations can stand inside each other.",
            f"关联记录的聚合最多嵌套 {MAX_NESTED} 层。",
        )
    scope = replace(checker.scope, object=link.object, mode="value", saving=False, names={})
    inside = type(checker)(checker.text, scope)
    inside.user_paths, inside.fields = checker.user_paths, checker.fields
    inside.functions, inside.relations = checker.functions, checker.relations
    inside.nested, inside.gathered = checker.nested + 1, checker.gathered
    return inside


def first_relation(checker: Checker, node: nodes.Call) -> Found | None:
    """The first relation that the call's first value names, outside further aggregates in it."""
    if not node.arguments:
        return None
    stack = [node.arguments[0]]
    while stack:
        found = stack.pop()
        if isinstance(found, nodes.Path) and (relation := _relation(checker, found)) is not None:
            return relation
        if not (isinstance(found, nodes.Call) and found.name in AGGREGATES):
            stack.extend(reversed(nodes.children(found)))
    return None


def _relation(checker: Checker, path: nodes.Path) -> Found | None:
    """The relation that `path` comes to after lookups. A field goes before a relation of the same name."""
    scope, object = checker.scope, checker.scope.object
    for step, name in enumerate(path.names):
        try:
            fields = scope.lookup(object)
        except KeyError:
            return None
        if name not in fields:
            link = scope.relations(object).get(name)
            if link is None and name in scope.unclear(object):
                _unclear(checker, path, object, name)
            return None if link is None else (path.names[:step], name, link)
        to = Type.of(fields[name]).to
        if to is None:
            return None
        object = to
    return None


def _unclear(checker: Checker, path: nodes.Path, object: str, name: str) -> NoReturn:
    links = [link for link in checker.scope.links(object) if link.object == name]
    fields = ", ".join(f"`{link.name}`" for link in links if not link.system)
    named = [link.relation for link in links if link.relation]
    checker.wrong(
        path,
        f"Several fields of `{name}` point to `{object}` ({fields}): give the one that is meant a `relation` and write "
        "that name." + (f" There is: {', '.join(named)}." if named else ""),
        f"“{name}”有多个字段指向“{object}”（{fields}）：请为所指的字段设置 relation，并使用该名称。"
        + (f"已有：{'、'.join(named)}。" if named else ""),
        named[0] if named else None,
    )


def _no_relation(checker: Checker, node: nodes.Call) -> NoReturn:
    """The call's first value leads to no relation: says what is there instead, or what is near."""
    first = node.arguments[0] if node.arguments else node
    known = checker.scope.relations(checker.scope.object)
    example = next(iter(known), "lines")
    example += "" if node.name == "COUNT" else ".…"
    if not isinstance(first, nodes.Path) or first.names[0] in _fields(checker):
        checker.wrong(
            node,
            f"{node.name}() needs a group of records: those that point here, such as {node.name}({example}); or those "
            "of a query, in queries and reports.",
            f"{node.name}() 需要一组记录：指向本记录的记录，例如 {node.name}({example})；或在查询和报表中使用。",
        )
    name = first.names[0]
    hint = nearest(name, known)
    place = nodes.Path((name,), position=first.position, length=len(name))
    checker.wrong(
        place,
        f"No records called `{name}` point to `{checker.scope.object}`"
        + (f"; did you mean `{hint}`?" if hint else f"; there are: {', '.join(known)}." if known else "."),
        f"没有名为“{name}”的记录指向“{checker.scope.object}”"
        + (f"；您是指“{hint}”吗？" if hint else f"；已有：{'、'.join(known)}。" if known else "。"),
        hint,
    )


def _fields(checker: Checker) -> frozenset[str]:
    try:
        return frozenset(checker.scope.lookup(checker.scope.object))
    except KeyError:
        return frozenset()


def _check_count(checker: Checker, node: nodes.Call) -> None:
    if len(node.arguments) > 2:
        given = len(node.arguments)
        checker.wrong(
            node,
            f"{node.name}(records, condition) is given {given} values; it needs 1 to 2.",
            f"{node.name}(记录, 条件) 收到 {given} 个值；需要 1 至 2 个。",
        )


def _check_many(checker: Checker, node: nodes.Call) -> None:
    checker.gathered.append(node)
    if len(checker.gathered) > MAX_GATHERED:
        checker.wrong(
            node,
            f"An expression counts or sums up related records at most {MAX_GATHERED} times.",
            f"一个表达式最多统计关联记录 {MAX_GATHERED} 次。",
        )


def _value(checker: Checker, inside: Checker, node: nodes.Call, base: tuple[str, ...], relation: str) -> Typed | None:
    """What is aggregated, said of the gathered records: `lines.price * lines.qty` is there `price * qty`."""
    first = node.arguments[0]
    prefix = len(base) + 1
    if isinstance(first, nodes.Path) and len(first.names) == prefix:
        if node.name == "COUNT":
            return None
        words = checker.words(first)
        checker.wrong(
            first,
            f"{node.name}() needs a value of these records: {node.name}({words}.…).",
            f"{node.name}() 需要这些记录的某个值：{node.name}({words}.…)。",
        )
    return aggregated(inside, node, inside.visit(seen_from(checker, first, (*base, relation))))


def seen_from(checker: Checker, node: nodes.Node, relation: tuple[str, ...]) -> nodes.Node:
    """`node` with its paths as they are said of a record of the relation."""

    def shortened(found: nodes.Node) -> nodes.Node:
        if isinstance(found, nodes.Path):
            if found.names[: len(relation)] != relation or len(found.names) == len(relation):
                word = ".".join(relation)
                checker.wrong(
                    found,
                    f"Here everything is said of `{word}`; write `{word}.…`.",
                    f"此处的字段都应属于“{word}”；请写作“{word}.…”。",
                )
            skipped = len(".".join(relation)) + 1
            return nodes.Path(
                found.names[len(relation) :], position=found.position + skipped, length=found.length - skipped
            )
        if isinstance(found, nodes.Call) and found.name in AGGREGATES and found.name not in NAMES and found.arguments:
            return replace(found, arguments=(shortened(found.arguments[0]), *found.arguments[1:]))
        return nodes.with_children(found, tuple(shortened(child) for child in nodes.children(found)))

    return shortened(node)
