"""Cron lines in words, for those that people usually write, and the next times at which any of them strikes."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from dougong_ui_builder.words import gettext, lazy_gettext

NEXT = 5
DAYS = (
    lazy_gettext("Sunday"),
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
)
# What may be chosen instead of being written.
USUAL = (
    ("0 9 * * *", lazy_gettext("Every day at 09:00")),
    ("0 9 * * 1-5", lazy_gettext("Monday to Friday at 09:00")),
    ("0 9 * * 1", lazy_gettext("Every Monday at 09:00")),
    ("0 9 1 * *", lazy_gettext("On the 1st of each month at 09:00")),
    ("0 * * * *", lazy_gettext("Every hour")),
    ("*/15 * * * *", lazy_gettext("Every 15 minutes")),
)


def in_words(cron: str) -> str:
    """ "every Monday at 09:00"; the line itself where words would be longer than it."""
    parts = cron.split()
    if len(parts) != 5:
        return cron
    minute, hour, day, month, weekday = parts
    every = re.fullmatch(r"\*/(\d+)", minute)
    if (hour, day, month, weekday) == ("*", "*", "*", "*"):
        if every:
            return gettext("every %(num)s minutes", num=every[1])
        if minute.isdigit():
            return gettext("every hour at minute %(num)s", num=minute)
    if not (minute.isdigit() and hour.isdigit()) or month != "*":
        return cron
    time = f"{int(hour):02d}:{int(minute):02d}"
    if (day, weekday) == ("*", "*"):
        return gettext("every day at %(time)s", time=time)
    if day == "*":
        said = weekdays(weekday)
        return gettext("every %(days)s at %(time)s", days=said, time=time) if said else cron
    if weekday == "*" and day.isdigit():
        return gettext("on day %(num)s of each month at %(time)s", num=day, time=time)
    return cron


def weekdays(text: str) -> str:
    """ "Monday, Friday" or "Monday to Friday"; "" for what is neither."""
    span = re.fullmatch(r"([0-7])-([0-7])", text)
    if span:
        return gettext("%(first)s to %(last)s", first=DAYS[int(span[1]) % 7], last=DAYS[int(span[2]) % 7])
    if re.fullmatch(r"[0-7](,[0-7])*", text):
        return gettext(", ").join(str(DAYS[int(one) % 7]) for one in text.split(","))
    return ""


def next_times(cron: str, zone: ZoneInfo) -> list[datetime]:
    """The next five times in the tenant's zone; none for what is no cron line."""
    if len(cron.split()) != 5:
        return []
    try:
        found = CronSim(cron, datetime.now(zone))
        return [moment for moment, _ in zip(found, range(NEXT), strict=False)]
    except CronSimError:
        return []
