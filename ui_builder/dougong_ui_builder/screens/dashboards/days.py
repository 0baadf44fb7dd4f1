"""How near a day is, in the few words that stand before a row."""

from __future__ import annotations

from datetime import date, datetime

from dougong_ui_builder.formats import as_date, as_moment, clock, today
from dougong_ui_builder.languages import current_locale, current_timezone
from dougong_ui_builder.words import gettext, ngettext

_WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": tuple("一二三四五六日")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def weekdays() -> tuple[str, ...]:
    """The days of the week as heads of columns, from Monday."""
    return _WEEKDAYS[current_locale()]


def month_in_words(day: date) -> str:
    """Nov 2026, 2026年11月: short, for cards are narrow."""
    return f"{day.year}年{day.month}月" if current_locale() == "zh" else f"{_MONTHS[day.month - 1]} {day.year}"


def is_late(value: str | None) -> bool:
    """Whether a day is past, or a moment is."""
    if not value:
        return False
    if len(value) == 10:
        found = as_date(value)
        return found is not None and found < today()
    moment = as_moment(value)
    return moment is not None and moment < datetime.now(current_timezone())


def when_text(value: str | None) -> str:
    """Short: 10:30 today, "yesterday", "2 days late", else the day."""
    found = as_date(value) if value else None
    if found is None:
        return ""
    days = (found - today()).days
    if days == 0:
        return clock(value) if value and len(value) > 10 else gettext("Today")
    if days == -1:
        return gettext("Yesterday")
    if days == 1:
        return gettext("Tomorrow")
    if -30 <= days < 0:
        return ngettext("%(num)d day late", "%(num)d days late", -days)
    return f"{found:%m-%d}" if found.year == today().year else found.isoformat()
