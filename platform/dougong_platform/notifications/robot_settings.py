"""Which groups' robots a company has: kept, changed, tried and removed by administrators, with a line in the audit log
each. Called by the API and the builder's page. Addresses and secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from dougong_metadata.label import Label
from dougong_platform.errors import FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import GivenUp
from dougong_platform.notifications.mail_server import site
from dougong_platform.notifications.robot_formats import KINDS, Said
from dougong_platform.notifications.robots import PURPOSE, NotTaken, robot_of, speak
from dougong_platform.notifications.topics import TOPICS
from dougong_platform.notifications.wording import refusal
from dougong_platform.outgoing import problem_of
from dougong_platform.query.single import addressed, uuid_text
from dougong_tenants import TenantTransaction, new_id
from dougong_tenants.audit import note
from dougong_tenants.secrets import seal

MOST = 50
_NAME = 80  # characters
_HELLO = Label("Here speaks your CRM.", "这里是您的 CRM。")
_READ = (
    "select r.id, r.name, r.kind, r.host, r.secret is not null, r.team, t.name, r.topics, r.reader, u.name,"
    " coalesce(u.active, false), r.locale, r.active, r.told_at, r.problem, r.problem_at"
    ' from _robot r left join team t on t.id = r.team left join "user" u on u.id = r.reader'
)


@dataclass(frozen=True, slots=True)
class StoredRobot:
    """As administrators see it. `host`: of its address; `reader_active` False: the group hears nothing of records."""

    id: str
    name: str
    kind: str
    host: str
    has_secret: bool
    team: str | None
    team_name: str | None
    topics: tuple[str, ...]
    reader: str
    reader_name: str | None
    reader_active: bool
    locale: str
    active: bool
    told_at: str | None
    problem: str | None
    problem_at: str | None

    def json(self) -> dict[str, Any]:
        """As the API answers it."""
        return asdict(self)


def robots(caller: Caller) -> list[StoredRobot]:
    """All of them by name. Raises NotAllowed for everybody but administrators."""
    _require(caller)
    entry, rows = caller.database.read(caller.tenant, f"{_READ} order by r.name, r.id", {})
    caller.verify(entry)
    return [_stored(row) for row in rows]


def robot(caller: Caller, id: str) -> StoredRobot:
    """One of them. Raises NotFound."""
    _require(caller)
    entry, rows = caller.database.read(caller.tenant, f"{_READ} where r.id = %(id)s::uuid", {"id": addressed(id)})
    caller.verify(entry)
    if not rows:
        raise NotFound
    return _stored(rows[0])


def keep_robot(caller: Caller, id: str | None, given: Mapping[str, Any]) -> StoredRobot:
    """Create a robot (`id` None) or replace one. Without `address` or `secret` those that are stored stay; a secret of
    None is removed. Raises RecordsInvalid, NotFound."""
    before = robot(caller, id) if id is not None else None
    values = _checked(caller, given, before)
    made = before.id if before is not None else str(new_id())
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        if before is None and tx.rows("select count(*) from _robot")[0][0] >= MOST:
            raise RecordsInvalid([refusal(None, "too_many", caller.locale, most=MOST)])
        _store(tx, made, values | _sealed(caller, given), caller.user, new=before is None)
        after = _stored(tx.rows(f"{_READ} where r.id = %(id)s", {"id": made})[0])
        _note(tx, caller, before, after, anew=bool(given.get("address") or given.get("secret")))
    return after


def remove_robot(caller: Caller, id: str) -> None:
    """Raises NotFound."""
    before = robot(caller, id)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        tx.execute("delete from _robot where id = %(id)s", {"id": before.id})
        note(tx, "robot.removed", actor=caller.user, target_kind="robot", target=before.id, label=before.name)


def try_robot(caller: Caller, id: str) -> str | None:
    """Let it say hello at once: None if the group was told, else why not."""
    found = robot(caller, id)
    try:
        opened = robot_of(caller.database, caller.tenant, found.id)
        if opened is None:
            raise NotFound
        name = caller.tenant.label.text(found.locale)
        speak(opened, Said(name, _HELLO.text(found.locale), site(), (), found.locale))
    except (GivenUp, NotTaken) as problem:
        return str(problem)
    return None


def _require(caller: Caller) -> None:
    if not caller.rights.is_admin:
        raise NotAllowed


def _stored(row: Any) -> StoredRobot:
    values = dict(zip(StoredRobot.__slots__, row, strict=True))
    return StoredRobot(**values | {"topics": tuple(values["topics"])})


def _checked(caller: Caller, given: Mapping[str, Any], before: StoredRobot | None) -> dict[str, Any]:
    """The row's plain columns. Raises RecordsInvalid with everything that is wrong."""
    wrong: list[FieldError] = []

    def refuse(field: str, code: str, **data: object) -> None:
        wrong.append(refusal(field, code, caller.locale, **data))

    name = " ".join(str(given.get("name") or "").split())
    if not name or len(name) > _NAME:
        refuse("name", "too_long" if name else "required", most=_NAME)
    if given.get("kind") not in KINDS:
        refuse("kind", "unknown_kind", known=", ".join(KINDS))
    address = str(given.get("address") or "").strip()
    if not address and before is None:
        refuse("address", "required")
    elif address and (problem := problem_of(address)) is not None:
        refuse("address", "bad_address", why=problem[1 if caller.locale.startswith("zh") else 0])
    locale = given.get("locale") or caller.tenant.locale
    if locale not in ("en", "zh"):
        refuse("locale", "unknown_locale")
    topics = [str(topic) for topic in given.get("topics") or ()]
    if set(topics) - set(TOPICS):
        refuse("topics", "unknown_topic")
    team, reader = given.get("team") or None, given.get("reader")
    if team is not None and not _is_there(caller, "team where deleted_at is null and", team):
        refuse("team", "no_team")
    if not _is_there(caller, "\"user\" where active and kind = 'person' and", reader):
        refuse("reader", "no_reader")
    if wrong:
        raise RecordsInvalid(wrong)
    host = {"host": urlsplit(address).netloc.rpartition("@")[2]} if address else {}
    active = bool(given.get("active", True))
    return {
        "name": name, "kind": given["kind"], "team": team, "topics": "{" + ",".join(sorted(set(topics))) + "}",
        "reader": reader, "locale": locale, "active": active, **host,
    }  # fmt: skip


