"""Texts that screens show as links and pictures: `[label](address)` and `![label](address)`, as Markdown writes them.

They are texts like any other: nothing in them is markup of a page, and only harmless addresses get in.
"""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import function
from dougong_metadata.expressions.sql import Element, constant, once
from dougong_metadata.label import Label

# Web and mail addresses, telephone numbers, and pages of our own; no other scheme, so no script.
_LINK = "^(https?://|mailto:|tel:|/(?!/))"
_PICTURE = "^(https?://|/(?!/))"
_MOST = 2_000  # characters of an address
_DIFFERS = Label(
    "It gives a text as Markdown writes links instead of HTML: screens show a link, exports keep the text. The "
    "address must begin with http://, https://, mailto:, tel: or /, and is escaped.",
    "结果为 Markdown 形式的链接文本（而非 HTML）：界面显示为链接，导出保持原样。"
    "地址须以 http://、https://、mailto:、tel: 或 / 开头，并会转义。",
)


def _escaped(name: str) -> str:
    """SQL for an address in which nothing can end it early: blanks and what Markdown reads are percent-encoded."""
    text = f"left({{{name}}}, {_MOST})"
    for char, code in ((" ", "20"), ('"', "22"), ("(", "28"), (")", "29"), ("<", "3C"), (">", "3E"), ("\\\\", "5C")):
        text = f"replace({text}, E'{char}', chr(37) || '{code}')"
    return f"regexp_replace({text}, '[[:cntrl:][:space:]]', '', 'g')"


def _label(name: str) -> str:
    """SQL for a label whose brackets and backslashes are themselves."""
    return f"regexp_replace(translate({{{name}}}, E'\\r\\n', '  '), '([][\\\\])', '\\\\\\1', 'g')"


def _marked(mark: str, allowed: str, url: Element, label: Element) -> Element:
    return once(
        f"(CASE WHEN {_escaped('u')} ~* '{allowed}' THEN '{mark}[' || {_label('l')} || '](' || {_escaped('u')} || ')' "
        "ELSE {l} END)",
        u=url,
        l=label,
    )


@function(
    "HYPERLINK(url: text, label?: text, target?: text) -> text",
    "A link with a label; the address stands in for one that is left out or blank.",
    "带名称的链接；省略名称或名称为空时显示地址。",
    {
        'HYPERLINK("https://example.org/a b", "Example")': "[Example](https://example.org/a%20b)",
        'LEFT(HYPERLINK("/o/book", "Books"), 11)': "[Books](/o/",
        'HYPERLINK("javascript:alert(1)", "Click")': "Click",
    },
    blank=Label("Blank if the address is.", "地址为空时为空。"),
    group="text",
    differs=_DIFFERS,
)
def hyperlink(url: Element, label: Element | None = None, target: Element | None = None) -> Element:
    return _linked("", _LINK, url, label)


@function(
    "IMAGE(url: text, label?: text, height?: number, width?: number) -> text",
    "A picture with a label for those who cannot see it.",
    "带替代文字的图片。",
    {'IMAGE("https://example.org/a.png", "Cover")': "![Cover](https://example.org/a.png)"},
    blank=Label("Blank if the address is.", "地址为空时为空。"),
    group="text",
    differs=Label(
        "It gives a text as Markdown writes pictures instead of HTML; height and width are taken and not used.",
        "结果为 Markdown 形式的图片文本（而非 HTML）；高度与宽度仅为兼容，不起作用。",
    ),
)
def image(
    url: Element, label: Element | None = None, height: Element | None = None, width: Element | None = None
) -> Element:
    return _linked("!", _PICTURE, url, label)


def _linked(mark: str, allowed: str, url: Element, label: Element | None) -> Element:
    if label is None:
        label = constant("CAST(NULL AS text)")
    named = once("(CASE WHEN {u} IS NOT NULL THEN coalesce(nullif({l}, ''), {u}) END)", u=url, l=label)
    return _marked(mark, allowed, url, named)
