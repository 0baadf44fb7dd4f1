"""Works off an import's batches, each in one transaction with its done-mark. Called by the worker and the command line.

A trial does the same work and rolls the records back, so what it says is what the run will say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog

from dougong_metadata.errors import Fault
from dougong_platform.errors import CallerOutdated, FieldError
from dougong_platform.http.caller import Caller
from dougong_platform.imports import batches, store
from dougong_platform.imports.collecting import collecting_later
from dougong_platform.imports.mapping import read_mapping
from dougong_platform.imports.transform import Transform
from dougong_platform.people.acting import acting_as
from dougong_platform.records import WriteResult, create, upsert
from dougong_tenants import Database, Tenant, TenantTransaction

_log = structlog.get_logger(__name__)
MOST_ERRORS = 20_000  # kept of one import; the count goes on


class _RolledBack(Exception):
    """Ends the transaction of a trial's records without an error."""


def work(
    database: Database, tenant: Tenant, identifier: str, progress: Callable[[store.Import], None] | None = None
) -> None:
    """Do batches until none is left; the worker that finishes the last one closes the import."""
    while True:
        with database.transaction(tenant) as tx:
            job = store.read(tx, identifier)
            trial = job.state == "checking"
            number = batches.claim(tx, identifier, trial=trial) if job.state in ("checking", "running") else None
        if progress is not None:
            progress(job)
        if number is None:
            _finish(database, tenant, identifier)
            return
        try:
            with collecting_later():
                _attempt(database, tenant, job, number, trial)
        except Fault as fault:
            _fail(database, tenant, identifier, fault)
            return


def _attempt(database: Database, tenant: Tenant, job: store.Import, number: int, trial: bool) -> None:
    """One batch; once more if a release was published in between."""
    for last in (False, True):
        try:
            caller = acting_as(database, tenant, job.created_by, cause="import", cause_ref=job.id)
            transform = Transform(
                caller,
                caller.model.object(job.object),
                read_mapping(caller, caller.model.object(job.object), job.header, job.mapping),
            )
            _batch(caller, job, number, transform, trial)
        except CallerOutdated:
            if last:
                raise
        else:
            return


def _batch(caller: Caller, job: store.Import, number: int, transform: Transform, trial: bool) -> None:
    lines = batches.lines_of(job.folder, number)
    repeated = {line: first for line, _, first in lines if first is not None}
    done = transform([(line, cells) for line, cells, first in lines if first is None])
    faults: list[dict[str, Any]] = [_fault(line, cells, error) for (line, cells), error in done.errors]
    faults += [
        _fault(line, cells, _repeated(caller, repeated[line], transform.mapping.key))
        for line, cells, _ in lines
        if line in repeated
    ]
    if trial:
        result = _tried(caller, job, done.rows, transform)
        with caller.database.transaction(caller.tenant) as tx:
            _close(tx, job, number, trial, result, done, faults)
        return
    with caller.database.transaction(caller.tenant, statement_timeout=300_000) as tx:
        if batches.is_open(tx, job.id, number, trial=trial):
            # Rows and done-mark are lost together if the server dies now, and the batch is done again; the import is
            # called done by a later commit, which waits for the disk and with it for everything before.
            tx.execute("set local synchronous_commit = off")
            _close(tx, job, number, trial, _write(caller, job, done.rows, transform, tx), done, faults)


def _write(
    caller: Caller, job: store.Import, rows: list[dict[str, Any]], transform: Transform, tx: TenantTransaction
) -> WriteResult:
    key, loaded = transform.mapping.key, transform.loaded
    if key is None:
        return create(caller, job.object, rows, atomic=False, tx=tx, loaded=loaded)
    return upsert(caller, job.object, key, rows, atomic=False, tx=tx, loaded=loaded)


def _tried(caller: Caller, job: store.Import, rows: list[dict[str, Any]], transform: Transform) -> WriteResult:
    result = WriteResult([])
    try:
        with caller.database.transaction(caller.tenant, statement_timeout=300_000) as tx:
            result = _write(caller, job, rows, transform, tx)
            raise _RolledBack
    except _RolledBack:
        return result


def _close(
    tx: TenantTransaction,
    job: store.Import,
    number: int,
    trial: bool,
    result: WriteResult,
    done: Any,
    faults: list[dict[str, Any]],
) -> None:
    for outcome in result.records:
        line, cells = done.lines[outcome.index]
        faults += [_fault(line, cells, error) for error in outcome.errors]
    good = [outcome for outcome in result.records if outcome.ok]
    counts = {
        "created": sum(1 for o in good if o.created),
        "updated": sum(1 for o in good if not o.created and o.changed),
        "unchanged": sum(1 for o in good if not o.created and not o.changed) + done.skipped,
        "failed": len({fault["line"] for fault in faults}),
    }
    batches.close(tx, job.id, number, trial=trial, counts=counts, errors=faults[:MOST_ERRORS])
    totals, _ = batches.sums(tx, job.id, trial=trial)
    store.change(tx, job.id, **totals)


def _fault(line: int, cells: Any, error: FieldError) -> dict[str, Any]:
    return {"line": line, "field": error.field, "code": error.code, "message": error.message, "cells": list(cells)}


def _repeated(caller: Caller, first: int, key: str | None) -> FieldError:
    text = f"第 {first} 行已有相同的键。" if caller.locale.startswith("zh") else f"Line {first} has the same key."
    return FieldError(key, "repeated_key", text)


def _finish(database: Database, tenant: Tenant, identifier: str) -> None:
    with database.transaction(tenant) as tx:
        job = store.read(tx, identifier, lock=True)
        if job.state not in ("checking", "running"):
            return
        trial = job.state == "checking"
        totals, all_done = batches.sums(tx, identifier, trial=trial)
        if all_done:
            store.change(tx, identifier, **totals, state="checked" if trial else "done")
            tx.execute("update _import set finished_at = now() where id = %(id)s::uuid", {"id": identifier})


def _fail(database: Database, tenant: Tenant, identifier: str, fault: Fault) -> None:
    """What was written stays and can be undone; the rest can be started again."""
    _log.warning("import_failed", tenant=tenant.name, id=identifier, code=fault.code)
    with database.transaction(tenant) as tx:
        store.change(
            tx,
            identifier,
            state="failed",
            problem={"code": fault.code, "en": fault.message("en"), "zh": fault.message("zh")},
        )
