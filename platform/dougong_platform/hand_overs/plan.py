"""What is to be handed over and to whom, as the caller gave it, checked. Called by the preview and by the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_platform.errors import FieldError, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import require_authority
from dougong_platform.query.filter import parse_filter
from dougong_platform.query.single import uuid_text
from dougong_tenants import TenantTransaction

PARTS = ("reports", "departments", "teams", "documents", "tokens", "sessions")
SUCCEEDED = PARTS[:4]  # go to a successor; tokens and sessions end instead. `reports` are people
MOST_IDS = 10_000
MOST_RECEIVERS = 100
_TEXTS = {
    "required": ("This is required.", "此项必填。"),
    "receiver_unknown": ("Not an active user.", "不是可用的用户。"),
    "receiver_same": ("Somebody else than the one who hands over.", "不能交给本人。"),
    "too_many": ("Too many.", "数量过多。"),
    "object_unknown": ("There is no such object with owners.", "没有此对象，或其记录没有负责人。"),
    "not_an_id": ("Not an id.", "不是有效的标识。"),
    "part_unknown": ("One of: {parts}.", "只能是：{parts}。"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records of one object: those that `filter` finds, of these `ids` (None = all). `to`: its own receivers."""

    filter: str | None = None
    ids: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None

    def json(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return {
            "filter": self.filter,
            "ids": None if self.ids is None else list(self.ids),
            "to": None if self.to is None else list(self.to),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """`to_users` take turns. `objects` None = all that have owners. `people`: the parts that go too."""

    from_user: str
    to_users: tuple[str, ...] = ()
    objects: Mapping[str, Choice] | None = None
    people: frozenset[str] = frozenset()
    successor: str | None = None  # of the people's parts; the first receiver unless named

    def receivers(self, choice: Choice) -> tuple[str, ...]:
        """Who takes turns for one object."""
        return self.to_users if choice.to is None else choice.to

    def choices(self, caller: Caller) -> dict[str, Choice]:
        """The chosen objects in the model's order."""
        if self.objects is None:
            return {name: Choice() for name in owned_objects(caller)}
        return {name: self.objects[name] for name in owned_objects(caller) if name in self.objects}

    @property
    def heir(self) -> str | None:
        """Who gets the people's parts."""
        return self.successor or (self.to_users[0] if self.to_users else None)


def owned_objects(caller: Caller) -> list[str]:
    """The objects whose records have owners."""
    return [name for name, one in caller.model.objects.items() if not one.system]


def read_plan(given: Mapping[str, Any]) -> Plan:
    """A body that has the shape of schema.HandOverSchema."""
    objects = given.get("objects")
    people = given.get("people") or {}
    return Plan(
        given["from_user"],
        tuple(given.get("to_users") or ()),
        None if objects is None else {name: _choice(choice or {}) for name, choice in objects.items()},
        frozenset(part for part in PARTS if people.get(part)),
        people.get("successor"),
    )


def _choice(given: Mapping[str, Any]) -> Choice:
    filter, ids, to = given.get("filter"), given.get("ids"), given.get("to")
    return Choice(
        filter.strip() or None if filter is not None else None,
        None if ids is None else tuple(dict.fromkeys(ids)),
        tuple(to) if to else None,
    )


@dataclass(slots=True)
class _Wrong:
    locale: str
    errors: list[FieldError] = field(default_factory=list)

    def add(self, at: str, code: str, **data: str) -> None:
        """One wrong place of the plan."""
        text = _TEXTS[code][self.locale.startswith("zh")].format(**data)
        self.errors.append(FieldError(at, code, text))


def check_plan(caller: Caller, tx: TenantTransaction, plan: Plan, *, complete: bool) -> Plan:
    """The plan with ids in their usual form. `complete`: receivers must be named for all that is chosen.

    Raises NotFound for an unknown user, NotAllowed for an administrator's (unless one asks), RecordsInvalid, BadFilter.
    """
    user = uuid_text(plan.from_user)
    if user is None:
        raise NotFound
    require_authority(caller, user)
    wrong = _Wrong(caller.locale)
    to_users = _receivers(tx, wrong, "to_users", user, plan.to_users)
    objects = None
    if plan.objects is not None:
        known = set(owned_objects(caller))
        objects = {}
        for name, choice in plan.objects.items():
            at = f"objects.{name[:60]}"
            if name not in known:
                wrong.add(at, "object_unknown")
                continue
            objects[name] = _checked_choice(caller, tx, wrong, at, user, name, choice)
    successor = plan.successor and (_receivers(tx, wrong, "people.successor", user, [plan.successor]) or (None,))[0]
    checked = Plan(user, to_users, objects, plan.people, successor)
    if complete and not wrong.errors:
        _require_receivers(caller, wrong, checked)
    if wrong.errors:
        raise RecordsInvalid(wrong.errors)
    return checked


def _checked_choice(
    caller: Caller, tx: TenantTransaction, wrong: _Wrong, at: str, user: str, name: str, choice: Choice
) -> Choice:
    if choice.filter is not None:
        parse_filter(caller.rights, name, choice.filter)
    ids = choice.ids
    if ids is not None:
        if len(ids) > MOST_IDS:
            wrong.add(f"{at}.ids", "too_many")
            ids = ()
        found = [uuid_text(id) for id in ids]
        if None in found:
            wrong.add(f"{at}.ids", "not_an_id")
        ids = tuple(dict.fromkeys(id for id in found if id is not None))
    to = None if choice.to is None else _receivers(tx, wrong, f"{at}.to", user, choice.to)
    return Choice(choice.filter, ids, to)


def _require_receivers(caller: Caller, wrong: _Wrong, plan: Plan) -> None:
    lacking = [name for name, choice in plan.choices(caller).items() if not plan.receivers(choice)]
    if lacking or (plan.people & set(SUCCEEDED) and plan.heir is None):
        wrong.add("to_users", "required")


def _receivers(tx: TenantTransaction, wrong: _Wrong, at: str, user: str, given: Sequence[str]) -> tuple[str, ...]:
    """The given users, each once, if all are there and active."""
    if len(given) > MOST_RECEIVERS:
        wrong.add(at, "too_many")
        return ()
    ids = [uuid_text(one) for one in dict.fromkeys(given)]
    known = _active(tx, [id for id in ids if id is not None])
    if any(id is None or id not in known for id in ids):
        wrong.add(at, "receiver_unknown")
    elif user in ids:
        wrong.add(at, "receiver_same")
    return tuple(id for id in ids if id is not None)


def _active(tx: TenantTransaction, ids: Iterable[str]) -> set[str]:
    rows = tx.rows(
        'select id from "user" where id = any(%(ids)s::uuid[]) and active and deleted_at is null',
        {"ids": "{" + ",".join(ids) + "}"},
    )
    return {row[0] for row in rows}
