"""What may be set above a report or a dashboard: period, comparison, owner, department. A form that is sent with
GET."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.errors import BadField
from dougong_platform.query.rows import field_at
from dougong_platform.reports import periods
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder.screens.reports.visit import CUSTOM
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.report_types import ReportModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.reports.asked import Asked
    from dougong_tenants.organisation import Department

MOST_PEOPLE = 500  # of a list to choose from; where there are more, one types a name
_NOTHING = "none"
Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be set. `shown`: what holds, in words; `usual`: what the report itself says; `free`: too many
    to list, so that a name is typed."""

    name: str
    label: str
    icon: str
    options: tuple[Option, ...]
    value: str
    shown: str
    usual: str
    free: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """`first` and `last`: the days of a period of one's own."""

    choices: tuple[Choice, ...]
    first: str = ""
    last: str = ""


def bar_of(caller: Caller, report: ReportModel, asked: Asked) -> Bar:
    """What may be set on this report."""
    choices: list[Choice] = []
    if report.period is not None:
        choices.append(period_choice(caller, asked.period, report.period.range))
        if report.type in ("summary", "matrix", "win_loss"):
            choices.append(compare_choice(asked.compare, report.compare))
    if _has_owner(caller, report):
        choices += people_choices(caller, asked)
    first, last = own_days(asked.period)
    return Bar(tuple(choices), first, last)


def own_days(period: str | None) -> tuple[str, str]:
    """The ends of a period that was written out."""
    first, mark, last = (period or "").partition("..")
    return (first, last) if mark else ("", "")


def period_choice(caller: Caller, given: str | None, usual: str) -> Choice:
    """The period, by its words or by days of one's own."""
    locale = caller.locale
    options = [(word, label.text(locale)) for word, label in periods.LABELS.items()]
    value = CUSTOM if given and ".." in given else given or ""
    options.append((CUSTOM, gettext("From … to …")))
    return Choice(
        "period",
        gettext("Period"),
        "calendar",
        tuple(options),
        value,
        said_period(caller, given or usual),
        said_period(caller, usual),
    )


def said_period(caller: Caller, word: str) -> str:
    """A period in words; what is none, as it stands."""
    return periods.label(word).text(caller.locale) if periods.is_period(word) else word


def compare_words() -> Mapping[str, str]:
    """How a period may be compared."""
    return {
        _NOTHING: gettext("no comparison"),
        "previous": gettext("the period before"),
        "year_ago": gettext("a year ago"),
    }


def compare_choice(given: str | None, usual: str | None) -> Choice:
    """What the numbers are compared with."""
    words = compare_words()
    standing = words[usual or _NOTHING]
    shown = words.get(given or usual or _NOTHING, standing)
    return Choice(
        "compare", gettext("Compared with"), "arrows-left-right", tuple(words.items()), given or "", shown, standing
    )


def people_choices(caller: Caller, asked: Asked) -> Iterator[Choice]:
    """Whose records: one person's, or a department's with those below it."""
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    people = sorted((p.name, p.id) for p in organisation.people.values() if p.active or p.id == asked.owner)
    named = {id: name for name, id in people}
    everybody = gettext("everybody")
    yield Choice(
        "owner",
        gettext("Owner"),
        "user",
        () if len(people) > MOST_PEOPLE else tuple((id, name) for name, id in people),
        asked.owner or "",
        named.get(asked.owner or "", gettext("(no longer visible)")) if asked.owner else everybody,
        everybody,
        free=len(people) > MOST_PEOPLE,
    )
    tree = tuple(_indented(organisation.departments))
    if tree:
        found = organisation.departments.get(asked.department or "")
        every = gettext("all departments")
        shown = (found.name if found else gettext("(no longer visible)")) if asked.department else every
        yield Choice("department", gettext("Department"), "hierarchy", tree, asked.department or "", shown, every)


def _indented(departments: Mapping[str, Department]) -> Iterator[Option]:
    """The tree from above, deeper ones indented."""
    below: dict[str | None, list[Department]] = {}
    for one in departments.values():
        below.setdefault(one.parent if one.parent in departments else None, []).append(one)
    waiting = [(one, 0) for one in sorted(below.get(None, ()), key=_name, reverse=True)]
    while waiting:
        one, depth = waiting.pop()
        yield one.id, "\u2003" * depth + one.name
        waiting += [(inner, depth + 1) for inner in sorted(below.get(one.id, ()), key=_name, reverse=True)]


def _name(department: Department) -> str:
    return department.name


def _has_owner(caller: Caller, report: ReportModel) -> bool:
    """Whether the report's records belong to somebody, as far as the reader may know."""
    if (report.object, report.owner) == ("user", "id"):
        return True
    try:
        field = field_at(caller.rights, report.object, tuple(report.owner.split(".")))
    except BadField:
        return False
    return field.to == "user"
