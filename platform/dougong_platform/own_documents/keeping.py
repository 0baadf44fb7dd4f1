"""Own documents: create, change, find, list, remove and restore. Called by the API, the builders of reports and
dashboards, and whoever looks one up by its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean_text
from dougong_platform.errors import FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.own_documents.bodies import KINDS, check, own_reports
from dougong_platform.own_documents.errors import DocumentChanged
from dougong_platform.query.single import uuid_text
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction, new_id
from dougong_tenants.organisation import alone

MOST = 200  # of one person, reports and dashboards together
LONGEST_LABEL = 100  # characters
EVERYBODY = "everybody"
KEPT = "30 days"  # how long a removed one can be restored
_LISTED = 1_000
_COLUMNS = (
    "d.id, d.kind, d.owner, o.name, d.label, d.body, d.shared, d.version, d.created_at, d.updated_at, d.updated_by,"
    " d.deleted_at is not null"
)
_FROM = '_own_document d left join "user" o on o.id = d.owner'
_SEEN = "(d.owner = %(user)s::uuid or d.shared ?| %(subjects)s::text[])"
_TEXTS = {
    "label": (f"A name of at most {LONGEST_LABEL} characters is needed.", f"请填写名称，最多 {LONGEST_LABEL} 个字符。"),
    "kind": ("A report or a dashboard.", "只能是报表或仪表盘。"),
    "too_many": (f"At most {MOST} reports and dashboards of your own.", f"每人最多保存 {MOST} 个报表和仪表盘。"),
}


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """`body` has the keys of a document of that kind, without kind, name and label. `access`: what the caller may do:
    own, edit or read. `shared`: {subject key: {"kind", "access"}}, of which sharing.py gives names."""

    id: str
    kind: str
    owner: str
    owner_name: str | None
    label: str
    body: Mapping[str, Any]
    shared: Mapping[str, Mapping[str, str]]
    version: int
    created_at: str
    updated_at: str
    updated_by: str | None
    removed: bool
    access: str = "read"

    @property
    def is_own(self) -> bool:
        """Whether the caller is its owner, who alone shares and removes it."""
        return self.access == "own"

    @property
    def editable(self) -> bool:
        """Whether the caller may change it."""
        return self.access in ("own", "edit")

    @property
    def path(self) -> str:
        """Where it is opened."""
        return f"/{self.kind}s/{self.id}"

    def json(self) -> dict[str, Any]:
        """As the API answers it; with whom it is shared is its owner's business."""
        shown = ("id", "kind", "owner", "label", "body", "version", "created_at", "updated_at", "updated_by", "access")
        return {name: getattr(self, name) for name in shown} | {"owner.name": self.owner_name}


def subjects_of(caller: Caller) -> list[str]:
    """The subject keys that mean the caller: himself and those he acts for, his teams, his departments and those
    above, his permission sets, everybody."""
    reach = caller.reach or alone(caller.user)
    return sorted(reach.subjects) + [f"set:{name}" for name in caller.rights.names] + [EVERYBODY]


def create(caller: Caller, kind: str, label: str, body: Mapping[str, Any]) -> OwnDocument:
    """Keep a report or a dashboard. Raises RecordsInvalid, InvalidDocuments (with every problem of the body)."""
    if kind not in KINDS:
        raise _wrong(caller, "kind")
    said = _label(caller, label)
    check(caller, kind, said, body, own_reports(caller, kind, body, find))
    id = str(new_id())
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        require_room(caller, tx, caller.user)
        tx.execute(
            "insert into _own_document (id, kind, owner, label, body, updated_by) values (%(id)s::uuid, %(kind)s,"
            " %(user)s::uuid, %(label)s, %(body)s::json, %(user)s::uuid)",
            {"id": id, "kind": kind, "user": caller.user, "label": said, "body": _text(body)},
        )
        return read(caller, tx, id)


