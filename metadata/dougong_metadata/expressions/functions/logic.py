"""Functions that choose, and those about blanks."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, declare, function
from dougong_metadata.expressions.sql import Element, sql
from dougong_metadata.label import Label

_FOLLOWS = Label("An unknown condition counts as false where the whole is decided.", "未知的条件在最终判断时按假处理。")


@function(
    "IF(condition: boolean, then: same, otherwise?: same) -> same",
    "The second value if the condition is true, else the third (blank if it is left out).",
    "条件为真时取第二个值，否则取第三个值（省略时为空）。",
    {'IF(2 > 1, "more", "less")': "more", "IF(NULL = 1, 1, 2)": "2", "IF(1 = 2, 5)": None},
    blank=Label("An unknown condition takes the third value.", "条件未知时取第三个值。"),
)
def if_(condition: Element, then: Element, otherwise: Element | None = None) -> Element:
    if otherwise is None:
        return sql("(CASE WHEN {} THEN {} END)", condition, then)
    return sql("(CASE WHEN {} THEN {} ELSE {} END)", condition, then, otherwise)


@function(
    "CASE(value: same, ...matches: same) -> same",
    "Compares the value with each match in turn and gives the result beside the first that equals it, else the last "
    "value: CASE(value, match, result, …, otherwise).",
    "依次比较，返回第一个相等项后面的结果，否则返回最后一个值：CASE(值, 匹配, 结果, …, 默认值)。",
    {'CASE(2, 1, "one", 2, "two", "many")': "two", 'CASE(9, 1, "one", "many")': "many"},
    blank=Label("A blank value matches nothing and gives the last value.", "空值不匹配任何项，返回最后一个值。"),
)
def case(value: Element, *rest: Element) -> Element:
    pairs = (len(rest) - 1) // 2
    return sql("(CASE {} " + "WHEN {} THEN {} " * pairs + "ELSE {} END)", value, *rest)


declare(
    "AND(...conditions: boolean) -> boolean",
    "True if every condition is; the same as `a and b`.",
    "所有条件都为真时为真；等同于 a and b。",
    {"AND(1 = 1, 2 > 1)": "true", "1 = 1 and 2 < 1": "false"},
    blank=_FOLLOWS,
    group="logic",
    operation="and",
)
declare(
    "OR(...conditions: boolean) -> boolean",
    "True if one of the conditions is; the same as `a or b`.",
    "任一条件为真时为真；等同于 a or b。",
    {"OR(1 = 2, 2 > 1)": "true", "1 = 2 or 2 < 1": "false"},
    blank=_FOLLOWS,
    group="logic",
    operation="or",
)
declare(
    "NOT(condition: boolean) -> boolean",
    "True if the condition is false; the same as `not a`.",
    "条件为假时为真；等同于 not a。",
    {"NOT(1 = 2)": "true"},
    blank=Label("Not unknown is unknown: false where the whole is decided.", "未知取反仍为未知，最终判断时按假处理。"),
    group="logic",
    operation="not",
)
declare(
    "ISBLANK(value: any) -> boolean",
    'Whether there is no value; `value = NULL` and `value = ""` ask the same.',
    '是否为空；value = NULL 和 value = "" 含义相同。',
    {'ISBLANK("")': "true", "ISBLANK(5)": "false", 'ISBLANK(TRIM("  "))': "true"},
    blank=NEVER_BLANK,
    group="logic",
    operation="isblank",
    aliases=("ISNULL",),
)


@function(
    "BLANKVALUE(value: same, substitute: same) -> same",
    "The value, or the substitute if it is blank.",
    "返回该值；为空时返回替代值。",
    {'BLANKVALUE("", "none")': "none", "BLANKVALUE(3, 0)": "3"},
    blank=Label("Blank if both are.", "两者都为空时为空。"),
    aliases=("NULLVALUE", "IFERROR"),
    differs=Label(
        "BLANKVALUE, NULLVALUE and IFERROR are one: nothing raises an error here, what has no answer is blank.",
        "BLANKVALUE、NULLVALUE 与 IFERROR 相同：这里不会报错，无解即为空。",
    ),
)
def blankvalue(value: Element, substitute: Element) -> Element:
    return sql("coalesce({}, {})", value, substitute)


@function(
    "COALESCE(value: same, ...others: same) -> same",
    "The first value that is not blank.",
    "返回第一个非空的值。",
    {'COALESCE(NULL, "", "third")': "third", "COALESCE(NULL, 2, 3)": "2"},
    blank=Label("Blank if all are.", "全部为空时为空。"),
)
def coalesce(*values: Element) -> Element:
    return sql(f"coalesce({', '.join(['{}'] * len(values))})", *values)


declare(
    "ISPICKVAL(field: text, value: choice) -> boolean",
    'Whether a picklist field has this value; the same as `field = "value"`.',
    '选项字段是否为该值；等同于 field = "值"。',
    {'ISPICKVAL("open", "open")': "true"},
    group="logic",
    operation="=",
)


@function(
    "INCLUDES(field: list, value: choice) -> boolean",
    "Whether a field of several values contains this one.",
    "多选字段是否包含该值。",
    {},
)
def includes(field: Element, value: Element) -> Element:
    return sql("({} @> ARRAY[{}])", field, value)
