"""The words of a letter: its table and picture between a head and a foot, as HTML and as text."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dougong_platform.exports.columns import now_in
from dougong_platform.http.caller import Caller
from dougong_platform.notifications.messages import Words
from dougong_platform.reports.subscriptions import words
from dougong_platform.reports.subscriptions.schedule import Schedule
from dougong_platform.reports.subscriptions.sources import Letter
from dougong_platform.reports.subscriptions.stored import DASHBOARD, Subscription

_BUTTON = (
    "display:inline-block;padding:8px 16px;border-radius:6px;background:#2B59C3;color:#FFFFFF;text-decoration:none"
)
_ABOUT = "margin:2px 0 16px;color:#5F6670;font-size:12px"
_FOOT = "margin:24px 0 0;padding-top:12px;border-top:1px solid #E8E8E3;color:#5F6670;font-size:12px"


def inside(site: str, one: Subscription, caller: Caller, letter: Letter, asked: Sequence[str], leave: str) -> Words:
    """What stands in the mail to `caller`; `asked` is what is asked of it in words, `leave` where he unsubscribes."""
    locale = caller.locale
    link = f"{site}{one.address}"
    open_it = (words.OPEN_DASHBOARD if one.kind == DASHBOARD else words.OPEN).text(locale)
    foot = words.FOOT_OWN if one.owner == caller.user else words.FOOT
    why = foot.text(locale).format(owner=one.owner_name or "?", when=schedule_words(one.schedule, locale))
    about = words.AS_OF.text(locale).format(now=f"{now_in(caller.timezone):%Y-%m-%d %H:%M}")
    about = " · ".join([about, *([letter.about] if letter.about else []), *asked])
    html = Markup("<h1 style='font-size:18px;margin:0'>{}</h1><p style='{}'>{}</p>").format(letter.label, _ABOUT, about)
    for number, picture in enumerate(() if letter.placed else letter.pictures):
        html += Markup("<p style='margin:0 0 16px'><img src='cid:chart{}' alt='{}' style='max-width:100%'></p>").format(
            number, picture.about
        )
    html += letter.html
    html += Markup("<p style='margin:20px 0 0'><a href='{}' style='{}'>{}</a></p>").format(link, _BUTTON, open_it)
    html += Markup("<p style='{}'>{} <a href='{}' style='color:#5F6670'>{}</a></p>").format(
        _FOOT, why, leave, words.LEAVE.text(locale)
    )
    text = "\n".join(
        [
            letter.label,
            about,
            "",
            letter.text,
            "",
            f"{open_it}: {link}",
            "",
            "-- ",
            why,
            f"{words.LEAVE.text(locale)}: {leave}",
        ]
    )
    return Words(letter.label, text, html)


def schedule_words(schedule: Schedule, locale: str) -> str:
    """Every Monday at 8:00."""
    weekday = words.WEEKDAYS[(schedule.weekday or 1) - 1].text(locale)
    return words.EACH[schedule.cadence].text(locale).format(weekday=weekday, day=schedule.day, hour=schedule.hour)
