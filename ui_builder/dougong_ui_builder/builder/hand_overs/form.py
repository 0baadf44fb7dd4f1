"""Reads the form of a hand-over, and keeps what was typed for the form that comes back. Works without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request

from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import BadFilter
from dougong_platform.hand_overs import Choice, Plan
from dougong_platform.hand_overs.plan import MOST_IDS, PARTS, SUCCEEDED, owned_objects
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import parse_filter
from dougong_ui_builder.builder.people.form_values import person
from dougong_ui_builder.builder.people.frame import Errors
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

MOST_INPUTS = 20  # receivers that the form takes
PREFIXES = ("pick.", "which.", "filter.", "ids.", "to.", "receiver.", "part.", "successor", "sent")


@dataclass(frozen=True, slots=True)
class Person:
    """What a person input holds: the id, and the words beside it."""

    id: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One object: `which` is all, filter, ids or view:<name>; `to` takes it alone."""

    picked: bool = True
    which: str = "all"
    filter: str = ""
    ids: tuple[str, ...] = ()
    to: Person = Person()


@dataclass(slots=True)
class Form:
    """`rows` by object; `errors`: {name of an input: [sentence]}."""

    rows: dict[str, Row]
    receivers: list[Person]
    parts: frozenset[str]
    successor: Person
    errors: Errors = field(default_factory=dict)

    def row(self, object: str) -> Row:
        """The row of an object; one that is not in the form is not picked."""
        return self.rows.get(object, Row(picked=False))

    def plan(self, caller: Caller, user: str) -> Plan:
        """What it says."""
        objects = {name: _choice(caller, name, row) for name, row in self.rows.items() if row.picked}
        receivers = tuple(dict.fromkeys(one.id for one in self.receivers if one.id))
        return Plan(user, receivers, objects, self.parts, self.successor.id)

    def counted(self, caller: Caller, user: str) -> Plan:
        """The same without the people: what can be counted whoever is named. A wrong filter finds nothing."""
        objects = {
            name: Choice(ids=()) if f"filter.{name}" in self.errors else _choice(caller, name, row, receivers=False)
            for name, row in self.rows.items()
            if row.picked
        }
        return Plan(user, (), objects)


def first_form(caller: Caller) -> Form:
    """Everything ticked that can be given back; ?object= with ?ids= chooses some records of one object."""
    object, ids = request.args.get("object", ""), _ids(request.args.get("ids", ""))
    if ids and object in owned_objects(caller):
        return form_of_ids(caller, object, ids)
    rows = {name: Row() for name in owned_objects(caller)}
    return Form(rows, [Person()], frozenset(SUCCEEDED), Person())


def form_of_ids(caller: Caller, object: str, ids: tuple[str, ...]) -> Form:
    """These records of one object ticked, and nothing else."""
    rows = {name: Row(picked=False) for name in owned_objects(caller)}
    return Form(rows | {object: Row(which="ids", ids=ids)}, [Person()], frozenset(), Person())


def read_form(caller: Caller) -> Form:
    """The form that was sent; unknown names and wrong filters go into its errors."""
    given, errors = request.form, Errors()
    rows = {}
    for name in owned_objects(caller):
        row = Row(
            f"pick.{name}" in given,
            given.get(f"which.{name}", "all"),
            given.get(f"filter.{name}", "").strip(),
            _ids(given.get(f"ids.{name}", "")),
            _person(caller, f"to.{name}", errors),
        )
        rows[name] = row
        if row.picked and (text := _text(caller, name, row)):
            try:
                parse_filter(caller.rights, name, text)
            except BadFilter as fault:
                errors[f"filter.{name}"] = [fault.message(current_locale())]
    receivers = [
        _person(caller, f"receiver.{n}", errors)
        for n in range(MOST_INPUTS)
        if f"receiver.{n}" in given or f"receiver.{n}:text" in given
    ]
    parts = frozenset(part for part in PARTS if f"part.{part}" in given)
    return Form(rows, receivers or [Person()], parts, _person(caller, "successor", errors), errors)


def sent_again() -> list[tuple[str, str]]:
    """What was sent, for hidden inputs of the page that follows."""
    return [(name, value) for name, value in request.form.items(multi=True) if name.startswith(PREFIXES)]


def placed(errors: Errors, form: Form) -> Errors:
    """The plan's errors by place (objects.book.to) at the form's inputs (to.book)."""
    found: Errors = {}
    for place, sentences in errors.items():
        match place.split("."):
            case ["objects", name, "to"]:
                found[f"to.{name}"] = sentences
            case ["objects", name, *_]:
                found[f"filter.{name}"] = sentences
            case ["people", "successor"]:
                found["successor"] = sentences
            case ["to_users"]:
                found["receiver.0"] = sentences
            case _:
                found[""] = sentences
    return {**found, **form.errors}


def choices(caller: Caller, object: ObjectModel, row: Row) -> list[tuple[str, str]]:
    """What of an object can go: all, the list views' filters, one's own filter, and ids that came along."""
    views = [
        (f"view:{view.name}", gettext("As in the view “%(name)s”", name=label_text(view)))
        for view in caller.model.list_views.get(object.name, ())
        if view.filter is not None and "$user" not in view.filter.text
    ]
    ids = [("ids", gettext("The chosen ones (%(count)s)", count=len(row.ids)))] if row.ids else []
    return [("all", gettext("All records")), *ids, *views, ("filter", gettext("Where a formula is true"))]


def _choice(caller: Caller, object: str, row: Row, *, receivers: bool = True) -> Choice:
    to = (row.to.id,) if receivers and row.to.id else None
    return Choice(_text(caller, object, row), row.ids if row.which == "ids" else None, to)


def _text(caller: Caller, object: str, row: Row) -> str | None:
    """The filter that a row stands for."""
    if row.which == "filter":
        return row.filter or None
    views = caller.model.list_views.get(object, ()) if row.which.startswith("view:") else ()
    return next((v.filter.text for v in views if f"view:{v.name}" == row.which and v.filter is not None), None)


def _person(caller: Caller, name: str, errors: Errors) -> Person:
    id = person(caller, name, errors)
    return Person(id, request.form.get(f"{name}:text", "").strip())


def _ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))[:MOST_IDS]
