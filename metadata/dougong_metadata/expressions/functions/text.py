"""Functions over text. Positions count characters from 1; upper and lower case are different letters."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import function
from dougong_metadata.expressions.sql import Element, constant, once, parameter, sql, truth
from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label

# Text is never "" in a table: a text that comes out empty is blank.
_EMPTY_IS_BLANK = Label("Blank if a value is blank, or if nothing is left.", "任一值为空或结果没有字符时为空。")
_PAD_LIMIT = 10_000
NUMBER_SHAPE = "^\\s*[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)\\s*$"


def _size(number: Element, least: int = 0, most: int = 1_000_000) -> Element:
    """A whole number held within least..most (width_bucket is strict, so blank stays blank), as an integer."""
    buckets = most - least
    shift = f" + {least}" if least > 0 else f" - {-least}" if least < 0 else ""
    return sql(f"(width_bucket({{}}, {least + 1}, {most + 1}, {buckets}){shift})", number)


@function(
    "TEXT(value: scalar) -> text",
    "A number, date, time or picklist value as text: 12.5, 2026-01-31, 2026-01-31 18:30:00 (in the user's time zone).",
    "把数字、日期、时间或选项值转换为文本：12.5、2026-01-31、2026-01-31 18:30:00（用户所在时区）。",
    {"TEXT(12.50)": "12.5", "TEXT(DATE(2026, 1, 31))": "2026-01-31", "TEXT(1 = 1)": "true"},
    by_type=True,
    differs=Label(
        "A number, a date or a moment is written in one way; a spreadsheet's TEXT takes a format as its second value.",
        "数字、日期与时间只有一种写法；电子表格的 TEXT 以第二个参数指定格式。",
    ),
)
def text(kind: Type, value: Element) -> Element:
    if kind.is_number:
        return sql("CAST(trim_scale({}) AS text)", value)
    if kind.name == "datetime":
        zone = parameter("env_timezone", "text")
        return sql("to_char({} AT TIME ZONE {}, 'YYYY-MM-DD HH24:MI:SS')", value, zone)
    return sql("CAST({} AS text)", value)


@function(
    "VALUE(text: text) -> number",
    'The number that a text spells, such as "12.50" or "-3".',
    '把文本转换为数字，例如 "12.50"、"-3"。',
    {'VALUE("12.50") * 2': "25.00", 'VALUE("1,000")': None, 'VALUE("abc")': None},
    blank=Label("Blank if the text is blank or no number.", "文本为空或不是数字时为空。"),
    differs=Label(
        "Text that spells no number gives blank; elsewhere it is an error.",
        "不是数字的文本结果为空；在其他系统中会报错。",
    ),
)
def value(given: Element) -> Element:
    return once(f"CASE WHEN {{t}} ~ '{NUMBER_SHAPE}' THEN CAST({{t}} AS numeric) END", t=sql("left({}, 60)", given))


@function(
    "LEN(text: text) -> number",
    "How many characters a text has.",
    "文本的字符数。",
    {'LEN("斗拱")': "2", 'LEN("")': "0"},
    blank=Label("0 for blank text.", "空文本为 0。"),
)
def len_(given: Element) -> Element:
    return sql("CAST(coalesce(char_length({}), 0) AS numeric)", given)


@function(
    "LEFT(text: text, length: number) -> text",
    "The first characters of a text.",
    "文本开头的若干字符。",
    {'LEFT("Dougong", 3)': "Dou", 'LEFT("书名", 1)': "书", 'LEFT("ab", 0)': None},
    blank=_EMPTY_IS_BLANK,
)
def left(given: Element, length: Element) -> Element:
    return sql("nullif(left({}, {}), '')", given, _size(length))


@function(
    "RIGHT(text: text, length: number) -> text",
    "The last characters of a text.",
    "文本末尾的若干字符。",
    {'RIGHT("Dougong", 4)': "gong"},
    blank=_EMPTY_IS_BLANK,
)
def right(given: Element, length: Element) -> Element:
    return sql("nullif(right({}, {}), '')", given, _size(length))


@function(
    "MID(text: text, start: number, length: number) -> text",
    "Characters from the middle of a text, from position `start` on (the first is 1).",
    "从第 start 个字符起（从 1 开始）取若干字符。",
    {'MID("Dougong", 4, 2)': "go", 'MID("abc", 9, 2)': None},
    blank=_EMPTY_IS_BLANK,
    differs=Label(
        "A start below 1 is taken as 1.",
        "小于 1 的起始位置按 1 处理。",
    ),
)
def mid(given: Element, start: Element, length: Element) -> Element:
    return sql("nullif(substring({} FROM {} FOR {}), '')", given, _size(start, 1), _size(length))


@function(
    "FIND(part: text, text: text, start?: number) -> number",
    "The position of a part in a text, looked for from `start` on; 0 if it is not there.",
    "某段文字在文本中的位置（从 start 起查找）；找不到时为 0。",
    {'FIND("g", "Dougong")': "4", 'FIND("g", "Dougong", 5)': "7", 'FIND("x", "Dougong")': "0"},
)
def find(part: Element, given: Element, start: Element | None = None) -> Element:
    if start is None:
        return sql("CAST(strpos({}, {}) AS numeric)", given, part)
    return once(
        "CAST(CASE strpos(substring({t} FROM {s}), {p}) WHEN 0 THEN 0 "
        "ELSE strpos(substring({t} FROM {s}), {p}) + {s} - 1 END AS numeric)",
        t=given,
        s=_size(start, 1),
        p=part,
    )


@function(
    "SUBSTITUTE(text: text, old: text, new: text) -> text",
    "The text with every occurrence of `old` replaced by `new`.",
    "把文本中的 old 全部替换为 new。",
    {'SUBSTITUTE("a-b-c", "-", "/")': "a/b/c", 'SUBSTITUTE("a-b", "-", "")': "ab"},
    blank=Label("Blank if the text is; blank `old`, `new` are empty.", "文本为空时为空；old、new 为空按空文本处理。"),
)
def substitute(given: Element, old: Element, new: Element) -> Element:
    return sql("nullif(replace({}, coalesce({}, ''), coalesce({}, '')), '')", given, old, new)


@function(
    "CONTAINS(text: text, part: text) -> boolean",
    "Whether the part occurs in the text; upper and lower case differ.",
    "文本是否包含某段文字（区分大小写）。",
    {'CONTAINS("Dougong", "gong")': "true", 'CONTAINS("Dougong", "GONG")': "false", 'CONTAINS("50%", "%")': "true"},
    differs=Label(
        "A blank part is unknown; in Salesforce every text contains the empty text.",
        "要查找的文字为空时结果未知；在 Salesforce 中任何文本都包含空文本。",
    ),
)
def contains(given: Element, part: Element) -> Element:
    return truth("(strpos({}, {}) > 0)", given, part)


@function(
    "BEGINS(text: text, part: text) -> boolean",
    "Whether the text begins with the part.",
    "文本是否以某段文字开头。",
    {'BEGINS("Dougong", "Dou")': "true", 'BEGINS("Dougong", "ou")': "false"},
    differs=Label(
        "A blank part is unknown; in Salesforce every text begins with the empty text.",
        "要查找的文字为空时结果未知；在 Salesforce 中任何文本都以空文本开头。",
    ),
)
def begins(given: Element, part: Element) -> Element:
    return truth("starts_with({}, {})", given, part)


@function(
    "ENDS(text: text, part: text) -> boolean",
    "Whether the text ends with the part.",
    "文本是否以某段文字结尾。",
    {'ENDS("Dougong", "gong")': "true", 'ENDS("Dougong", "gon")': "false"},
)
def ends(given: Element, part: Element) -> Element:
    return truth("starts_with(reverse({}), reverse({}))", given, part)


@function(
    "TRIM(text: text) -> text",
    "The text without spaces at both ends.",
    "去掉文本首尾的空格。",
    {'TRIM("  a b ")': "a b"},
    blank=_EMPTY_IS_BLANK,
    differs=Label(
        "Blanks inside the text stay, as in Salesforce; a spreadsheet's TRIM takes them, too.",
        "与 Salesforce 相同，文本中间的空格保留；电子表格的 TRIM 会一并去掉。",
    ),
)
def trim(given: Element) -> Element:
    return sql("nullif(btrim({}, E' \\t\\r\\n\\u3000'), '')", given)


@function("UPPER(text: text) -> text", "The text in upper case.", "转换为大写。", {'UPPER("abc")': "ABC"})
def upper(given: Element) -> Element:
    return sql("upper({})", given)


@function("LOWER(text: text) -> text", "The text in lower case.", "转换为小写。", {'LOWER("ABC")': "abc"})
def lower(given: Element) -> Element:
    return sql("lower({})", given)


@function(
    "LPAD(text: text, length: number, pad?: text) -> text",
    f"The text filled on the left to a length (at most {_PAD_LIMIT:,}), or cut to it. Without `pad`, with spaces.",
    f"在左侧补足到指定长度（最多 {_PAD_LIMIT:,}），过长则截断；默认补空格。",
    {'LPAD("7", 3, "0")': "007", 'LPAD("abcd", 2)': "ab"},
    blank=_EMPTY_IS_BLANK,
)
def lpad(given: Element, length: Element, pad: Element | None = None) -> Element:
    return _fill("lpad", given, length, pad)


@function(
    "RPAD(text: text, length: number, pad?: text) -> text",
    f"The text filled on the right to a length (at most {_PAD_LIMIT:,}), or cut to it. Without `pad`, with spaces.",
    f"在右侧补足到指定长度（最多 {_PAD_LIMIT:,}），过长则截断；默认补空格。",
    {'RPAD("7", 3, "0")': "700"},
    blank=_EMPTY_IS_BLANK,
)
def rpad(given: Element, length: Element, pad: Element | None = None) -> Element:
    return _fill("rpad", given, length, pad)


def _fill(call: str, given: Element, length: Element, pad: Element | None) -> Element:
    pad = constant("' '") if pad is None else pad
    return sql(f"nullif({call}({{}}, {{}}, {{}}), '')", given, _size(length, 0, _PAD_LIMIT), pad)
