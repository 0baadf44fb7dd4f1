"""What automations there are, what they did, and doing failed runs again. Called by the API and the builder.

The log belongs to whoever may shape automations or look after jobs; what it says about a record is shown to those who
may see the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.label import Label
from dougong_metadata.problems import unknown
from dougong_platform.automations import hooks
from dougong_platform.automations.errors import NotRepeatable
from dougong_platform.automations.firing import enqueue
from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.query.single import addressed, display_names
from dougong_tenants import TenantTransaction, new_id

MOST = 200
COUNTED_DAYS = 30
_COLUMNS = (
    "id", "batch", "parent", "automation", "release", "object", "record", "version", "label", "at", "due", "trigger",
    "actor", "chain", "saw", "decided", "did", "state", "error", "attempts", "duration", "repeats", "repeated",
)  # fmt: skip
_COUNTS = """
select automation, count(*) filter (where state = 'done'),
       count(*) filter (where state = 'failed' and repeated is null),
       count(*) filter (where state = 'cut' and repeated is null), count(*) filter (where state = 'skipped'), max(at)
  from _automation_run where at > now() - make_interval(days => %(days)s) group by automation
"""
_RUNS = f"""
select {", ".join(f"r.{name}" for name in _COLUMNS)}, u.name from _automation_run r left join "user" u on u.id = r.actor
 where (%(automation)s::text is null or r.automation = %(automation)s)
   and (%(record)s::uuid is null or r.record = %(record)s::uuid)
   and (%(state)s::text is null or r.state = %(state)s) and (%(before)s::uuid is null or r.id < %(before)s::uuid)
   and (%(id)s::uuid is null or r.id = %(id)s::uuid) order by r.id desc limit %(limit)s
