"""Does what an automation says for the records of one outbox row, in the transaction that takes the row away.

Everything is done for all records at once. Where that fails, what was done is taken back and the records are done in
halves, so that those for which it fails are told apart: for them nothing is done, and their runs are kept as failed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import DataError, IntegrityError

from dougong_metadata.errors import Fault
from dougong_metadata.model.flow_types import AutomationModel
from dougong_platform.automations import chain, runs
from dougong_platform.automations.actions import executor
from dougong_platform.automations.firing import Firing
from dougong_platform.automations.running import NO_RECORD, Running, Seen, engine, somebody
from dougong_platform.errors import CallerOutdated, Conflict, RecordsInvalid
from dougong_platform.evaluation import Asked
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import quoted
from dougong_platform.records.upsert import upsert
from dougong_platform.releases.release import Release, load_on
from dougong_platform.storage.statements import place
from dougong_tenants import Database, Tenant, TenantTransaction, new_id

Wrong = dict[str, Any]  # code, en, zh and, of a refused write, errors
_PASSING = (CallerOutdated, Conflict)  # somebody was in the way: later it goes


def execute(
    database: Database,
    tenant: Tenant,
    tx: TenantTransaction,
    firing: Firing,
    attempt: int = 1,
    automation: AutomationModel | None = None,
) -> str:
    """Run it and note the runs; the batch under which they are kept. What may pass (a race, a new release) is raised
    and undone by whoever called. `automation`: one that is not of the release but of an approval's version."""
    started = time.monotonic()
    release = load_on(tx, tenant, tx.entry.release)
    automation = automation or release.model.automations.get(firing.automation)
    batch = firing.batch or new_id()
    if automation is None or automation.object != firing.object:
        log = runs.Log(firing, batch, release.number, attempt, 0)
        runs.note(tx, log, {id: runs.Kept("skipped", error=_GONE) for id in firing.ids or (NO_RECORD,)})
        return batch
    caller = engine(
        database, tenant, release, actor=firing.actor, batch=batch, chain=(*firing.chain, firing.automation)
    )
    running = Running(caller, tx, automation, firing, batch, {})
    if firing.row is not None:
        refused = take(running)
        firing = running.firing
        if refused is not None:
            log = runs.Log(firing, batch, release.number, attempt, 0)
            runs.note(tx, log, {NO_RECORD: runs.Kept("failed", saw={"given": firing.row}, error=refused)})
            return batch
    running.seen = _seen(tx, release, tenant, firing)
    _look(running)
    wrong = chain.cut(tx, firing)
    if not _decide(running):
        log = runs.Log(firing, batch, release.number, attempt, 0)
        runs.note(tx, log, {id: _kept(running, id, "skipped", None, False) for id in running.seen})
        return batch
    states = dict.fromkeys(wrong, "cut")
    good = [id for id in running.seen if id not in wrong]
    failed = _attempt(running, good, 0) if good else {}
    wrong |= failed
    states |= dict.fromkeys(failed, "failed")
    log = runs.Log(firing, batch, release.number, attempt, round((time.monotonic() - started) * 1000))
    runs.note(tx, log, {id: _kept(running, id, states.get(id, "done"), wrong.get(id)) for id in running.seen})
    return batch


def _kept(running: Running, id: str, state: str, wrong: Wrong | None, decided: bool = True) -> runs.Kept:
    seen, given = running.seen[id], running.firing.row
    saw = seen.values | ({"given": dict(given)} if given is not None else {})
    did = [*running.taken, *running.did.get(id, [])]
    return runs.Kept(state, seen.label, seen.version, saw, did, wrong, decided)


def _decide(running: Running) -> bool:
    """Whether it goes on. Saves and the clock decided about their records when they put them into the outbox; this is
    for calls, and for what is about no record."""
    automation = running.automation
    if automation.object is not None and running.firing.row is None:
        return True
    ids = list(running.seen)
    if automation.record_types:
        found = running.ask([("record_type",)], ids)
        if any(row[0] not in automation.record_types for row in found.values()):
            return False
    if automation.condition is None:
        return True
    return all(row[0] is True for row in running.ask([automation.condition], ids).values())


_GONE = {
    "code": "automation_gone",
    "en": "The automation was taken away or switched off in the meantime.",
    "zh": "该自动化已被删除或停用。",
}


