"""Text: words between the numbers."""

from __future__ import annotations

from dougong_metadata.keys import Body, LabelText, about
from dougong_metadata.widgets.base import Widget


class TextWidgetKeys(Body):
    text = LabelText(10_000, required=True, metadata=about("Text", "内容"))


class TextWidget(Widget):
    name = "text"
    label = {"en": "Text", "zh": "文字"}
    help = {"en": "Words between the numbers.", "zh": "数字之间的说明文字。"}
    icon = "align-left"
    size, least = (4, 3), (1, 1)
    options = TextWidgetKeys
