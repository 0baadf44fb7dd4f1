"""Publishing: from the draft (or any documents) to a release in force, and on again after being killed anywhere.

    begin       documents put aside, physical names given, a row in `_publish`
    preparing   tables, columns, triggers, batches, foreign keys, indexes: nothing any release sees
    switch      one short transaction
    contract    triggers, old indexes and constraints go; retired columns stay with their data

The command line and the builder call `publish`, the HTTP API `publish_or_hand_over`; the worker calls `resume`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from dougong_metadata.model.types import Model
from dougong_platform.errors import PublishConflict, PublishRefused
from dougong_platform.jobs import ring
from dougong_platform.releases import draft as drafts
from dougong_platform.releases import restaging, steps
from dougong_platform.releases.columns import assign, read_stored
from dougong_platform.releases.draft_stages import Moves, said, stage_moves
from dougong_platform.releases.estimate import Estimate, estimate
from dougong_platform.releases.impact import Counter
from dougong_platform.releases.leaving import leaving, refuse_the_lost
from dougong_platform.releases.locks import PUBLISH_UNLOCK, TRY_PUBLISH_LOCK
from dougong_platform.releases.publication import Publication, begin, unfinished
from dougong_platform.releases.release import Release, load_on, remember
from dougong_platform.releases.switch import switch
from dougong_platform.releases.work import derive
from dougong_platform.storage.ddl import Owner
from dougong_tenants import Database, Tenant

LONGEST_INLINE = 5.0  # seconds for which somebody is kept waiting for an answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be published: the draft, or `model` if given.

    `base` and `draft_hash` say what was planned. `most_columns`: a table that would have more is rebuilt.
    `stages`: "pipeline.stage" -> where the records go of a stage that is taken away; added to what the draft says.
    """

    base: int | None = None
    draft_hash: str | None = None
    model: Model | None = None
    note: str = ""
    by: str | None = None
    restored: int | None = None
    most_columns: int | None = None
    stages: Moves = field(default_factory=dict)


def publish(database: Database, tenant: Tenant, **wanted: Any) -> Release:
    """Publish what `wanted` (the fields of Wanted) says, and answer the release then in force.

    PublishConflict if the tenant has moved on from what was planned, or while somebody else publishes.
    InvalidDocuments if the draft does not compile, PublishRefused if the data does not allow it; then nothing has
    changed. Ends an unfinished publish first.
    """
    with alone(database, tenant) as connection:
        begun = _begin(connection, tenant, Wanted(**wanted))
        return begun if isinstance(begun, Release) else _run(connection, tenant, begun)


def publish_or_hand_over(
    database: Database, tenant: Tenant, *, background: bool | None = None, **wanted: Any
) -> Release | None:
    """As `publish`, but leave it to the worker if it will take long (or `background` says so): then None.

    What is wrong with the documents is raised here in either case; what the data refuses, the progress tells.
    """
    with alone(database, tenant) as connection:
        begun = _begin(connection, tenant, Wanted(**wanted))
        if isinstance(begun, Release):
            return begun
        if background is None:
            background = _estimate(connection, tenant, begun).seconds > LONGEST_INLINE
        if not background:
            return _run(connection, tenant, begun)
        connection.execute("insert into _outbox (topic, payload) values ('publish', '{}')")
    ring(tenant.name)
    return None


def _begin(connection: Owner, tenant: Tenant, wanted: Wanted) -> Publication | Release:
    """The row of a publish that has begun; the current release if it says the same already."""
    _finish(connection, tenant)
    now = _current(connection, tenant)
    if wanted.base is not None and wanted.base != now.number:
        raise PublishConflict(current=now.number)
    packs: list[Any] = []
    model, moves = wanted.model, dict(wanted.stages)
    if model is None:
        model = drafts.compile_draft(connection, now, wanted.draft_hash)
        moves = {**said(stage_moves(connection), model), **moves}
        packs = [record for (record,) in connection.execute("select record from _pack_pending").fetchall()]
    if model.hash == now.model.hash and not packs:
        return now
    remember(model)
    new = assign(now, model, read_stored(connection), now.number + 1, wanted.most_columns)
    if new.full:
        raise PublishRefused.full(new.full[0])
    found = leaving(now, Release(now.number + 1, model, new.catalogue), moves)
    refuse_the_lost(Counter(lambda sql, params: connection.execute(sql.encode(), params).fetchall()), found)
    about: dict[str, Any] = {"note": wanted.note, "by": wanted.by, "restored": wanted.restored, "stages": moves}
    return begin(connection, now.number, model, new.catalogue, new.added, **about, pack={"packs": packs})


