"""Functions over numbers. Numbers are exact decimals; what has no answer (1 / 0, SQRT(-1)) is blank, never an error."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, function
from dougong_metadata.expressions.sql import Element, once, sql
from dougong_metadata.label import Label

_NO_ANSWER = Label("Blank if a value is blank or there is no answer.", "任一值为空或无解时为空。")
_IGNORED = Label("Blanks are passed over; blank if all are.", "忽略空值；全部为空时为空。")
# Results of more than 300 digits are blank too: PostgreSQL would refuse some of them, and nobody reads them.
_LARGEST_EXPONENT = 690


def _places(number: Element | None) -> Element:
    """Decimal places, held within -30 .. 30."""
    return sql("(width_bucket({}, -29, 31, 60) - 30)", number) if number is not None else sql("0")


@function(
    "ROUND(number: number, places?: number) -> first",
    "Rounded to decimal places (0 if left out; negative: tens, hundreds …); halves away from zero.",
    "四舍五入到指定小数位（默认 0；负数表示十位、百位……）。",
    {"ROUND(2.345, 2)": "2.35", "ROUND(-2.5)": "-3", "ROUND(1234, -2)": "1200"},
)
def round_(number: Element, places: Element | None = None) -> Element:
    return sql("round({}, {})", number, _places(places))


@function(
    "TRUNC(number: number, places?: number) -> first",
    "Cut off after decimal places (0 if left out).",
    "截断到指定小数位（默认 0）。",
    {"TRUNC(2.789, 1)": "2.7", "TRUNC(-2.7)": "-2"},
)
def trunc(number: Element, places: Element | None = None) -> Element:
    return sql("trunc({}, {})", number, _places(places))


@function(
    "CEILING(number: number) -> first",
    "Rounded up to a whole number; a negative number away from zero.",
    "向上取整；负数向远离零的方向取整。",
    {"CEILING(2.1)": "3", "CEILING(-2.1)": "-3"},
    differs=Label(
        "As in Salesforce; a spreadsheet's CEILING takes a multiple as its second value.",
        "与 Salesforce 相同；电子表格的 CEILING 以第二个参数指定倍数。",
    ),
)
def ceiling(number: Element) -> Element:
    return once("(sign({n}) * ceil(abs({n})))", n=number)


@function(
    "FLOOR(number: number) -> first",
    "Rounded down to a whole number; a negative number towards zero.",
    "向下取整；负数向零的方向取整。",
    {"FLOOR(2.9)": "2", "FLOOR(-2.9)": "-2"},
    differs=Label(
        "As in Salesforce; a spreadsheet's FLOOR takes a multiple as its second value.",
        "与 Salesforce 相同；电子表格的 FLOOR 以第二个参数指定倍数。",
    ),
)
def floor(number: Element) -> Element:
    return sql("trunc({})", number)


@function(
    "MCEILING(number: number) -> first",
    "The smallest whole number that is not smaller.",
    "不小于该数的最小整数。",
    {"MCEILING(-2.1)": "-2"},
)
def mceiling(number: Element) -> Element:
    return sql("ceil({})", number)


@function(
    "MFLOOR(number: number) -> first",
    "The largest whole number that is not larger.",
    "不大于该数的最大整数。",
    {"MFLOOR(-2.1)": "-3"},
)
def mfloor(number: Element) -> Element:
    return sql("floor({})", number)


@function(
    "MOD(number: number, divisor: number) -> first",
    "The remainder of a division; it has the sign of the number.",
    "除法的余数；符号与被除数相同。",
    {"MOD(123, 100)": "23", "MOD(-3, 2)": "-1", "MOD(3, 0)": None},
    blank=_NO_ANSWER,
    differs=Label(
        "A divisor of 0 gives blank; elsewhere it is an error.",
        "除数为 0 时结果为空；在其他系统中会报错。",
    ),
)
def mod(number: Element, divisor: Element) -> Element:
    return sql("mod({}, nullif({}, 0))", number, divisor)


@function(
    "MAX(value: same, ...others: same) -> same",
    "The largest of the values.",
    "最大的值。",
    {"MAX(3, 7, 5)": "7", "MAX(NULL, 2)": "2"},
    blank=_IGNORED,
)
def max_(*values: Element) -> Element:
    return sql(f"greatest({', '.join(['{}'] * len(values))})", *values)


@function(
    "MIN(value: same, ...others: same) -> same",
    "The smallest of the values.",
    "最小的值。",
    {"MIN(3, 7, 5)": "3", "MIN(DATE(2026, 1, 2), DATE(2025, 1, 2))": "2025-01-02"},
    blank=_IGNORED,
)
def min_(*values: Element) -> Element:
    return sql(f"least({', '.join(['{}'] * len(values))})", *values)


@function("ABS(number: number) -> first", "The number without its sign.", "绝对值。", {"ABS(-3.5)": "3.5"})
def abs_(number: Element) -> Element:
    return sql("abs({})", number)


@function(
    "SQRT(number: number) -> number",
    "The square root.",
    "平方根。",
    {"ROUND(SQRT(2), 4)": "1.4142", "SQRT(-1)": None},
    blank=_NO_ANSWER,
)
def sqrt(number: Element) -> Element:
    return once("(CASE WHEN {n} >= 0 THEN sqrt({n}) END)", n=number)


@function(
    "LN(number: number) -> number",
    "The natural logarithm.",
    "自然对数。",
    {"ROUND(LN(10), 4)": "2.3026", "LN(0)": None},
    blank=_NO_ANSWER,
)
def ln(number: Element) -> Element:
    return once("(CASE WHEN {n} > 0 THEN ln({n}) END)", n=number)


@function(
    "LOG(number: number) -> number",
    "The logarithm to base 10.",
    "以 10 为底的对数。",
    {"ROUND(LOG(1000), 4)": "3.0000", "LOG(-1)": None},
    blank=_NO_ANSWER,
)
def log(number: Element) -> Element:
    return once("(CASE WHEN {n} > 0 THEN log({n}) END)", n=number)


@function(
    "EXP(number: number) -> number",
    "e to the power of the number.",
    "e 的若干次方。",
    {"ROUND(EXP(1), 4)": "2.7183", "EXP(10000)": None},
    blank=_NO_ANSWER,
)
def exp(number: Element) -> Element:
    most = _LARGEST_EXPONENT
    return once(f"(CASE WHEN {{n}} <= {most} THEN exp(greatest({{n}}, -{most})) END)", n=number)


@function(
    "POWER(base: number, exponent: number) -> number",
    "The base to the power of the exponent.",
    "乘方。",
    {"POWER(2, 10)": "1024", "POWER(0, -1)": None, "POWER(-8, 0.5)": None},
    blank=_NO_ANSWER,
)
def power(base: Element, exponent: Element) -> Element:
    fits = f"abs({{e}}) * ln(CASE WHEN {{b}} = 0 THEN 1 ELSE abs({{b}}) END) BETWEEN -{_LARGEST_EXPONENT} AND "
    return once(
        "(CASE WHEN {b} = 0 AND {e} < 0 THEN NULL WHEN {b} < 0 AND {e} <> trunc({e}) THEN NULL "
        f"WHEN {fits}{_LARGEST_EXPONENT} AND abs({{e}}) < 1000000 THEN trim_scale(power({{b}}, {{e}})) END)",
        b=base,
        e=exponent,
    )


@function(
    "PI() -> number",
    "The number π, to 30 digits.",
    "圆周率 π（30 位）。",
    {"ROUND(PI(), 5)": "3.14159"},
    blank=NEVER_BLANK,
)
def pi() -> Element:
    return sql("3.14159265358979323846264338328")
