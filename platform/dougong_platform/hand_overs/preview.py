"""What a hand-over would do, counted exactly: asked by the API and the screen before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dougong_platform.errors import NotFound
from dougong_platform.hand_overs.kept import documents_of
from dougong_platform.hand_overs.plan import Choice, Plan, check_plan
from dougong_platform.hand_overs.selection import chosen, owned
from dougong_platform.hand_overs.turns import Places
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_tenants import TenantTransaction
from dougong_tenants.people import Access, Charges, access_of, charges_of

SHOWN = 20  # names of the people, departments and teams that are told


@dataclass(frozen=True, slots=True)
class Line:
    """One object: `records` go, of the `owned` live ones; the `in_bin` stay. `to`: {receiver: how many}."""

    object: str
    owned: int
    in_bin: int
    records: int
    to: dict[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """`plan` with ids in their usual form; `lines` of every object of which the user owns something, in the model's
    order; `charges`, `access`, `documents` (his own reports and dashboards, what he has sent): what else hangs on him;
    `names`: {user id: name} of all who are named; `blind`: (user id, object) where a receiver may read nothing of what
    he gets."""

    plan: Plan
    lines: tuple[Line, ...]
    charges: Charges
    access: Access
    names: Mapping[str, str]
    blind: tuple[tuple[str, str], ...] = ()
    documents: tuple[tuple[str, str], ...] = ()

    @property
    def named(self) -> dict[str, Sequence[tuple[str, str]]]:
        """What hangs on the user and goes to a successor, as (id, name), by part."""
        return {**asdict(self.charges), "documents": self.documents}

    @property
    def records(self) -> int:
        """How many go in all."""
        return sum(line.records for line in self.lines)

    @property
    def owned(self) -> int:
        """How many live records the user owns in all."""
        return sum(line.owned for line in self.lines)

    @property
    def shares(self) -> dict[str, int]:
        """{receiver: how many records in all}, in the order of the plan."""
        found: dict[str, int] = {}
        for line in self.lines:
            for user, count in line.to.items():
                found[user] = found.get(user, 0) + count
        return found

    @property
    def parts(self) -> dict[str, int]:
        """How many hang on the user, by part."""
        named = {name: len(value) for name, value in self.named.items()}
        return {**named, "tokens": self.access.tokens, "sessions": self.access.sessions}

    def json(self, caller: Caller) -> dict[str, Any]:
        """As the API shows it."""
        labels = {name: one.plural.text(caller.locale) for name, one in caller.model.objects.items()}
        people: dict[str, Any] = {part: {"count": count} for part, count in self.parts.items()}
        for part, named in self.named.items():
            people[part]["first"] = [{"id": id, "name": name} for id, name in named[:SHOWN]]
        return {
            "from_user": {"id": self.plan.from_user, "name": self.names.get(self.plan.from_user)},
            "records": self.records,
            "owned": self.owned,
            "objects": [{**asdict(line), "label": labels[line.object]} for line in self.lines],
            "receivers": [
                {"id": user, "name": self.names.get(user), "records": count} for user, count in self.shares.items()
            ],
            "people": people,
            "cannot_read": [{"user": user, "object": object} for user, object in self.blind],
        }


def preview(caller: Caller, plan: Plan, *, complete: bool = False) -> Preview:
    """Count. `complete` also refuses a plan that lacks receivers, as `start` does.

    Raises NotFound, NotAllowed, RecordsInvalid, BadFilter, CallerOutdated.
    """
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        checked = check_plan(caller, tx, plan, complete=complete)
        lines = count(caller, tx, checked)
        charges = charges_of(tx, checked.from_user)
        wanted = {checked.from_user, *checked.to_users, *(user for line in lines for user in line.to)}
        wanted |= {checked.successor} - {None}  # type: ignore[arg-type]  # what is left are texts
        names = user_names(tx, wanted)
        people = _people(tx, {user for line in lines for user in line.to})
        documents = documents_of(tx, checked.from_user)
    if checked.from_user not in names:
        raise NotFound
    access = access_of(caller.database, caller.tenant, [checked.from_user]).get(checked.from_user, Access())
    return Preview(checked, lines, charges, access, names, _blind(caller, lines, people), documents)


def _people(tx: TenantTransaction, users: set[str]) -> set[str]:
    """Those of the users who are people; a queue reads nothing itself."""
    rows = tx.rows(
        "select id from \"user\" where id = any(%(ids)s::uuid[]) and kind = 'person'",
        {"ids": "{" + ",".join(sorted(users)) + "}"},
    )
    return {row[0] for row in rows}


def _blind(caller: Caller, lines: tuple[Line, ...], people: set[str]) -> tuple[tuple[str, str], ...]:
    """Receivers whose permission sets do not open the object at all: told, and no hindrance."""
    rights = {
        user: acting_as(caller.database, caller.tenant, user, cause="hand_over").rights for user in sorted(people)
    }
    return tuple(
        (user, line.object)
        for line in lines
        for user in line.to
        if user in rights and rights[user].object(line.object).read == "none"
    )


def owned_records(caller: Caller, user: str) -> int:
    """How many live records the user (an id) owns, whoever asks; shown before he is locked out."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return sum(live for live, _ in owned(caller, tx, user).values())


def count(caller: Caller, tx: TenantTransaction, plan: Plan) -> tuple[Line, ...]:
    """A line for every object of which the user owns something."""
    choices, places = plan.choices(caller), Places()
    lines = []
    for name, (live, gone) in owned(caller, tx, plan.from_user).items():
        choice = choices.get(name)
        if choice is None:
            records = 0
        elif choice.filter is None and choice.ids is None:
            records = live
        else:
            records = chosen(caller, tx, plan.from_user, name, choice)
        to = places.take(plan.receivers(choice or Choice()), records) if records else {}
        lines.append(Line(name, live, gone, records, {user: n for user, n in to.items() if n}))
    return tuple(lines)


def user_names(tx: TenantTransaction, users: set[str]) -> dict[str, str]:
    """{user id: name}, also of those who left."""
    rows = tx.rows(
        'select id, name from "user" where id = any(%(ids)s::uuid[])', {"ids": "{" + ",".join(sorted(users)) + "}"}
    )
    return dict(rows)
