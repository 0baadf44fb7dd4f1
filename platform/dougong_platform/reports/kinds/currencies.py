"""Amounts that no rate brings into the tenant's currency: counted with the report, so that it can say that they are
left out."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import nodes, parse
from dougong_metadata.expressions.facts import Measure, split
from dougong_metadata.expressions.printing import quoted
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel, ReportValue
from dougong_platform.errors import BadField
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.filter import scope
from dougong_platform.query.rows import field_at

PREFIX = "without_rate_"
NOTICE = Label(
    "{n} amounts in another currency have no exchange rate and are left out.",
    "有 {n} 笔外币金额没有汇率，未计入合计。",
)
_currencies: Remembered[str] = Remembered(2000)
_found: Remembered[tuple[ReportValue, ...]] = Remembered(500)


def uncounted(caller: Caller, report: ReportModel, values: tuple[ReportValue, ...]) -> tuple[ReportValue, ...]:
    """Hidden values that count, for every amount in these values, the records whose rate is missing."""
    texts = tuple(value.text for value in values)
    key = (caller.model.hash, caller.rights.shape, report.object, caller.tenant.currency, texts)
    return _found.get(key, lambda: _uncounted(caller, report, values))


def currency_of(caller: Caller, object: str, value: ReportValue, names: frozenset[str]) -> str:
    """The currency that a value is in: that of its fields where they keep one for all records, else the tenant's."""
    key = (caller.model.hash, caller.rights.shape, object, caller.tenant.currency, value.text, names)
    return _currencies.get(key, lambda: _currency_of(caller, object, value, names))


def _currency_of(caller: Caller, object: str, value: ReportValue, names: frozenset[str]) -> str:
    found: set[str] = set()
    try:
        parts = split(value.text, scope(caller.rights, object, "aggregate"), names - {value.name})
        for measure in parts.measures:
            paths = (n.names for n in nodes.walk(parse(measure.text)) if isinstance(n, nodes.Path))
            for field in (field_at(caller.rights, measure.object, path) for path in paths):
                if field.type.expression_type == "money":
                    kept = None if field.settings.get("currency_field") else field.settings.get("currency")
                    found.add(kept or caller.tenant.currency)
    except (ExpressionError, BadField):
        return caller.tenant.currency
    return found.pop() if len(found) == 1 else caller.tenant.currency


def _uncounted(caller: Caller, report: ReportModel, values: tuple[ReportValue, ...]) -> tuple[ReportValue, ...]:
    names = {value.name for value in values}
    texts: dict[str, None] = {}
    for value in values:
        try:
            parts = split(value.text, scope(caller.rights, report.object, "aggregate"), names - {value.name})
            for measure in parts.measures:
                texts |= dict.fromkeys(_counts(caller, report, measure))
        except ExpressionError:
            continue  # running the report says what is wrong
    return tuple(
        ReportValue(f"{PREFIX}{i}", Label("", ""), text, "number", hidden=True) for i, text in enumerate(texts)
    )


def _counts(caller: Caller, report: ReportModel, measure: Measure) -> Iterator[str]:
    call = parse(measure.text)
    if not isinstance(call, nodes.Call) or not call.arguments or call.name == "COUNT":
        return
    for path in (node.names for node in nodes.walk(call.arguments[0]) if isinstance(node, nodes.Path)):
        missing = _missing(caller, measure.object, path)
        if missing is None:
            continue
        relation = _relation(caller, report.object, measure)
        if relation is not None:
            yield f"COUNT({relation}{missing})"


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


def _relation(caller: Caller, object: str, measure: Measure) -> str | None:
    """What stands before the condition: the relation that leads to the measure's records, "" for the report's own."""
    if not measure.up:
        return ""
    if len(measure.up) > 1:
        return None  # relations of relations: their own report says it
    relations = scope(caller.rights, object).relations(object)
    return next(
        (
            f"{name}, "
            for name, link in relations.items()
            if (link.object, link.name) == (measure.object, measure.up[0])
        ),
        None,
    )
