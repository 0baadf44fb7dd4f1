"""Functions over the characters of a text, and REGEX."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, function
from dougong_metadata.expressions.functions.text import NUMBER_SHAPE
from dougong_metadata.expressions.patterns import MAX_PATTERN, MAX_STATES, MAX_TEXT
from dougong_metadata.expressions.sql import Element, Sql, inline, once, parameter, sql, truth
from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label


@function(
    "REGEX(text: text, pattern: pattern) -> boolean",
    "Whether the whole text matches a regular expression, which stands in quotation marks (with each backslash "
    f"doubled). It may hold characters, `.`, `[a-z]`, `\\\\d \\\\w \\\\s \\\\b`, `\\\\p{{IsHan}}`, groups, `|`, "
    f"`* + ? {{2,5}}` and `(?i)` at its beginning; at most {MAX_PATTERN} characters, and {MAX_STATES} with its "
    "repetitions written out.",
    "整个文本是否匹配正则表达式。正则表达式须带引号（反斜杠写两个），可使用字符、`.`、`[a-z]`、"
    "`\\\\d \\\\w \\\\s \\\\b`、`\\\\p{IsHan}`、分组、`|`、`* + ? {2,5}`，以及开头的 `(?i)`；"
    f"最多 {MAX_PATTERN} 个字符，展开重复后最多 {MAX_STATES} 个。",
    {
        'REGEX("A-12", "[A-Z]-[0-9]+")': "true",
        'REGEX("A-12b", "[A-Z]-[0-9]+")': "false",
        'REGEX("13812345678", "1[3-9]\\\\d{9}")': "true",
        'REGEX("斗拱", "\\\\p{IsHan}+")': "true",
        'REGEX("Dougong", "(?i)dou.*")': "true",
    },
    blank=Label(
        f"Blank if the text is, or is longer than {MAX_TEXT:,} characters.",
        f"文本为空或超过 {MAX_TEXT:,} 个字符时为空。",
    ),
    group="text",
    differs=Label(
        "As in Salesforce the whole text is matched. Look-around and references back to a group are refused, because "
        "a pattern must not be able to keep the database busy; the pattern cannot be worked out from fields.",
        "与 Salesforce 相同，匹配整个文本。为避免拖慢数据库，不支持环视与反向引用；正则表达式不能由字段拼成。",
    ),
)
def regex(given: Element, pattern: Element) -> Element:
    return truth(
        "({})", once(f"(CASE WHEN char_length({{t}}) <= {MAX_TEXT} THEN {{t}} ~ {{p}} END)", t=given, p=pattern)
    )


@function(
    "ISNUMBER(text: text) -> boolean",
    "Whether a text spells a number, so that VALUE() has an answer.",
    "文本是否为数字（即 VALUE() 有结果）。",
    {'ISNUMBER("12.50")': "true", 'ISNUMBER("1,000")': "false"},
    blank=Label("False for blank text.", "空文本为假。"),
    group="text",
)
def isnumber(given: Element) -> Element:
    return truth(f"coalesce(left({{}}, 60) ~ '{NUMBER_SHAPE}', false)", given)


@function(
    "INITCAP(text: text) -> text",
    "The text with the first letter of each word in upper case, the others in lower case.",
    "每个单词首字母大写，其余小写。",
    {'INITCAP("dou GONG")': "Dou Gong"},
    group="text",
    aliases=("PROPER",),
)
def initcap(given: Element) -> Element:
    return sql("initcap({})", given)


@function(
    "REVERSE(text: text) -> text",
    "The text from its end to its beginning.",
    "把文本倒序排列。",
    {'REVERSE("abc")': "cba"},
    group="text",
)
def reverse(given: Element) -> Element:
    return sql("reverse({})", given)


@function(
    "ASCII(text: text) -> number",
    "The number of the first character (its Unicode code point).",
    "首个字符的 Unicode 编码。",
    {'ASCII("A")': "65", 'ASCII("斗拱")': "26007"},
    group="text",
    aliases=("CODE",),
)
def ascii_(given: Element) -> Element:
    return sql("CAST(ascii({}) AS numeric)", given)


@function(
    "CHR(number: number) -> text",
    "The character with this number (Unicode code point).",
    "Unicode 编码对应的字符。",
    {"CHR(65)": "A", "CHR(26007)": "斗", "CHR(0)": None, "CHR(55296)": None},
    blank=Label("Blank if the number is, or no character has it.", "数字为空或无对应字符时为空。"),
    group="text",
    aliases=("CHAR",),
)
def chr_(number: Element) -> Element:
    return once(
        "(CASE WHEN trunc({n}) BETWEEN 1 AND 55295 OR trunc({n}) BETWEEN 57344 AND 1114111 "
        "THEN chr(CAST(trunc({n}) AS integer)) END)",
        n=number,
    )


@function(
    "BR() -> text",
    "A line break.",
    "换行符。",
    {'LEN("a" & BR() & "b")': "3"},
    blank=NEVER_BLANK,
    group="text",
)
def br() -> Element:
    return sql("CAST(E'\\n' AS text)")


@function(
    "GETLABEL(field: picklist) -> text",
    "The label of a picklist field's value in the user's language; TEXT() gives the value itself.",
    "选项字段的值在用户语言下的标签；TEXT() 返回值本身。",
    {},
    group="text",
    by_type=True,
)
def getlabel(kind: Type, value: Element) -> Element:
    assert kind.picklist is not None, "the checker lets only picklist fields through"
    choices = kind.picklist.values.values()
    if not choices:
        return value
    zh, en = (
        " ".join(f"WHEN {_quoted(c.value)} THEN {_quoted(c.label.text(locale))}" for c in choices)
        for locale in ("zh", "en")
    )
    zh, en = (f"CASE {{v}} {cases} ELSE {{v}} END" for cases in (zh, en))
    asker = parameter("env_locale", "text")
    return once(f"(CASE WHEN starts_with({{l}}, 'zh') THEN {zh} ELSE {en} END)", v=value, l=asker)


def _quoted(text: str) -> str:
    made = inline(text, "text")
    assert isinstance(made, Sql)
    return made.template


@function(
    "PICKLISTCOUNT(field: list) -> number",
    "How many values a field of several values holds.",
    "多选字段选中的个数。",
    {},
    blank=Label("0 for a blank field.", "字段为空时为 0。"),
    group="text",
)
def picklistcount(field: Element) -> Element:
    return sql("CAST(coalesce(cardinality({}), 0) AS numeric)", field)
