"""Announcement: a text that stands out, up to a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, LabelText, OneOf, Text, about
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget

TONES = {
    "info": ("Information", "提示"),
    "good": ("Good news", "喜讯"),
    "warn": ("Warning", "提醒"),
    "bad": ("Urgent", "紧急"),
}


class AnnouncementWidgetKeys(Body):
    text = LabelText(2_000, required=True, metadata=about("Text", "内容"))
    tone = OneOf(TONES, load_default="info", metadata=about("Tone", "语气"))
    until = Text(
        10,
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z",
        "2026-12-31",
        metadata=about("Until", "截止日期", "The last day on which it is shown.", "显示的最后一天。", "date"),
    )


class AnnouncementWidget(Widget):
    name = "announcement"
    label = {"en": "Announcement", "zh": "公告"}
    help = {"en": "A text that stands out.", "zh": "突出显示的一段文字。"}
    icon = "speakerphone"
    size, least = (12, 2), (2, 1)
    options = AnnouncementWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        given.day("until")
        return given.settings()
