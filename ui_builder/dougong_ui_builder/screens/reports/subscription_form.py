"""The form of a subscription: what stands in it, what was posted, and how it reads in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import request

from dougong_platform import shares
from dougong_platform.errors import NotFound
from dougong_platform.reports.finding import find
from dougong_platform.reports.subscriptions.schedule import Schedule
from dougong_platform.reports.subscriptions.stored import FILTERS, REPORT, SET, USER, Subscription
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder.words import gettext, lazy_gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

WEEKDAYS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)
ALWAYS, ROWS, ABOVE, BELOW = "always", "rows", "above", "below"


@dataclass(slots=True)
class Form:
    """`people`: (id, name) of those who get it; `sets`: names; `filters` as they are kept. `errors` by field."""

    people: list[tuple[str, str]] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    cadence: str = "weekly"
    hour: int = 8
    weekday: int = 1
    day: int = 1
    only: str = ALWAYS
    value: str = ""
    than: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    adding: str = ""  # typed as a further person, not found

    def given(self) -> dict[str, Any]:
        """As `keeping` takes it."""
        only_if: dict[str, Any] | None = None
        if self.only == ROWS:
            only_if = {"rows": True}
        elif self.only in (ABOVE, BELOW):
            only_if = {"value": self.value, "is": self.only, "than": self.than}
        recipients = [{"kind": USER, "id": id} for id, _ in self.people]
        return {
            "recipients": recipients + [{"kind": SET, "id": name} for name in self.sets],
            "cadence": self.cadence,
            "hour": self.hour,
            "weekday": self.weekday,
            "day": self.day,
            "filters": self.filters,
            "only_if": only_if,
        }


def fresh(caller: Caller, filters: dict[str, str]) -> Form:
    """The form of a new one: to oneself, every Monday at eight."""
    return Form(people=[(caller.user, names_of(caller).get(caller.user, ""))], filters=filters)


def form_of(caller: Caller, one: Subscription) -> Form:
    """The form of one that is there."""
    names = names_of(caller)
    only_if = one.only_if or {}
    schedule = one.schedule
    return Form(
        [(r.id, names.get(r.id, gettext("(no longer there)"))) for r in one.recipients if r.kind == USER],
        [r.id for r in one.recipients if r.kind == SET],
        schedule.cadence,
        schedule.hour,
        schedule.weekday or 1,
        schedule.day or 1,
        only_if.get("is") or (ROWS if only_if else ALWAYS),
        only_if.get("value", ""),
        only_if.get("than", ""),
        dict(one.filters),
    )


def posted(caller: Caller) -> Form:
    """What was sent. A further person is named by id, or by a name that only one has."""
    sent, names = request.form, names_of(caller)
    made = Form(
        [(id, names.get(id, gettext("(no longer there)"))) for id in dict.fromkeys(sent.getlist("person"))],
        list(dict.fromkeys(sent.getlist("set"))),
        sent.get("cadence", ""),
        _number(sent.get("hour")),
        _number(sent.get("weekday")),
        _number(sent.get("day")),
        sent.get("only", ALWAYS),
        sent.get("value", "").strip(),
        sent.get("than", "").strip(),
        {name: sent[name].strip() for name in FILTERS if sent.get(name, "").strip()},
    )
    id, words = sent.get("further", ""), sent.get("further:text", "").strip()
    if id or words:
        subject = shares.find(caller, id) if id else shares.the_one_called(caller, words)
        if subject is None or subject.kind != USER:
            made.adding = words
            made.errors["recipients"] = [
                gettext("Nobody and nothing is called exactly “%(name)s”. Choose from the suggestions.", name=words)
            ]
        elif subject.id not in dict(made.people):
            made.people.append((subject.id, subject.name))
    return made


def names_of(caller: Caller) -> dict[str, str]:
    """{id: name} of everybody."""
    people = organisation_of(caller.database, caller.tenant, caller.stamp).people
    return {id: person.name for id, person in people.items()}


def schedule_words(schedule: Schedule) -> str:
    """Every Monday at 8:00."""
    if schedule.cadence == "weekly":
        return gettext(
            "Every %(weekday)s at %(hour)s:00",
            weekday=str(WEEKDAYS[(schedule.weekday or 1) - 1]),
            hour=schedule.hour,
        )
    if schedule.cadence == "monthly":
        return gettext("On day %(day)s of every month at %(hour)s:00", day=schedule.day, hour=schedule.hour)
    return gettext("Every day at %(hour)s:00", hour=schedule.hour)


def value_choices(caller: Caller, kind: str, key: str) -> list[tuple[str, str]]:
    """(name, label) of a report's values, for the condition."""
    if kind != REPORT:
        return []
    try:
        report = find(caller, key).report
    except NotFound:
        return []
    return [(value.name, value.label.text(caller.locale)) for value in report.values if not value.hidden]


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 4 else -1