def change(
    caller: Caller, id: str, version: int, *, label: str | None = None, body: Mapping[str, Any] | None = None
) -> OwnDocument:
    """Change what is given. Raises NotFound, NotAllowed, as `create`, and DocumentChanged where `version` is not the
    one it has: its data carries what the document says now under "current"."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        before = read(caller, tx, id)
    if not before.editable:
        raise NotAllowed
    said = before.label if label is None else _label(caller, label)
    held = before.body if body is None else dict(body)
    if _text(held) != _text(before.body):
        check(caller, before.kind, said, held, own_reports(caller, before.kind, held, find))
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        now = read(caller, tx, id, lock=True)
        if not now.editable:
            raise NotAllowed
        if now.version != version:
            raise DocumentChanged(by=_name(tx, now.updated_by), current=now.json())
        if now.label == said and _text(now.body) == _text(held):
            return now
        tx.execute(
            "update _own_document set label = %(label)s, body = %(body)s::json, version = version + 1,"
            " updated_at = now(), updated_by = %(user)s::uuid where id = %(id)s::uuid",
            {"id": now.id, "label": said, "body": _text(held), "user": caller.user},
        )
        return read(caller, tx, id)


def find(caller: Caller, id: str, kind: str | None = None) -> OwnDocument:
    """One that is his own or shared with him (of this kind). Raises NotFound."""
    known = uuid_text(id)
    if known is None:
        raise NotFound
    entry, rows = caller.database.read(
        caller.tenant,
        f"select {_COLUMNS} from {_FROM} where d.id = %(id)s::uuid and d.deleted_at is null and {_SEEN}",
        _asked(caller, id=known),
    )
    caller.verify(entry)
    if not rows or kind not in (None, rows[0][1]):
        raise NotFound
    return _document(caller, rows[0])


def list_for(caller: Caller, kind: str | None = None) -> list[OwnDocument]:
    """His own and those shared with him, by name."""
    entry, rows = caller.database.read(
        caller.tenant,
        f"select {_COLUMNS} from {_FROM} where d.deleted_at is null and {_SEEN}"
        " and (%(kind)s::text is null or d.kind = %(kind)s)"
        f" order by d.owner <> %(user)s::uuid, sort_key(d.label), d.id limit {_LISTED}",
        _asked(caller, kind=kind),
    )
    caller.verify(entry)
    return [_document(caller, row) for row in rows]


def remove(caller: Caller, id: str) -> OwnDocument:
    """Put one's own document away; `restore` brings it back for 30 days. Raises NotFound, NotAllowed."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = own(caller, tx, id)
        tx.execute("update _own_document set deleted_at = now() where id = %(id)s::uuid", {"id": found.id})
    return found


def restore(caller: Caller, id: str) -> OwnDocument:
    """Bring back what one removed; what was not removed stays as it is. Raises NotFound, RecordsInvalid."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = read(caller, tx, id, lock=True, removed=True)
        if not found.is_own:
            raise NotFound
        if found.removed:
            require_room(caller, tx, caller.user)
            tx.execute("update _own_document set deleted_at = null where id = %(id)s::uuid", {"id": found.id})
        return read(caller, tx, id)


def read(caller: Caller, tx: TenantTransaction, id: str, *, lock: bool = False, removed: bool = False) -> OwnDocument:
    """As `find`, within a transaction; `removed`: also those put away. Raises NotFound."""
    known = uuid_text(id)
    living = "" if removed else " and d.deleted_at is null"
    rows = (
        tx.rows(
            f"select {_COLUMNS} from {_FROM} where d.id = %(id)s::uuid{living} and {_SEEN}"
            + (" for no key update of d" if lock else ""),
            _asked(caller, id=known),
        )
        if known
        else []
    )
    if not rows:
        raise NotFound
    return _document(caller, rows[0])


def own(caller: Caller, tx: TenantTransaction, id: str) -> OwnDocument:
    """One's own, locked. Raises NotFound, and NotAllowed for somebody else's that one sees."""
    found = read(caller, tx, id, lock=True)
    if not found.is_own:
        raise NotAllowed
    return found


def require_room(caller: Caller, tx: TenantTransaction, user: str) -> None:
    """Raise RecordsInvalid where somebody keeps as many as one may. Two at once wait for each other."""
    tx.execute("select pg_advisory_xact_lock(hashtextextended('own documents ' || %(user)s, 0))", {"user": user})
    ((count,),) = tx.rows(
        "select count(*) from _own_document where owner = %(user)s::uuid and deleted_at is null", {"user": user}
    )
    if count >= MOST:
        raise _wrong(caller, "too_many")


def _asked(caller: Caller, **more: Any) -> dict[str, Any]:
    return {"user": caller.user, "subjects": array_text(subjects_of(caller)), **more}


def _document(caller: Caller, row: tuple[Any, ...]) -> OwnDocument:
    mine = set(subjects_of(caller))
    levels = {one["access"] for key, one in row[6].items() if key in mine}
    access = "own" if row[2] == caller.user else "edit" if "edit" in levels else "read"
    return replace(OwnDocument(*row), access=access)


def _text(body: Mapping[str, Any]) -> str:
    """As it is stored: its keys in their order, which is that of a report's columns and a funnel's steps."""
    return orjson.dumps(dict(body)).decode()


def _name(tx: TenantTransaction, user: str | None) -> str:
    rows = tx.rows('select name from "user" where id = %(id)s::uuid', {"id": user}) if user else []
    return str(rows[0][0]) if rows else "?"


def _label(caller: Caller, given: str) -> str:
    try:
        said = " ".join(clean_text(given).split())
    except FieldValueError:
        said = ""
    if not 1 <= len(said) <= LONGEST_LABEL:
        raise _wrong(caller, "label")
    return said


def _wrong(caller: Caller, code: str) -> RecordsInvalid:
    field = "kind" if code == "kind" else "label" if code == "label" else None
    text = _TEXTS[code][caller.locale.startswith("zh")]
    return RecordsInvalid([FieldError(field, code if code == "too_many" else "invalid", text)])
