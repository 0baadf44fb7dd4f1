"""What stands beside one's own number, in words and on a line: the average of people and the best of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dougong_platform.dashboards.beside import FEWEST
from dougong_platform.reports.number_texts import as_decimal, headline
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.dashboards.widget_data import Beside

_NOTHING = Decimal(0)


def beside(found: Beside, own: Decimal | None, kind: Any) -> dict[str, Any]:
    """{average, best, about} with places on a line in percent {own, at}; or {why} there is nothing."""
    if found.hidden is not None:
        return {"why": _why(found.hidden)}
    average, best = as_decimal(found.average) or _NOTHING, as_decimal(found.best)
    most = max(abs(number or _NOTHING) for number in (own, average, best))
    if found.whose == "company":
        about = gettext("Of %(n)s people in the company", n=found.people)
    else:
        about = gettext("Of the %(n)s people whom you see", n=found.people)
    return {
        "average": headline(average, *kind),
        "best": headline(best, *kind) if best is not None else "",
        "about": about,
        "own": _place(own, most),
        "at": _place(average, most),
    }


def _place(number: Decimal | None, most: Decimal) -> float:
    """How far along the line, in percent."""
    return round(float(100 * max(number or _NOTHING, _NOTHING) / most), 1) if most else 0.0


def _why(hidden: str) -> str:
    if hidden == "few":
        return gettext("No average yet: fewer than %(n)s people have a number, which would show theirs.", n=FEWEST)
    if hidden == "range":
        return gettext("The average is told of whole periods: choose one instead of single days.")
    return gettext("The person under whose access the average is worked out has left.")
