"""Reads the forms about people: links may be an id or, without JavaScript, only the words that somebody typed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import request

from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import Department, departments
from dougong_ui_builder.builder.people.frame import Errors
from dougong_ui_builder.suggestions import the_one_called
from dougong_ui_builder.words import gettext

TEXTS = ("name", "email", "phone", "title", "department", "locale", "timezone")
_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def user_values(caller: Caller, errors: Errors) -> dict[str, Any]:
    """The fields of a user that the form holds; a manager who cannot be found goes into `errors`."""
    found: dict[str, Any] = {name: request.form[name].strip() or None for name in TEXTS if name in request.form}
    if "manager" in request.form or "manager:text" in request.form:
        found["manager"] = person(caller, "manager", errors)
    return found


def person(caller: Caller, field: str, errors: Errors) -> str | None:
    """The user whom a link field names, None for nobody; an unknown name goes into `errors`."""
    typed = request.form.get(f"{field}:text", "").strip()
    given = request.form.get(field, "").strip()
    if given or not typed:
        return given or None
    found = the_one_called(caller, "user", typed)
    if found is None:
        errors[field] = [gettext("Nobody, or more than one, is called “%(name)s”.", name=typed[:60])]
    return found


def number(field: str) -> int | None:
    """A whole number of the form, None for anything else."""
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def department_options(caller: Caller, keep: str | None = None, without: str | None = None) -> list[tuple[str, str]]:
    """(id, indented name) of active departments and the one kept; not `without` and what is below it."""
    return options_of(departments(caller), keep, without)


def options_of(tree: list[Department], keep: str | None = None, without: str | None = None) -> list[tuple[str, str]]:
    """As `department_options`, of a tree that was read before."""
    left_out: set[str] = {without} if without else set()
    found = []
    for one in tree:
        if one.parent in left_out:
            left_out.add(one.id)
        if one.id not in left_out and (one.active or one.id == keep):
            found.append((one.id, "\u3000" * one.depth + one.name))
    return found


@lru_cache(maxsize=1)
def zone_options() -> list[tuple[str, str]]:
    """Time zones by the name of a place."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in _REGIONS)
    return [(name, name.replace("_", " ")) for name in ("UTC", *names)]
