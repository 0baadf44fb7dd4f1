"""Amounts that no rate brings into the tenant's currency: counted with the report, so that it can say that they are
left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import format, nodes, parse
from dougong_metadata.expressions.facts import Measure, split
from dougong_metadata.expressions.printing import quoted
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel, ReportValue
from dougong_platform.errors import BadField
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.filter import scope
from dougong_platform.query.rows import field_at

PREFIX = "_without_rate_"  # no value of a document is called so
NOTICE = Label(
    "{n} amounts in another currency have no exchange rate and are left out.",
    "有 {n} 笔外币金额没有汇率，未计入合计。",
)
_currencies: Remembered[str] = Remembered(2000)
_found: Remembered[tuple[ReportValue, ...]] = Remembered(500)


def uncounted(caller: Caller, report: ReportModel, values: tuple[ReportValue, ...]) -> tuple[ReportValue, ...]:
    """Hidden values that count, for every amount in these values, the records whose rate is missing."""
    texts = texts_of(values)
    key = (caller.model.hash, caller.rights.shape, report.object, caller.tenant.currency, tuple(texts.items()))
    return _found.get(key, lambda: _uncounted(caller, report.object, texts))


def left_out(caller: Caller, numbers: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    """The notice of amounts without a rate, if numbers of `uncounted` among these (name, value) count any."""
    found = sum(int(number or 0) for name, number in numbers if name.startswith(PREFIX))
    return (NOTICE.text(caller.locale).format(n=f"{found:,}"),) if found else ()


def texts_of(values: Iterable[ReportValue]) -> dict[str, str]:
    """The texts of values by name."""
    return {value.name: value.text for value in values}


def currency_of(caller: Caller, object: str, name: str, texts: Mapping[str, str]) -> str:
    """The currency that a value is in: that of its fields where they keep one for all records, else the tenant's."""
    key = (caller.model.hash, caller.rights.shape, object, caller.tenant.currency, name, tuple(texts.items()))
    return _currencies.get(key, lambda: _currency_of(caller, object, name, texts))


def _currency_of(caller: Caller, object: str, name: str, texts: Mapping[str, str]) -> str:
    found: set[str] = set()
    waiting, seen = [name], {name}
    try:
        while waiting:
            name = waiting.pop()
            parts = split(texts[name], scope(caller.rights, object, "aggregate"), texts.keys() - {name})
            for measure in parts.measures:
                found.update(_currencies_in(caller, measure))
            others = {".".join(n.names) for n in nodes.walk(parse(parts.formula)) if isinstance(n, nodes.Path)}
            waiting += sorted((others & texts.keys()) - seen)
            seen |= others
    except (ExpressionError, BadField):
        return caller.tenant.currency
    return found.pop() if len(found) == 1 else caller.tenant.currency


def _currencies_in(caller: Caller, measure: Measure) -> Iterator[str]:
    for path in _paths(measure):
        field = field_at(caller.rights, measure.object, path)
        if field.type.expression_type == "money":
            kept = None if field.settings.get("currency_field") else field.settings.get("currency")
            yield kept or caller.tenant.currency


def _paths(measure: Measure) -> list[tuple[str, ...]]:
    """The paths of what an aggregate is of; none of what is only counted."""
    call = parse(measure.text)
    if not isinstance(call, nodes.Call) or not call.arguments or call.name == "COUNT":
        return []
    return [node.names for node in nodes.walk(call.arguments[0]) if isinstance(node, nodes.Path)]


def _uncounted(caller: Caller, object: str, texts: Mapping[str, str]) -> tuple[ReportValue, ...]:
    asked: dict[str, list[str]] = {}
    for name, text in texts.items():
        try:
            parts = split(text, scope(caller.rights, object, "aggregate"), texts.keys() - {name})
            for measure in parts.measures:
                for without in _without_rate(caller, measure):
                    asked.setdefault(without, []).append(_asked(measure))
        except ExpressionError:
            continue  # running the report says what is wrong
    return tuple(
        ReportValue(f"{PREFIX}{i}", Label("", ""), f"COUNT({without}{_any_of(conditions)})", "number", hidden=True)
        for i, (without, conditions) in enumerate(asked.items())
    )


def _without_rate(caller: Caller, measure: Measure) -> Iterator[str]:
    """For each amount that the aggregate is of: which records have no rate for it, as COUNT() takes them."""
    for path in _paths(measure):
        missing = _missing(caller, measure.object, path)
        relation = None if missing is None else _relation(caller, measure)
        if relation is not None:
            yield f"{relation}{missing}"


def _asked(measure: Measure) -> str:
    """The condition of an aggregate; "" for none."""
    call = parse(measure.text)
    assert isinstance(call, nodes.Call), "split() finds calls"
    return "".join(format(one) for one in call.arguments[2 if call.name == "PERCENTILE" else 1 :])


def _any_of(conditions: Collection[str]) -> str:
    """That one of them holds; an amount counts once in however many values it would stand."""
    if "" in conditions:
        return ""
    return f" and ({' or '.join(f'({one})' for one in dict.fromkeys(conditions))})"


def _missing(caller: Caller, object: str, path: tuple[str, ...]) -> str | None:
    """That an amount has no rate; None where its field keeps none, or the reader may not know it."""
    try:
        field = field_at(caller.rights, object, path)
        currency, rate = field.settings.get("currency_field"), field.settings.get("rate_field")
        if not currency or not rate or not field.is_stored:
            return None
        beside = [".".join((*path[:-1], name)) for name in (field.name, currency, rate)]
        for name in beside:
            field_at(caller.rights, object, tuple(name.split(".")))
    except BadField:
        return None
    amount, currency, rate = beside
    return f"not ISBLANK({amount}) and {currency} != {quoted(caller.tenant.currency)} and ISBLANK({rate})"


def _relation(caller: Caller, measure: Measure) -> str | None:
    """What stands before the condition: the relations that lead to the measure's records, "" for the report's own."""
    names: list[str] = []
    at = measure.object
    for link in measure.up:
        target = field_at(caller.rights, at, (link,)).to or ""
        relations = scope(caller.rights, target).relations(target)
        name = next((name for name, one in relations.items() if (one.object, one.name) == (at, link)), None)
        if name is None:
            return None
        names.insert(0, name)
        at = target
    return f"{'.'.join(names)}, " if names else ""
