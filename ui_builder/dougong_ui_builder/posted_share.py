"""The form that shares: what was posted, for the record's drawer and for many records of a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import request

from dougong_platform import shares
from dougong_platform.errors import FieldError
from dougong_platform.http.caller import Caller
from dougong_ui_builder.words import gettext

FIELDS = ("subject", "access", "until", "role", "note", "relations")


@dataclass(slots=True)
class Posted:
    """`given` is what the engine takes, `typed` what stands in the form; `errors`: sentences by field."""

    given: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=lambda: {"access": "read", "relations": []})
    errors: dict[str, list[str]] = field(default_factory=dict)
    name: str = ""  # of the subject


def read_share(caller: Caller, *, new: bool) -> Posted:
    """The form as it was sent; `new`: it names with whom. Works without JavaScript by names that are unmistakable."""
    form = request.form
    typed: dict[str, Any] = {name: form.get(name, "").strip() for name in ("access", "until", "role", "note")}
    typed["relations"] = form.getlist("relations")
    posted = Posted(typed=typed)
    posted.given = {"access": typed["access"] or "read", "relations": typed["relations"]}
    for name in ("role", "note"):
        if name in form:
            posted.given[name] = typed[name] or None
    if new:
        _read_subject(caller, posted)
    posted.given["until"] = _day(typed["until"], posted)
    return posted


def by_field(errors: Iterable[FieldError]) -> dict[str, list[str]]:
    """Sentences by the form's fields; what belongs to none of them stands at the subject."""
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.field if error.field in FIELDS else "subject", []).append(error.message)
    return found


def _read_subject(caller: Caller, posted: Posted) -> None:
    id, words = request.form.get("subject", ""), request.form.get("subject:text", "").strip()
    posted.name = words
    subject = shares.find(caller, id) if id else shares.the_one_called(caller, words)
    if subject is not None:
        id, posted.name = subject.id, subject.name
    elif words and not id:
        said = gettext("Nobody and nothing is called exactly “%(name)s”. Choose from the suggestions.", name=words)
        posted.errors["subject"] = [said]
    elif not id:
        posted.errors["subject"] = [gettext("Choose a person, a department or a team.")]
    posted.typed |= {"subject": id, "subject:text": words}
    posted.given["subject"] = id


def _day(text: str, posted: Posted) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        posted.errors["until"] = [gettext("This is not a day. Write it as 2026-12-31.")]
        return None
