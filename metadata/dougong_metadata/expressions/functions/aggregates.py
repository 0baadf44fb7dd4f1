"""Aggregates over the records of a group: for the query endpoint's `aggregates`, and later reports and metrics.

Each takes a condition as its last value: SUM(amount, stage = "open").
"""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, function
from dougong_metadata.expressions.sql import Element, sql
from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label

_PASSED_OVER = Label("Blanks are passed over; blank if nothing is left.", "忽略空值；没有可用的值时为空。")


def _aggregate(call: str, value: Element, condition: Element | None) -> Element:
    if condition is None:
        return sql(call, value)
    return sql(call + " FILTER (WHERE {})", value, condition)


@function(
    "COUNT(condition?: any) -> number",
    "How many records there are, for how many a condition is true, or in how many a field has a value.",
    "记录数；满足条件的记录数；或某字段有值的记录数。",
    {},
    blank=NEVER_BLANK,
    aggregate=True,
    by_type=True,
)
def count(kind: Type | None, condition: Element | None = None) -> Element:
    if condition is None:
        return sql("count(*)")
    if kind is not None and kind.name == "boolean":
        return sql("count(*) FILTER (WHERE {})", condition)
    return sql("count({})", condition)


@function(
    "COUNT_DISTINCT(value: scalar, condition?: boolean) -> number",
    "How many different values there are.",
    "不同值的个数。",
    {},
    blank=Label("Blanks are passed over; never blank.", "忽略空值；结果不为空。"),
    aggregate=True,
)
def count_distinct(value: Element, condition: Element | None = None) -> Element:
    return _aggregate("count(DISTINCT {})", value, condition)


@function(
    "SUM(value: number, condition?: boolean) -> first",
    "The sum of the values.",
    "合计。",
    {},
    blank=Label("Blanks are passed over; the sum of nothing is 0.", "忽略空值；没有值时为 0。"),
    aggregate=True,
)
def sum_(value: Element, condition: Element | None = None) -> Element:
    return sql("coalesce({}, 0)", _aggregate("sum({})", value, condition))


@function(
    "AVG(value: number, condition?: boolean) -> first",
    "The average of the values.",
    "平均值。",
    {},
    blank=_PASSED_OVER,
    aggregate=True,
)
def avg(value: Element, condition: Element | None = None) -> Element:
    return _aggregate("avg({})", value, condition)


@function(
    "MIN(value: sorted, condition?: boolean) -> first",
    "The smallest value.",
    "最小值。",
    {},
    blank=_PASSED_OVER,
    aggregate=True,
)
def min_(value: Element, condition: Element | None = None) -> Element:
    return _aggregate("min({})", value, condition)


@function(
    "MAX(value: sorted, condition?: boolean) -> first",
    "The largest value.",
    "最大值。",
    {},
    blank=_PASSED_OVER,
    aggregate=True,
)
def max_(value: Element, condition: Element | None = None) -> Element:
    return _aggregate("max({})", value, condition)


@function(
    "MEDIAN(value: number, condition?: boolean) -> first",
    "The value in the middle; of an even number of values, the average of the two.",
    "中位数；个数为偶数时取中间两数的平均值。",
    {},
    blank=_PASSED_OVER,
    aggregate=True,
)
def median(value: Element, condition: Element | None = None) -> Element:
    # percentile_cont() would go through floats; the lower and the upper middle are exact.
    lower = _aggregate("percentile_disc(0.5) WITHIN GROUP (ORDER BY CAST({} AS numeric))", value, condition)
    upper = _aggregate("percentile_disc(0.5) WITHIN GROUP (ORDER BY CAST({} AS numeric) DESC)", value, condition)
    return sql("(({} + {}) / 2)", lower, upper)


@function(
    "PERCENTILE(value: number, share: number, condition?: boolean) -> first",
    "The value below which that share of the values lies, such as 0.9; between two values in proportion, as in a "
    "spreadsheet.",
    "有该比例的值低于它的那个值，例如 0.9；落在两个值之间时按比例取值，与电子表格相同。",
    {},
    blank=_PASSED_OVER,
    aggregate=True,
)
def percentile(value: Element, share: Element, condition: Element | None = None) -> Element:
    # Proportions go through floats, which hold 15 digits; a share outside of 0 to 1 is the nearest end.
    at = sql("CAST(least(greatest({}, 0), 1) AS double precision)", share)
    inner = sql("percentile_cont({}) WITHIN GROUP (ORDER BY CAST({} AS double precision))", at, value)
    if condition is not None:
        inner = sql("{} FILTER (WHERE {})", inner, condition)
    return sql("CAST({} AS numeric)", inner)
