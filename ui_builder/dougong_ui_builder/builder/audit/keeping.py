"""The choices for how long the audit log is kept, in words, and what the form of them posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dougong_tenants.audit.retention import FEWEST_DAYS, MOST_DAYS
from dougong_ui_builder.words import gettext, ngettext

EVER = "ever"
_OFFERED = (30, 90, 180, 365, 730, 1095, 1825, 3650)
_YEAR = 365


def keeping_options(days: int | None) -> list[tuple[str, str]]:
    """(value, text), with the present choice wherever it stands among them."""
    offered = sorted({*_OFFERED, *(() if days is None else (days,))})
    return [*((str(one), keeping_words(one)) for one in offered), (EVER, gettext("For ever"))]


def keeping_words(days: int) -> str:
    """90 days, 2 years."""
    if days % _YEAR == 0:
        return ngettext("%(num)d year", "%(num)d years", days // _YEAR)
    return ngettext("%(num)d day", "%(num)d days", days)


def posted_days(text: str) -> int | None:
    """The number chosen; None for ever. Whatever is no number is 0, which is refused."""
    if text == EVER:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) else 0


def older_than(days: int) -> str:
    """The moment before which entries go, as ISO 8601 text."""
    return (datetime.now(UTC) - timedelta(days=max(days, FEWEST_DAYS))).isoformat()