"""


def require(caller: Caller) -> None:
    """Raise NotAllowed unless the caller may shape automations or look after jobs."""
    try:
        caller.require("metadata", "automation")
    except NotAllowed:
        caller.require("jobs")


def automations(caller: Caller) -> list[dict[str, Any]]:
    """Every automation of the release, active or not, and those that come from other documents, by object and order:
    {"name", "label", "object", "active", "trigger", "position", "before", "actions", "origin", "counts": {"done",
    "failed", "cut", "skipped"} of the last 30 days, "last_run_at", "address": {"created_at", "used_at"} or None}."""
    require(caller)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        counted = {row[0]: row[1:] for row in tx.rows(_COUNTS, {"days": COUNTED_DAYS})}
        addresses = hooks.hooks(tx)
    found = []
    for name in sorted({*caller.model.automations, *(n for kind, n in caller.model.documents if kind == "automation")}):
        done, failed, cut, skipped, last = counted.get(name, (0, 0, 0, 0, None))
        found.append(
            _described(caller, name)
            | {
                "counts": {"done": done, "failed": failed, "cut": cut, "skipped": skipped},
                "last_run_at": last,
                "address": addresses.get(name),
            }
        )
    return sorted(found, key=lambda one: (one["object"] or "", one["position"], one["name"]))


def _described(caller: Caller, name: str) -> dict[str, Any]:
    active = caller.model.automations.get(name)
    if active is not None:
        return {
            "name": name,
            "label": {"en": active.label.en, "zh": active.label.zh},
            "object": active.object,
            "active": True,
            "trigger": active.trigger.kind,
            "position": active.position,
            "before": active.before,
            "actions": [action.kind for action in active.actions],
            "origin": active.origin,
        }
    document = caller.model.documents["automation", name]
    label = Label.of(document.body.get("label"), name)
    return {
        "name": name,
        "label": {"en": label.en, "zh": label.zh},
        "object": document.body.get("object"),
        "active": False,
        "trigger": _trigger_of(document),
        "position": document.body.get("position", 0),
        "before": False,
        "actions": [kind for step in document.body.get("do", ()) for kind in step],
        "origin": None,
    }


def _trigger_of(document: Document) -> str:
    on = document.body["on"]
    if isinstance(on, str):
        return on
    return next(
        str(on.get("event", key)) for key in ("event", "saved", "updated", "date", "cron", "incoming") if key in on
    )


def runs(
    caller: Caller,
    *,
    automation: str | None = None,
    record: str | None = None,
    state: str | None = None,
    limit: int = 50,
    before: str | None = None,
) -> list[dict[str, Any]]:
    """Runs, newest first; `before` is the id of the last one of the page before. Raises UnknownName."""
    require(caller)
    if automation is not None:
        _check_known(caller, automation)
    asked = {"automation": automation, "record": record, "state": state, "before": before, "id": None}
    return _read(caller, asked | {"limit": max(1, min(limit, MOST))})


def run(caller: Caller, id: str, automation: str | None = None) -> dict[str, Any]:
    """One run with what it saw, decided and did. Raises NotFound."""
    require(caller)
    asked = {"automation": automation, "record": None, "state": None, "before": None, "id": addressed(id), "limit": 1}
    found = _read(caller, asked)
    if not found:
        raise NotFound
    return found[0]


def again(caller: Caller, id: str, automation: str | None = None) -> str:
    """Do a failed or cut run again, in the name of the caller; the id of the new run.

    Raises NotFound, NotRepeatable.
    """
    require(caller)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        old = _locked(tx, addressed(id))
        if old is None or (automation is not None and old["automation"] != automation):
            raise NotFound
        if old["state"] not in ("failed", "cut") or old["repeated"] is not None:
            raise NotRepeatable
        batch, given = new_id(), old["saw"].get("given")
        calls = given is not None and old["record"] is None
        enqueue(
            tx,
            old["automation"],
            old["object"],
            [old["record"]] if old["record"] else [],
            versions=[old["version"]] if old["record"] and old["version"] is not None else None,
            op=old["trigger"],
            due=old["due"],
            actor=caller.user,
            repeats=old["id"],
            batch=batch,
            row=given if calls else None,
        )
        tx.execute(
            "update _automation_run set repeated = %(run)s::uuid where id = %(id)s::uuid",
            {"run": batch, "id": old["id"]},
        )
    ring(caller.tenant.name)
    return batch


def _locked(tx: TenantTransaction, id: str) -> dict[str, Any] | None:
    names = ("id", "automation", "object", "record", "version", "trigger", "due", "saw", "state", "repeated")
    rows = tx.rows(f"select {', '.join(names)} from _automation_run where id = %(id)s::uuid for update", {"id": id})
    return dict(zip(names, rows[0], strict=True)) if rows else None


def _check_known(caller: Caller, name: str) -> None:
    known = {*caller.model.automations, *(n for kind, n in caller.model.documents if kind == "automation")}
    if name in known:
        return
    with caller.database.transaction(caller.tenant, read_only=True) as tx:  # one that was there once has its log
        if tx.rows("select 1 from _automation_run where automation = %(name)s limit 1", {"name": name}):
            return
    raise unknown(name, "an automation", "自动化", known)


def _read(caller: Caller, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        rows = tx.rows(_RUNS, asked)
    found = [dict(zip((*_COLUMNS, "actor_name"), row, strict=True)) for row in rows]
    visible = _visible(caller, found)
    for one in found:
        one["visible"] = one["record"] is None or (one["object"], one["record"]) in visible
        if not one["visible"]:
            one |= {"label": None, "saw": {}, "did": [{"action": step["action"]} for step in one["did"]]}
    return found


def _visible(caller: Caller, found: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    ids: dict[str, set[str]] = {}
    for one in found:
        if one["record"] is not None and one["object"] in caller.model.objects:
            ids.setdefault(one["object"], set()).add(one["record"])
    if caller.rights.is_admin:
        return {(object, id) for object, some in ids.items() for id in some}
    return {(object, id) for object, some in ids.items() for id in display_names(caller, object, some)}
