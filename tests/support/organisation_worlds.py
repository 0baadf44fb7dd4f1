"""Random companies for the access tests: people, sets, sharing rules and records, drawn from a seed as plain data.

`draw(seed)` makes a World; `organisation_store.furnish` puts one into a tenant, `access_oracle.Oracle` says who may
what in it. Nothing here knows the engine's access code.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import yaml

from organisation_rules import RULES

SCOPES = ("none", "own", "own_below", "department", "department_below", "departments", "all")
OBJECTS = ("site", "machine", "part", "visit")
KINDS, ZONES, TAGS, TYPES = ("a", "b", "c"), ("n", "s", "w"), ("x", "y", "z"), ("plain", "special")
FIELDS = {
    "site": ("name", "zone", "size", "keeper", "phone"),
    "machine": (
        *("name", "code", "notes", "rank", "cost", "due", "at", "kind", "tags", "live", "site", "twin", "keeper"),
        *("phone", "papers"),
    ),
    "part": ("machine", "name", "amount", "site"),
    "visit": ("name", "machine", "site", "cost", "kind", "phone"),
}
TEXTS = {("site", "phone"), ("machine", "notes"), ("machine", "phone"), ("visit", "phone"), ("machine", "name")}
OBJECT_DOCUMENTS = """
kind: object
name: site
default_access: {site}
name_field: name
fields:
  name: {{type: text, required: true, searchable: true}}
  zone: {{type: picklist, values: [n, s, w]}}
  size: {{type: integer}}
  keeper: {{type: user}}
  phone: {{type: phone, searchable: true}}
---
kind: object
name: machine
default_access: {machine}
name_field: name
record_types: {{plain: {{default: true}}, special: {{}}}}
fields:
  name: {{type: text, required: true, searchable: true}}
  code: {{type: text, unique: true}}
  notes: {{type: long_text, searchable: true}}
  rank: {{type: integer}}
  cost: {{type: decimal, scale: 2}}
  due: {{type: date}}
  at: {{type: datetime}}
  kind: {{type: picklist, values: [a, b, c]}}
  tags: {{type: multi_picklist, values: [x, y, z]}}
  live: {{type: boolean}}
  site: {{type: lookup, to: site, follows_shares: true}}
  twin: {{type: lookup, to: machine, follows_shares: true}}
  keeper: {{type: user}}
  phone: {{type: phone, searchable: true}}
  papers: {{type: file}}
---
kind: object
name: part
name_field: name
fields:
  machine: {{type: detail, to: machine}}
  name: {{type: text, searchable: true}}
  amount: {{type: integer}}
  site: {{type: lookup, to: site}}
---
kind: object
name: visit
default_access: {visit}
name_field: name
fields:
  name: {{type: text, required: true, searchable: true}}
  machine: {{type: lookup, to: machine, follows_shares: true}}
  site: {{type: lookup, to: site, follows_shares: true, on_delete: block}}
  cost: {{type: decimal, scale: 2}}
  kind: {{type: picklist, values: [a, b, c]}}
  phone: {{type: phone}}