def _is_there(caller: Caller, table: str, id: Any) -> bool:
    found = uuid_text(str(id)) if id else None
    if found is None:
        return False
    _, rows = caller.database.read(caller.tenant, f"select 1 from {table} id = %(id)s::uuid", {"id": found})
    return bool(rows)


def _sealed(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if given.get("address"):
        found["address"] = seal(caller.database, PURPOSE, str(given["address"]).strip())
    if "secret" in given:
        secret = str(given["secret"] or "").strip()
        found["secret"] = seal(caller.database, PURPOSE, secret) if secret else None
    return found


def _store(tx: TenantTransaction, id: str, values: Mapping[str, Any], by: str, *, new: bool) -> None:
    if new:
        names = ", ".join(values)
        slots = ", ".join(f"%({name})s" for name in values)
        statement = f"insert into _robot (id, created_by, {names}) values (%(id)s, %(by)s, {slots})"
    else:
        sets = ", ".join(f"{name} = %({name})s" for name in values)
        statement = f"update _robot set updated_at = now(), problem = null, problem_at = null, {sets} where id = %(id)s"
    tx.execute(statement, {"id": id, "by": by, **values})


_TOLD = ("name", "kind", "host", "team_name", "topics", "reader_name", "locale", "active", "has_secret")


def _note(tx: TenantTransaction, caller: Caller, before: StoredRobot | None, after: StoredRobot, *, anew: bool) -> None:
    changes = {
        name: [getattr(before, name) if before else None, getattr(after, name)]
        for name in _TOLD
        if before is None or getattr(before, name) != getattr(after, name)
    }
    details = {"changes": changes, **({"key_renewed": True} if anew and before is not None else {})}
    note(tx, "robot.kept", actor=caller.user, target_kind="robot", target=after.id, label=after.name, details=details)
