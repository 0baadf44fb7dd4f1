"""The typing rules of function calls: the declared parameters, and the few functions whose shape is their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.aggregation import check_aggregate, is_aggregate
from dougong_metadata.expressions.checked import Application, Blank, Operation, Typed
from dougong_metadata.expressions.coercion import unify
from dougong_metadata.expressions.fitting import fitting, wanted
from dougong_metadata.expressions.functions import AGGREGATES, NAMES, Function, Parameter
from dougong_metadata.expressions.gathering import check_gathering
from dougong_metadata.expressions.past import check_past
from dougong_metadata.expressions.types import BOOLEAN, Type
from dougong_metadata.problems import nearest

if TYPE_CHECKING:
    from dougong_metadata.expressions.checking import Checker


def check_call(checker: Checker, node: nodes.Call) -> Typed:
    """The typed form of a function call."""
    if is_aggregate(checker, node):
        return check_aggregate(checker, node)
    gathered = check_gathering(checker, node)
    if gathered is not None:
        return gathered
    function = NAMES.get(node.name)
    if function is None:
        _unknown(checker, node)
    checker.functions.add(function.name)
    if function.saving and not checker.scope.saving:
        checker.wrong(
            node,
            f"{function.name}() compares with the values before a save; there is no save here.",
            f"{function.name}() 比较保存前的值；这里没有保存动作。",
        )
    if function.past and checker.scope.past is None:
        checker.wrong(
            node,
            f"{function.name}() asks how records were; only filters and reports can ask that.",
            f"{function.name}() 询问记录过去的状态；只能用于筛选条件和报表。",
        )
    if function.spanned and not checker.scope.spanned:
        checker.wrong(
            node,
            f"{function.name}() asks for the period of a report; only values of summaries, matrices and reports of "
            "wins and losses that have a `period` can ask that.",
            f"{function.name}() 询问报表的期间；只能用于设置了期间 `period` 的汇总、交叉表和赢输分析报表的数值。",
        )
    _count(checker, node, function)
    if function.name == "CASE":
        return _case(checker, node, function)
    arguments = list(checker.visit_all(node.arguments))
    if function.name == "ISPICKVAL" and isinstance(arguments[1], Blank):
        return Operation(BOOLEAN, node, "isblank", children=(arguments[0],))
    shared = _fit(checker, function, arguments)
    if function.past:
        return check_past(checker, node, function, arguments)
    if function.result == "same" and shared is not None:
        result = shared
    else:
        result = arguments[0].type if function.result == "first" else Type(function.result)
    if function.operation is not None:
        return Operation(result, node, function.operation, children=tuple(arguments))
    return Application(result, node, function, checker.scope.calendar, children=tuple(arguments))


def _unknown(checker: Checker, node: nodes.Call) -> NoReturn:
    names = [*NAMES, *AGGREGATES, "AND", "OR", "NOT"]
    hint = nearest(node.name, names)
    raise_at = nodes.Path((node.name,), position=node.position, length=len(node.name))
    checker.wrong(
        raise_at,
        f"{node.name}() is not a function" + (f"; did you mean {hint}()?" if hint else "."),
        f"没有函数 {node.name}()" + (f"；您是指 {hint}() 吗？" if hint else "。"),
        hint,
    )


def _count(checker: Checker, node: nodes.Call, function: Function) -> None:
    given = len(node.arguments)
    if given >= function.least and (function.most is None or given <= function.most):
        return
    checker.wrong(
        node,
        f"{function.usage} is given {given} value{'' if given == 1 else 's'}; it needs {_wanted(function, 'en')}.",
        f"{function.usage} 收到 {given} 个值；需要 {_wanted(function, 'zh')} 个。",
    )


def _wanted(function: Function, locale: str) -> str:
    if function.most is None:
        return f"at least {function.least}" if locale == "en" else f"至少 {function.least}"
    if function.least == function.most:
        return str(function.least) if function.least else "none" if locale == "en" else "0"
    return f"{function.least} to {function.most}" if locale == "en" else f"{function.least} 至 {function.most}"


def _fit(checker: Checker, function: Function, arguments: list[Typed]) -> Type | None:
    """Gives each argument the type of its parameter, in place; the common type of the "same" ones, if any."""
    shared: Type | None = None
    same = [i for i in range(len(arguments)) if function.parameter(i).kind == "same"]
    if same:
        united = unify([arguments[i] for i in same], choices=False)
        if united is None:
            first, other = arguments[same[0]], _odd_one(arguments, same)
            checker.wrong(
                other.node,
                f"{function.name}() needs one type: `{checker.words(first.node)}` is {first.type.words('en')}, "
                f"`{checker.words(other.node)}` is {other.type.words('en')}.",
                f"{function.name}() 需要同一类型：“{checker.words(first.node)}”是{first.type.words('zh')}，"
                f"“{checker.words(other.node)}”是{other.type.words('zh')}。",
            )
        shared = united[0]
        for i, typed in zip(same, united[1], strict=True):
            arguments[i] = typed
    for i, typed in enumerate(arguments):
        parameter = function.parameter(i)
        if parameter.kind != "same":
            arguments[i] = fit_one(checker, function, parameter, typed, arguments[0])
    return shared


def _odd_one(arguments: list[Typed], same: list[int]) -> Typed:
    first = arguments[same[0]]
    return next(
        (arguments[i] for i in same[1:] if unify((first, arguments[i]), choices=False) is None), arguments[same[-1]]
    )


def fit_one(checker: Checker, function: Function, parameter: Parameter, typed: Typed, first: Typed) -> Typed:
    """`typed` as an argument for `parameter`, or an error."""
    found = fitting(parameter.kind, typed, first)
    if found is None:
        words = checker.words(typed.node)
        structured = typed.type.name in ("list", "json", "place", "record")
        hint = f"TEXT({words})" if parameter.kind == "text" and not structured else None
        checker.wrong(
            typed.node,
            f"{function.name}() takes {wanted(parameter.kind, 'en')} as its {parameter.name}; `{words}` is "
            f"{typed.type.words('en')}" + (f": write {hint}." if hint else "."),
            f"{function.name}() 的 {parameter.name} 应为{wanted(parameter.kind, 'zh')}；“{words}”是"
            f"{typed.type.words('zh')}" + (f"：请写作 {hint}。" if hint else "。"),
            hint,
        )
    return found


def _case(checker: Checker, node: nodes.Call, function: Function) -> Typed:
    """CASE(value, match, result, …, otherwise): matches have the value's type, results one type of their own."""
    if len(node.arguments) % 2:
        checker.wrong(
            node,
            "CASE() needs a value, pairs of match and result, and a last value for everything else.",
            "CASE() 需要一个值、若干“匹配值, 结果”对，以及最后的默认值。",
        )
    given = checker.visit_all(node.arguments)
    matches, results = given[1:-1:2], (*given[2:-1:2], given[-1])
    united = unify((given[0], *matches))
    if united is None or united[0].name in ("list", "json", "place"):
        checker.wrong(
            node,
            f"CASE() compares `{checker.words(given[0].node)}`, {given[0].type.words('en')}, with other types.",
            f"CASE() 把“{checker.words(given[0].node)}”（{given[0].type.words('zh')}）与其他类型的值比较。",
        )
    answers = unify(results, choices=False)
    if answers is None:
        checker.wrong(node, "The results of CASE() have different types.", "CASE() 的各个结果类型不同。")
    children: list[Typed] = [united[1][0]]
    for match, answer in zip(united[1][1:], answers[1], strict=False):
        children += [match, answer]
    children.append(answers[1][-1])
    return Application(answers[0], node, function, children=tuple(children))
