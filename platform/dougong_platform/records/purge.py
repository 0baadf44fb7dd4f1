"""Removes deleted records for good, details included, under each lookup's rule: clear, block or cascade.

What history says of them stays; files left without a record are swept later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.records import refusals
from dougong_platform.records.action import Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.create import writable
from dougong_platform.records.leaving import Leaving, blocked, referring
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.remove import lock, refuse_blocked
from dougong_platform.records.rolling import recount
from dougong_platform.records.statement import Statement, literal, quoted
from dougong_tenants import TenantTransaction

_REMEMBER = (
    'insert into "§"._history (object, record, version, actor, cause, cause_ref, op, changes)'
    " select {object}, {id}, {version}, %(env_user)s, %(cause)s, %(cause_ref)s, {op}, {changes} from good n"
)


def purge(
    caller: Caller, object: str, ids: Sequence[str], *, atomic: bool = True, tx: TenantTransaction | None = None
) -> WriteResult:
    """Remove up to 10,000 records of the recycle bin for good. There is no way back."""
    model = writable(caller, object, ids)
    if not caller.rights.may(object, "delete"):
        raise NotAllowed
    return act(caller, lambda writing: _purge_in(writing, model, ids, atomic=atomic), tx)


def _purge_in(writing: Writing, object: ObjectModel, ids: Sequence[str], *, atomic: bool) -> WriteResult:
    if not ids:
        return WriteResult([])
    batch, ids, _ = lock(writing, object, ids, deleted=True)
    wanted = {id: index for index, id in enumerate(ids) if index not in batch.errors}
    leaving = _gather(writing, object, list(wanted))
    while hindered := blocked(writing, leaving, live_only=False):
        refuse_blocked(writing.caller, batch, hindered, wanted)
        if atomic:
            break
        leaving = _gather(writing, object, [id for id, index in wanted.items() if index not in batch.errors])
    outcomes = [Outcome(index, id) for index, id in enumerate(ids)]
    if not (atomic and batch.errors):
        counted = [(model, _counting(writing, model, list(roots))) for model, roots in leaving.levels if roots]
        _clear_links(writing, leaving)
        for model, roots in reversed(leaving.levels):
            _remove(writing, model, list(roots))
        for model, targets in counted:
            recount(writing, model, targets, tuple(model.fields))
    return refusals.answer(batch, outcomes, atomic=atomic)


def _gather(writing: Writing, object: ObjectModel, ids: Sequence[str]) -> Leaving:
    """What goes with `ids`: details and rows that point here by a cascading lookup, deleted or not."""
    model, names = writing.caller.model, writing.caller.release.catalogue
    leaving = Leaving([(object, {id: id for id in ids})])
    seen: dict[str, set[str]] = defaultdict(set)
    seen[object.name].update(ids)
    for above, roots in leaving.levels:  # grows while it is read
        for link in referring(model, above.name):
            if not roots or not (link.type.name == "detail" or link.on_delete == "cascade"):
                continue
            column = f"t.{quoted(names.column(link.object, link.name))}"
            rows = writing.run(
                Statement(
                    f'select t.id, {column} from "§".{quoted(names.table(link.object))} t'
                    f" where {column} = any(%(ids)s::uuid[]) order by t.id for update of t"
                ),
                {"ids": array_text(list(roots))},
            )
            found = {id: roots[target] for id, target in rows if id not in seen[link.object]}
            seen[link.object].update(found)
            if found:
                leaving.levels.append((model.objects[link.object], found))
    return leaving


def _counting(writing: Writing, object: ObjectModel, ids: Sequence[str]) -> dict[str, list[str]]:
    """By link, the records whose roll-ups count what is removed while it is live: by a cascade from elsewhere."""
    names = writing.caller.release.catalogue
    found: dict[str, list[str]] = {}
    for link in {f.rollup.link for f in object.rolled_by if f.rollup is not None}:
        column = f"t.{quoted(names.column(object.name, link))}"
        rows = writing.run(
            Statement(
                f'select distinct {column} from "§".{quoted(names.table(object.name))} t'
                f" where t.id = any(%(ids)s::uuid[]) and t.deleted_at is null and {column} is not null"
            ),
            {"ids": array_text(ids)},
        )
        found[link] = [id for (id,) in rows]
    return found


def _clear_links(writing: Writing, leaving: Leaving) -> None:
    """Blank every link from outside to what leaves, and every link inside, so that rows can go in any order."""
    model = writing.caller.model
    for target in {level.name for level, _ in leaving.levels}:
        ids = leaving.ids(target)
        for link in referring(model, target):
            if ids:
                inside = leaving.ids(link.object)
                if inside:
                    _blank(writing, link, ids, inside)
                if link.type.name != "detail" and link.on_delete == "clear":
                    _clear(writing, model.objects[link.object], link, ids, inside)


def _blank(writing: Writing, link: FieldModel, ids: Sequence[str], inside: Sequence[str]) -> None:
    names = writing.caller.release.catalogue
    column = quoted(names.column(link.object, link.name))
    writing.run(
        Statement(
            f'update "§".{quoted(names.table(link.object))} w set {column} = null'
            f" where w.{column} = any(%(ids)s::uuid[]) and w.id = any(%(inside)s::uuid[])"
        ),
        {"ids": array_text(ids), "inside": array_text(inside)},
    )


def _clear(writing: Writing, object: ObjectModel, link: FieldModel, ids: Sequence[str], inside: Sequence[str]) -> None:
    names = writing.caller.release.catalogue
    column, table = quoted(names.column(object.name, link.name)), f'"§".{quoted(names.table(object.name))}'
    before = (
        f"before as (select w.id, w.{column} as target from {table} w where w.{column} = any(%(ids)s::uuid[])"
        " and w.id <> all(%(inside)s::uuid[]) order by w.id for no key update of w)"
    )
    good = (
        f"good as (update {table} w set {column} = null, version = w.version + 1, updated_at = now(),"
        " updated_by = %(env_user)s from before b where w.id = b.id returning w.id, w.version, b.target)"
    )
    parts = [before, good]
    if object.history:
        changes = f"jsonb_build_object({literal(link.name)}, jsonb_build_array(n.target, null))"
        parts.append(
            "remembered as ("
            + _REMEMBER.format(
                object=literal(object.name), id="n.id", version="n.version", op="'update'", changes=changes
            )
            + ")"
        )
    writing.run(
        Statement(f"with {', '.join(parts)} select count(*) from good"),
        {"ids": array_text(ids), "inside": array_text(inside)},
    )


def _remove(writing: Writing, object: ObjectModel, ids: Sequence[str]) -> None:
    if not ids:
        return
    table = f'"§".{quoted(writing.caller.release.catalogue.table(object.name))}'
    parts = [
        f"good as (delete from {table} w where w.id = any(%(ids)s::uuid[]) returning w.id, w.version)",
        'forgotten as (delete from "§"._search s using good n where s.record = n.id)',
        'unsaid as (delete from "§"._comment c using good n where c.record = n.id)',
        'unshared as (delete from "§"._share s using good n where s.record = n.id)',
        'unstayed as (delete from "§"._stay s using good n where s.record = n.id)',
        'unticked as (delete from "§"._checklist k using good n where k.record = n.id)',
        'unpassed as (delete from "§"._stage_pass k using good n where k.record = n.id)',
        'unapproved as (delete from "§"._approval a using good n where a.record = n.id)',
        'dropped as (update "§"._file f set record = null from good n where f.record = n.id)',
    ]
    if object.history:
        entry = _REMEMBER.format(
            object=literal(object.name), id="n.id", version="n.version + 1", op="'purge'", changes="'{}'"
        )
        parts.append(f"remembered as ({entry})")
    writing.run(Statement(f"with {', '.join(parts)} select count(*) from good"), {"ids": array_text(ids)})