def _estimate(connection: Owner, tenant: Tenant, row: Publication) -> Estimate:
    base, target = load_on(connection, tenant, row.base), row.target_release(connection)
    return estimate(connection, derive(base, target, tenant.timezone), restaging.restaging(base, target, row.stages))


def resume(database: Database, tenant: Tenant) -> Release | None:
    """Finish what a killed publish began; the release in force after it, None if there was nothing to do (or somebody
    is at it). A publish that the data refuses is taken back."""
    try:
        with alone(database, tenant) as connection:
            return _finish(connection, tenant)
    except PublishConflict:
        return None


def _finish(connection: Owner, tenant: Tenant) -> Release | None:
    row = unfinished(connection)
    if row is None:
        return None
    try:
        return _run(connection, tenant, row)
    except PublishRefused:
        return _current(connection, tenant)  # taken back, with its reason in `_publish`


@contextmanager
def alone(database: Database, tenant: Tenant) -> Iterator[Owner]:
    """An owner's connection while nobody else publishes for this tenant; a killed publish is not ended by this."""
    with database.owner(tenant) as connection:
        row = connection.execute(TRY_PUBLISH_LOCK.encode()).fetchone()
        if row is None or not row[0]:
            raise PublishConflict
        try:
            yield connection
        finally:
            if not connection.closed:
                connection.execute(PUBLISH_UNLOCK.encode())


def _current(connection: Owner, tenant: Tenant) -> Release:
    row = connection.execute("select coalesce(max(number), 0) from _release").fetchone()
    assert row is not None
    return load_on(connection, tenant, row[0])


def _run(connection: Owner, tenant: Tenant, row: Publication) -> Release:
    base, target = load_on(connection, tenant, row.base), row.target_release(connection)
    work, stages = derive(base, target, tenant.timezone), restaging.restaging(base, target, row.stages)
    contract = [*steps.contracting(work), *restaging.contracting(stages)]
    if row.state == "preparing":
        fresh = _fresh(connection, row)
        prepare = [*steps.preparing(work, fresh), *restaging.preparing(stages)]
        row.estimated(connection, len(prepare) + 1 + len(contract), estimate(connection, work, stages).rows)
        try:
            _do(connection, row, prepare)
            switch(connection, tenant, row, target, work.fills, lambda inside: restaging.finishing(inside, row, stages))
        except PublishRefused as refused:
            undo = [*restaging.undoing(stages), *steps.undoing(work, fresh, _fresh_tables(fresh))]
            _take_back(connection, row, undo, refused)
            raise
    _do(connection, row, contract)
    _forget(connection, row)
    connection.execute("update _publish set state = 'done', ended = now() where id = %s", [row.id])
    ring(tenant.name)
    return load_on(connection, tenant, target.number)


def _do(connection: Owner, row: Publication, todo: Iterable[steps.Step]) -> None:
    for step in todo:
        if row.done.get(step.key) is not True:
            step.run(connection, row)
            row.mark(connection, step.key)


def _fresh(connection: Owner, row: Publication) -> frozenset[tuple[str, str]]:
    """(table, column) that this publish adds; column "" for a table."""
    found = connection.execute(
        "select object, field, physical from _column where state = 'preparing' and since = %s", [row.target]
    ).fetchall()
    names = row.catalogue
    return frozenset((names.table(o), "" if not f else physical) for o, f, physical in found)


def _fresh_tables(fresh: frozenset[tuple[str, str]]) -> frozenset[str]:
    return frozenset(table for table, column in fresh if column == "")


def _take_back(connection: Owner, row: Publication, undo: Iterable[steps.Step], refused: PublishRefused) -> None:
    for step in undo:
        step.run(connection, row)
    with connection.transaction():
        connection.execute("delete from _column where state = 'preparing' and since = %s", [row.target])
        connection.execute("delete from _release_document where release = %s", [row.target])
        _forget(connection, row)
        error = orjson.dumps({"code": refused.code, "data": refused.data}).decode()
        connection.execute(
            "update _publish set state = 'failed', ended = now(), error = %s where id = %s", [error, row.id]
        )


def _forget(connection: Owner, row: Publication) -> None:
    """What was only noted for this publish."""
    connection.execute("delete from _unconverted where publish = %s", [row.id])
    connection.execute("delete from _restaged where publish = %s", [row.id])
