"""Approvals in words: states, deadlines and lengths of time. Used by the inbox, the approval's page and the
record's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dougong_ui_builder.formats import as_moment, day, day_in_words, today
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_platform.approvals.moves.submit import Submitted

SOON = 24 * 3600  # seconds: from then on a deadline is shown in red


def text_of(said: Mapping[str, str] | Any | None) -> str:
    """A text in both languages, or a Label, in the reader's."""
    if said is None:
        return ""
    if hasattr(said, "text"):
        return str(said.text(current_locale()))
    if isinstance(said, str):
        return said
    return str(said.get(current_locale()) or said.get("en") or "")


def verdict_said(state: str) -> tuple[str, str]:
    """What somebody did with a task, and the pill's tone."""
    words = {
        "approved": (gettext("approved"), "good"),
        "rejected": (gettext("rejected"), "bad"),
        "returned": (gettext("returned"), "warn"),
        "transferred": (gettext("transferred"), ""),
        "given": (gettext("opinion given"), "info"),
        "seen": (gettext("seen"), ""),
        "cancelled": (gettext("no longer asked"), ""),
        "waiting": (gettext("waits for others"), ""),
        "open": (gettext("asked"), "warn"),
    }
    return words.get(state, (state, ""))


def due_said(at: Any) -> tuple[str, str]:
    """A deadline in a few words, and its tone: "Today 18:00", "Tomorrow", "12-03", "2 days overdue"."""
    when = as_moment(at)
    if when is None:
        return "", ""
    left = (when - datetime.now(UTC)).total_seconds()
    days = (when.date() - today()).days
    if left < 0:
        return (gettext("Overdue since %(time)s", time=f"{when:%H:%M}") if days == 0 else overdue(-days)), "bad"
    if days == 0:
        return gettext("Today %(time)s", time=f"{when:%H:%M}"), "bad"
    if days == 1:
        return gettext("Tomorrow"), ""
    return f"{when:%m-%d}" if when.year == today().year else day(when), ""


def due_pill(at: Any) -> tuple[str, str]:
    """The same for the head of an approval: "by 18:00"."""
    when = as_moment(at)
    if when is None:
        return "", ""
    left = (when - datetime.now(UTC)).total_seconds()
    days = (when.date() - today()).days
    if left < 0:
        return due_said(at)
    if days == 0:
        return gettext("by %(time)s", time=f"{when:%H:%M}"), "bad"
    return gettext("by %(time)s", time=f"{day_in_words(when)} {when:%H:%M}"), "warn" if left < SOON else ""


def overdue(days: int) -> str:
    """How long ago a deadline passed, in days."""
    return ngettext("%(num)d day overdue", "%(num)d days overdue", max(1, days))


def length_said(seconds: float) -> str:
    """ "22 min", "6 h 12 min", "2 d 4 h"; "under 1 min" for less."""
    minutes = int(seconds // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return gettext("%(days)s d %(hours)s h", days=days, hours=hours) if hours else gettext("%(days)s d", days=days)
    if hours:
        return (
            gettext("%(hours)s h %(rest)s min", hours=hours, rest=rest) if rest else gettext("%(hours)s h", hours=hours)
        )
    return gettext("%(rest)s min", rest=rest) if rest else gettext("under 1 min")


def between(start: Any, end: Any) -> str:
    """How long something took; "" where that is not known."""
    first, last = as_moment(start), as_moment(end)
    return length_said((last - first).total_seconds()) if first and last and last >= first else ""


def left_said(at: Any) -> tuple[str, bool]:
    """How much of the time is left, and whether it is over."""
    when = as_moment(at)
    if when is None:
        return "", False
    left = (when - datetime.now(UTC)).total_seconds()
    if left < 0:
        return gettext("%(time)s over the limit", time=length_said(-left)), True
    return gettext("%(time)s left", time=length_said(left)), False


def copy_said(label: str) -> str:
    """What a node that sends copies is called, saying that it does."""
    if label.casefold().startswith(("copy", "copies", "抄送")):
        return label
    return gettext("Copy: %(node)s", node=label)


def submitted_said(at: Any) -> str:
    """When somebody submitted it, for "… submitted it %(when)s": today 09:58, yesterday 15:06, 20 Nov 2026 09:58."""
    when = as_moment(at)
    if when is None:
        return ""
    days = (today() - when.date()).days
    clock = f"{when:%H:%M}"
    if days == 0:
        return gettext("today %(time)s", time=clock)
    if days == 1:
        return gettext("yesterday %(time)s", time=clock)
    return f"{day_in_words(when)} {clock}"


def outcome_said(answer: Submitted) -> str:
    """What to say after it was submitted."""
    if answer.state == "approved":
        return gettext("Submitted, and approved at once: nobody had to be asked.")
    if answer.state == "rejected":
        return gettext("Submitted, and rejected at once; see why on the approval.")
    return gettext("Submitted for approval.")