"""
FOLLOWING = ("machine.site", "machine.twin", "visit.machine", "visit.site")


@dataclass
class Someone:
    """A person or a queue."""

    id: str
    name: str
    email: str | None
    title: str | None = None
    department: str | None = None
    manager: str | None = None
    active: bool = True
    kind: str = "person"
    team: str | None = None
    further: list[str] = field(default_factory=list)


@dataclass
class Division:
    """A department."""

    id: str
    name: str
    parent: str | None
    head: str | None = None


@dataclass
class Team:
    id: str
    name: str
    members: set[str]


@dataclass
class Granting:
    """A permission set given to a person, a department (with those below) or a position."""

    permission_set: str
    user: str | None = None
    department: str | None = None
    below: bool = False
    title: str | None = None
    departments: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass
class Assisting:
    user: str
    assistant: str
    since: dt.datetime | None
    until: dt.datetime | None


@dataclass
class Sharing:
    """A share of one record."""

    id: str
    object: str
    record: str
    subject: str
    access: str
    relations: tuple[str, ...]
    until: dt.datetime | None


@dataclass
class World:
    """`records`: object -> rows to be made, in order, with the ids they shall have in no column: `key` is their place.
    `rows` are the same as the administrator reads them, by object and id, once they are stored."""

    seed: int
    access: dict[str, str]
    sets: dict[str, dict[str, Any]]
    rules: list[dict[str, Any]]
    people: dict[str, Someone]
    divisions: dict[str, Division]
    teams: dict[str, Team]
    assistants: list[Assisting]
    grants: list[Granting]
    now: dt.datetime
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    shares: list[Sharing] = field(default_factory=list)

    def documents(self) -> str:
        """The metadata as YAML documents."""
        made: list[dict[str, Any]] = [
            {"kind": "permission_set", "name": name, **body} for name, body in self.sets.items()
        ]
        for rule in self.rules:
            body = {k: v for k, v in rule.items() if k != "when" or v is not None}
            made.append({"kind": "sharing", **body})
        dumped = "\n---\n".join(yaml.safe_dump(one, sort_keys=False) for one in made)
        return OBJECT_DOCUMENTS.format(**self.access) + "\n---\n" + dumped


class Draw:
    """Chances of one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = dt.datetime.now(dt.UTC).replace(microsecond=0)

    def id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def some(self, of: Any, most: int) -> list[Any]:
        found = list(of)
        return self.chance.sample(found, min(len(found), self.chance.randint(1, most)))

    def maybe(self, value: Any, likely: float = 0.5) -> Any:
        return value if self.chance.random() < likely else None

    def span(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When something holds: mostly always; else it is over, has not begun, or holds today."""
        day = dt.timedelta(days=1)
        kinds = [(None, None)] * 4 + [
            (None, self.now - day), (self.now + day, None), (self.now - day, self.now + day),
            (self.now - 3 * day, self.now - day), (self.now - day, None),
        ]  # fmt: skip
        return self.chance.choice(kinds)


def draw(seed: int, people: int = 22) -> World:
    """A world without its records, which need the ids of people: see `organisation_records`."""
    by = Draw(seed)
    divisions = _divisions(by)
    staff = _people(by, divisions, people, f"w{seed}.test")
    teams = _teams(by, staff)
    sets = _sets(by)
    queues = {
        id: Someone(id, f"queue {n}", None, kind="queue", team=by.chance.choice(list(teams)))
        for n, id in enumerate(by.id() for _ in range(2))
    }
    everybody = {**staff, **queues}
    return World(
        seed,
        {o: by.chance.choice(("private", "private", "read", "write")) for o in OBJECTS if o != "part"},
        sets,
        _rules(by, staff, divisions, teams, sets),
        everybody,
        divisions,
        teams,
        _assistants(by, list(staff)),
        _grants(by, staff, divisions, sets),
        by.now,
    )


def _divisions(by: Draw) -> dict[str, Division]:
    """A tree of at most four levels; one department stands alone."""
    made: list[tuple[Division, int]] = [
        (Division(by.id(), "division 0", None), 1),
        (Division(by.id(), "apart", None), 1),
    ]
    for n in range(1, 8):
        above, depth = by.chance.choice([one for one in made if one[1] < 4])
        made.append((Division(by.id(), f"division {n}", above.id), depth + 1))
    return {one.id: one for one, _ in made}


def _people(by: Draw, divisions: dict[str, Division], count: int, domain: str) -> dict[str, Someone]:
    made: dict[str, Someone] = {}
    for n in range(count):
        id = by.id()
        home = by.maybe(by.chance.choice(list(divisions)), 0.85)
        made[id] = Someone(
            id,
            f"person {n}",
            f"p{n}@{domain}",
            title=by.maybe(by.chance.choice(("Lead", "Clerk", "Expert")), 0.8),
            department=home,
            manager=by.maybe(by.chance.choice(list(made)), 0.75) if made else None,
            active=by.chance.random() > 0.1,
            further=[d for d in by.some(divisions, 2) if d != home] if by.chance.random() < 0.25 else [],
        )
    return made


def _teams(by: Draw, staff: dict[str, Someone]) -> dict[str, Team]:
    made = [Team(by.id(), f"team {n}", set(by.some(staff, 5))) for n in range(3)]
    return {one.id: one for one in made}


def _assistants(by: Draw, staff: list[str]) -> list[Assisting]:
    pairs = {tuple(by.chance.sample(staff, 2)) for _ in range(5)}
    return [Assisting(user, assistant, *by.span()) for user, assistant in sorted(pairs)]


def _right(by: Draw, generous: float, object: str) -> dict[str, Any]:
    def scope(likely: float) -> str:
        return by.chance.choice(SCOPES[1:]) if by.chance.random() < likely else "none"

    right: dict[str, Any] = {
        "create": by.chance.random() < 0.5,
        "read": scope(generous),
        "update": scope(generous - 0.1),
        "delete": scope(0.4),
        "export": by.chance.random() < 0.5,
        "import": by.chance.random() < 0.3,
    }
    if by.chance.random() < 0.1:
        right[by.chance.choice(("view_all", "modify_all"))] = True
    if object == "machine" and by.chance.random() < 0.3:
        right["record_types"] = [by.chance.choice(TYPES)]
    return right


def _sets(by: Draw) -> dict[str, dict[str, Any]]:
    """Eight sets that differ in everything, and one that speaks of all objects at once."""
    made: dict[str, dict[str, Any]] = {}
    for n in range(8):
        objects = {name: _right(by, 0.85, name) for name in OBJECTS if by.chance.random() < 0.85}
        if n == 7:
            objects = {"*": _right(by, 1.0, "*"), "visit": _right(by, 0.5, "visit")}
        fields: dict[str, str] = {}
        for object, names in FIELDS.items():
            for name in (*names, "owner", "created_at"):
                if by.chance.random() < 0.12:
                    levels = ("none", "read", "edit", *(["mask"] * 2 if (object, name) in TEXTS else []))
                    fields[f"{object}.{name}"] = by.chance.choice(levels)
        if by.chance.random() < 0.3:
            fields["user.title"] = "none"
        made[f"set_{n}"] = {"objects": objects, "fields": fields}
    return made


def _grants(
    by: Draw, staff: dict[str, Someone], divisions: dict[str, Division], sets: dict[str, dict[str, Any]]
) -> list[Granting]:
    made, names = [], list(sets)
    for user in staff:
        for name in by.some(names, 2) if by.chance.random() < 0.8 else []:
            since, until = by.span()
            chosen = tuple(by.some(divisions, 2)) if by.chance.random() < 0.5 else ()
            made.append(Granting(name, user=user, departments=chosen, since=since, until=until))
    for _ in range(5):
        since, until = by.span()
        given: dict[str, Any] = {"title": by.chance.choice(("Lead", "Clerk"))}
        if by.chance.random() < 0.6:
            given = {"department": by.chance.choice(list(divisions)), "below": by.chance.random() < 0.5}
        chosen = tuple(by.some(divisions, 2)) if by.chance.random() < 0.5 else ()
        one = Granting(by.chance.choice(names), **given, departments=chosen, since=since, until=until)
        same = (one.permission_set, one.department, one.title)
        if same not in [(g.permission_set, g.department, g.title) for g in made]:
            made.append(one)
    return made


def _rules(
    by: Draw,
    staff: dict[str, Someone],
    divisions: dict[str, Division],
    teams: dict[str, Team],
    sets: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """Six to nine rules, made out to whatever a rule can be made out to."""
    made = []
    for n in range(by.chance.randint(6, 9)):
        object = by.chance.choice(("machine", "machine", "site", "visit"))
        named = [one.name for one in divisions.values()]
        reached: dict[str, Any] = by.chance.choice(
            (
                {"everyone": True},
                {"permission_sets": by.some(sets, 2)},
                {"departments": by.some(named, 3)},
                {"departments_below": by.some(named, 2)},
                {"teams": by.some([one.name for one in teams.values()], 2)},
                {"users": by.some([str(one.email) for one in staff.values()], 5)},
                {"users": by.some([str(one.email) for one in staff.values()], 3), "departments": by.some(named, 1)},
            )
        )
        when = by.chance.choice((*RULES[object], None)) if by.chance.random() < 0.95 else None
        made.append(
            {
                "name": f"rule_{n}",
                "object": object,
                "when": when,
                "with": reached,
                "access": by.chance.choice(("read", "edit")),
                "active": by.chance.random() > 0.1,
            }
        )
    return made
