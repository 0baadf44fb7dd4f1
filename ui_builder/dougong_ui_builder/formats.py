"""How numbers, money, dates and sizes read in both languages; also template filters of the same names.

Values come as the API shows them: decimals as text, dates and moments in ISO 8601.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from dougong_metadata.field_types.rich_text import cleaned
from dougong_platform.reports import number_texts
from dougong_ui_builder.languages import current_locale, current_timezone
from dougong_ui_builder.words import gettext, ngettext

MINUS = number_texts.MINUS
as_decimal = number_texts.as_decimal
currency_symbol = number_texts.currency_symbol
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def number(value: Any, scale: int | None = None) -> str:
    """1234567.5 → "1,234,567.5" (own decimals), with `scale` exactly that many; "" for nothing."""
    found = as_decimal(value)
    return "" if found is None else number_texts.grouped(found, scale)


def money(value: Any, currency: str | None = "CNY", exact: bool = False, scale: int = 2) -> str:
    """ "¥1,280,000" in lists, where cents show only if there are any; with `exact` always "¥1,280,000.00"."""
    found = as_decimal(value)
    return "" if found is None else number_texts.money(found, currency, exact, scale)


def kpi_money(value: Any, currency: str | None = "CNY") -> str:
    """A headline figure: ¥864,500 · ¥325.4 万 · ¥1.35 亿; in English ¥3.25m, ¥1.35bn. Put `money` into the title."""
    found = as_decimal(value)
    return "" if found is None else number_texts.headline_money(found, currency, current_locale())


def percent(fraction: Any, places: int = 2) -> str:
    """0.18 → "18%", 0.3155 → "31.55%"."""
    found = as_decimal(fraction)
    return "" if found is None else number_texts.percent(found, places)


def file_size(size: int | None) -> str:
    """Bytes as "820 B", "12 KB", "3.4 MB"."""
    amount = Decimal(size or 0)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            places = 1 if unit in ("MB", "GB") and amount < 100 else 0
            return f"{number_texts.grouped(number_texts.rounded(amount, places).normalize(), None)} {unit}"
        amount /= 1024
    raise AssertionError("unreachable")


def as_date(value: Any) -> date | None:
    """The day in an ISO date or moment (the user's day), or None."""
    if isinstance(value, datetime):
        return value.astimezone(current_timezone()).date()
    if isinstance(value, date):
        return value
    try:
        if len(str(value)) == 10:
            return date.fromisoformat(str(value))
    except ValueError:
        return None
    found = as_moment(value)
    return found.date() if found is not None else None


def as_moment(value: Any) -> datetime | None:
    """The moment in ISO text, in the user's time zone; text without a zone is UTC."""
    if value is None or value == "":
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(current_timezone())


def day(value: Any) -> str:
    """2026-12-18, as tables and facts show it in both languages."""
    found = as_date(value) if value else None
    return found.isoformat() if found else ""


def day_in_words(value: Any, weekday: bool = False) -> str:
    """In prose: 11月20日 (周五), with the year unless it is this one; English 20 Nov 2026, Fri 20 Nov 2026."""
    found = as_date(value) if value else None
    if found is None:
        return ""
    if current_locale() == "zh":
        year = "" if found.year == today().year else f"{found.year}年"
        return f"{year}{found.month}月{found.day}日" + (f" 周{_WEEKDAYS_ZH[found.weekday()]}" if weekday else "")
    text = f"{found.day} {_MONTHS_EN[found.month - 1]} {found.year}"
    return f"{_DAYS_EN[found.weekday()]} {text}" if weekday else text


def moment(value: Any) -> str:
    """2026-12-18 10:42 in the user's time zone."""
    found = as_moment(value)
    return f"{found:%Y-%m-%d %H:%M}" if found else ""


def clock(value: Any) -> str:
    """10:42 of a time ("10:42:00") or a moment."""
    text = str(value or "")
    if "T" not in text and ":" in text:
        return text[:5]
    found = as_moment(value)
    return f"{found:%H:%M}" if found else ""


def ago(value: Any) -> Markup:
    """ "18 天前", "3 hours ago", "in 2 days" up to 30 days, then the date; the absolute moment is its title."""
    if (isinstance(value, date) and not isinstance(value, datetime)) or len(str(value)) == 10:
        found = as_date(value)
        if found is None:
            return Markup()
        return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(found.isoformat(), days_from_today(found))
    when = as_moment(value)
    if when is None:
        return Markup()
    words = _moment_from_now(when)
    tag = Markup('<dg-relative-time datetime="{}" title="{}">{}</dg-relative-time>')
    return tag.format(when.astimezone(UTC).isoformat(), moment(when), words)


def days_from_today(value: Any) -> str:
    """A day's distance in words: today, yesterday, 18 days ago, in 3 days; beyond 30 days the date."""
    found = as_date(value)
    if found is None:
        return ""
    days = (found - today()).days
    if days in (-1, 0, 1):
        return (gettext("Yesterday"), gettext("Today"), gettext("Tomorrow"))[days + 1]
    if abs(days) > 30:
        return day(found)
    if days < 0:
        return ngettext("%(num)d day ago", "%(num)d days ago", -days)
    return ngettext("in %(num)d day", "in %(num)d days", days)


def today() -> date:
    """Today where the user is."""
    return datetime.now(current_timezone()).date()


def _moment_from_now(when: datetime) -> str:
    seconds = int((when - datetime.now(UTC)).total_seconds())
    size = abs(seconds)
    if size < 60:
        return gettext("Just now")
    if size >= 86_400:
        return days_from_today(when)
    if size < 3_600:
        minutes = size // 60
        return (
            ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
            if seconds < 0
            else ngettext("in %(num)d minute", "in %(num)d minutes", minutes)
        )
    hours = size // 3_600
    return (
        ngettext("%(num)d hour ago", "%(num)d hours ago", hours)
        if seconds < 0
        else ngettext("in %(num)d hour", "in %(num)d hours", hours)
    )


def rich(value: Any) -> Markup:
    """Formatted text, cleaned of everything that a page must not hold."""
    return Markup(cleaned(str(value or "")))  # noqa: S704  # that is what cleaning is for


def _filter(function: Callable[..., Any]) -> Callable[..., Any]:
    """As a template filter that Jinja never works out while compiling: its result depends on the reader."""

    @pass_context
    @wraps(function)
    def at_request(_context: Context, *given: Any, **options: Any) -> Any:
        return function(*given, **options)

    return at_request


FILTERS = {
    f.__name__: _filter(f)
    for f in (
        number,
        money,
        kpi_money,
        percent,
        file_size,
        day,
        day_in_words,
        moment,
        clock,
        ago,
        days_from_today,
        currency_symbol,
        rich,
    )
}