def take(running: Running) -> Wrong | None:
    """Writes the record that a call brings; what is wrong with it, or None."""
    caller, automation, tx = running.caller, running.automation, running.tx
    object, row = str(automation.object), dict(running.firing.row or {})
    tx.execute("savepoint automation_call")
    try:
        if automation.trigger.key is None:
            id, created = running.create(object, [{"owner": somebody(tx), **row}])[0], True
        else:
            (one,) = upsert(caller, object, automation.trigger.key, [row], tx=tx).records
            id, created = str(one.id), one.created
    except _PASSING:
        raise
    except (Fault, DataError, IntegrityError) as problem:
        tx.execute("rollback to savepoint automation_call")
        return explained(problem)
    tx.execute("release savepoint automation_call")
    running.firing = replace(running.firing, ids=(id,))
    running.taken = [{"action": "create" if created else "update", "object": object, "ids": [id], "count": 1}]
    return None


def _seen(tx: TenantTransaction, release: Release, tenant: Tenant, firing: Firing) -> dict[str, Seen]:
    """The records that are there, deleted or not; one of their own for an automation without an object."""
    if firing.object is None:
        return {NO_RECORD: Seen()}
    names, model = release.catalogue, release.model.object(firing.object)
    label = quoted(names.column(firing.object, model.name_field))
    text = (
        f"select id, deleted_at is null, {label}::text, owner, version"
        f' from "§".{quoted(names.table(firing.object))} where id = any(%(ids)s::uuid[])'
    )
    found = tx.rows(place(text, tenant.schema, release.number), {"ids": array_text(firing.ids)})
    seen = {row[0]: Seen(*row[1:]) for row in found}
    return {id: seen.get(id, Seen()) for id in firing.ids}


def _look(running: Running) -> None:
    """Notes the values that the automation's condition and trigger speak of, after the save and before it."""
    automation, firing = running.automation, running.firing
    if automation.object is None:
        return
    paths: dict[tuple[str, ...], None] = dict.fromkeys((name,) for name in automation.trigger.fields)
    if automation.trigger.field:
        paths[automation.trigger.field,] = None
    if automation.condition is not None:
        paths |= dict.fromkeys(path for path in automation.condition.paths)
    asked: list[Asked] = [*paths]
    found = running.ask(asked, list(running.seen)) if asked else {}
    versions = dict(zip(firing.ids, firing.versions or (), strict=False))
    changes = runs.changes(running.tx, automation.object, versions) if versions else {}
    mentioned = {path[0] for path in paths}
    for id, seen in running.seen.items():
        values = dict(zip((".".join(path) for path in paths), found.get(id, ()), strict=False))
        changed = {name: pair for name, pair in changes.get(id, {}).items() if name in mentioned}
        seen.values = {"values": values} | ({"changes": changed} if changed else {})
        seen.version = versions.get(id, seen.version)


def _attempt(running: Running, ids: Sequence[str], depth: int) -> dict[str, Wrong]:
    """Do all actions for these records; what is wrong with those for which nothing was done."""
    tx = running.tx
    tx.execute(f"savepoint automation_{depth}")
    try:
        _do(running, ids)
    except _PASSING:
        raise
    except (Fault, DataError, IntegrityError) as problem:
        tx.together(
            (f"rollback to savepoint automation_{depth}", None), (f"release savepoint automation_{depth}", None)
        )
        for id in ids:
            running.did.pop(id, None)
        if len(ids) == 1:
            return {ids[0]: explained(problem)}
        middle = len(ids) // 2
        return _attempt(running, ids[:middle], depth + 1) | _attempt(running, ids[middle:], depth + 1)
    tx.execute(f"release savepoint automation_{depth}")
    return {}


def _do(running: Running, ids: Sequence[str]) -> None:
    for number, action in enumerate(running.automation.actions):
        executor(action.kind)(running, action, number, ids)


def explained(problem: Exception) -> Wrong:
    """What went wrong, for the run's page."""
    if isinstance(problem, Fault):
        said: Wrong = {"code": problem.code, "en": problem.message("en"), "zh": problem.message("zh")}
        if isinstance(problem, RecordsInvalid):
            said["errors"] = [{"field": e.field, "code": e.code, "message": e.message} for e in problem.errors[:20]]
        return said
    diagnosis = problem.diag.message_primary if isinstance(problem, DataError | IntegrityError) else None
    text = diagnosis or type(problem).__name__
    return {"code": "value_invalid", "en": text, "zh": text}


def give_up(
    database: Database, tenant: Tenant, tx: TenantTransaction, firing: Firing, attempt: int, problem: Exception
) -> None:
    """Notes failed runs for what went wrong again and again."""
    release = load_on(tx, tenant, tx.entry.release)
    seen = _seen(tx, release, tenant, firing) if firing.object in release.model.objects or not firing.object else {}
    log = runs.Log(firing, firing.batch or new_id(), release.number, attempt, 0)
    wrong = explained(problem)
    ids = firing.ids or (NO_RECORD,)
    runs.note(
        tx,
        log,
        {id: runs.Kept("failed", label=seen[id].label if id in seen else None, error=wrong) for id in ids},
    )
