"""What was sent in a form that asks before an act: people by id or by name, files, the comment. Called by `acting`,
submitting and delegations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import request

from dougong_metadata.errors import Fault
from dougong_platform.comments.mentions import mentioned
from dougong_platform.errors import RecordsInvalid
from dougong_platform.files import attachment
from dougong_platform.http.endpoint import engine
from dougong_platform.query import display_names
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.screens.record_values.storing import store
from dougong_ui_builder.suggestions import the_one_called
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

_BETWEEN = re.compile(r"[,，;；、\n]+")


@dataclass(slots=True)
class Typed:
    """`people` are ids; `errors` by part of the form."""

    comment: str | None = None
    person: str | None = None
    people: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, part: str, message: str) -> None:
        """Note an error."""
        self.errors.setdefault(part, []).append(message)


def read_typed(caller: Caller, name: str = "comment") -> Typed:
    """The form of this request."""
    form = request.form
    typed = Typed(comment=form.get(name, "").replace("\r\n", "\n").strip() or None)
    typed.person = form.get("person") or None
    words = form.get("person:text", "").strip()
    if typed.person is None and words:
        typed.person = _called(caller, typed, "person", words)
    read_people(caller, typed, "people")
    return typed


def read_people(caller: Caller, typed: Typed, name: str) -> list[str]:
    """Several people under one name, chosen and typed."""
    form = request.form
    found = dict.fromkeys(one for one in form.getlist(name) if one)
    for words in _BETWEEN.split(form.get(f"{name}:text", "")):
        if words.strip() and (id := _called(caller, typed, name, words.strip())) is not None:
            found[id] = None
    typed.people = list(found)
    return typed.people


def _called(caller: Caller, typed: Typed, part: str, words: str) -> str | None:
    found = the_one_called(caller, "user", words)
    if found is None:
        said = gettext("Nobody is called “%(name)s”. Choose a person from the list.", name=words[:60])
        typed.wrong(part, said)
    return found


def keep_files(caller: Caller, typed: Typed) -> list[str]:
    """Take in the files of the form; those that are refused are errors of the part "file"."""
    for file in request.files.getlist("file"):
        if not file.filename:
            continue
        file.stream.seek(0)  # a view may run twice
        try:
            kept = attachment.upload(caller, store(), file.stream, file.filename, engine().dougong.upload_limit)
            typed.files.append(str(kept["id"]))
        except RecordsInvalid as refused:
            typed.wrong("file", " ".join(e.message for e in refused.errors))
        except Fault as fault:
            if fault.status != 413:
                raise
            typed.wrong("file", fault.message(current_locale()))
    return typed.files


def named_in(caller: Caller, text: str) -> list[str]:
    """The active people whom a text names by @."""
    people = organisation_of(caller.database, caller.tenant, caller.stamp).people.values()
    return mentioned(text, [(one.id, one.name) for one in people if one.active and one.kind == "person"])


def people_named(caller: Caller, ids: list[str]) -> list[dict[str, str]]:
    """{id, name} of people, for a form that comes back."""
    names = display_names(caller, "user", ids) if ids else {}
    return [{"id": id, "name": names.get(id) or gettext("(no longer visible)")} for id in ids]
