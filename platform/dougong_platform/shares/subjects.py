"""With whom a record can be shared: people who are here, departments (with all below) and teams; never a queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_tenants.organisation import Organisation, organisation_of

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Subject:
    """`about`: what tells two of one name apart: position and department, the department above."""

    id: str
    kind: Literal["user", "department", "team"]
    name: str
    about: str = ""
    email: str | None = None


def find(caller: Caller, id: str) -> Subject | None:
    """The subject of this id; None where there is none, or none with whom anything can be shared."""
    wanted = uuid_text(id)
    return next((one for one in _all(_organisation(caller)) if one.id == wanted), None)


def is_queue(caller: Caller, id: str) -> bool:
    """Whether the id is that of a queue."""
    person = _organisation(caller).people.get(uuid_text(id) or "")
    return person is not None and person.kind == "queue"


def matching(caller: Caller, words: str, limit: int = SHOWN) -> list[Subject]:
    """Those whose name or e-mail holds the words, names that begin with them first; people before the others."""
    wanted = words.strip().casefold()[:200]
    found = [one for one in _all(_organisation(caller)) if wanted in one.name.casefold() or wanted in (one.email or "")]
    found.sort(key=lambda one: (not one.name.casefold().startswith(wanted), _KINDS[one.kind], one.name))
    return found[:limit]


def the_one_called(caller: Caller, words: str) -> Subject | None:
    """The only one of exactly this name or e-mail, whatever its case; None when there is none or several."""
    wanted = words.strip().casefold()
    found = [
        one for one in _all(_organisation(caller)) if wanted in (one.name.casefold(), (one.email or "").casefold())
    ]
    return found[0] if wanted and len(found) == 1 else None


_KINDS = {"user": 0, "department": 1, "team": 2}


def _organisation(caller: Caller) -> Organisation:
    return organisation_of(caller.database, caller.tenant, caller.stamp)


def _all(organisation: Organisation) -> Iterator[Subject]:
    departments = organisation.departments
    for person in organisation.people.values():
        if person.active and person.kind == "person":
            place = departments.get(person.department or "")
            about = " · ".join(part for part in (person.title, place and place.name) if part)
            yield Subject(person.id, "user", person.name, about, person.email)
    for one in departments.values():
        above = departments.get(one.parent or "")
        yield Subject(one.id, "department", one.name, above.name if above else "")
    for id, name in organisation.teams.items():
        yield Subject(id, "team", name)
