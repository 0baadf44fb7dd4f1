"""`evaluate`: expressions for stored records, one statement for all of them. Called by automations and texts.

What asks for prior(), changed() or ISNEW() sees the save that wrote the given versions, out of history.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from dougong_metadata.expressions import Checked
from dougong_metadata.model.types import FieldModel
from dougong_platform.http.caller import Caller
from dougong_platform.records.arrays import array_text
from dougong_platform.records.from_json import from_json
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.remembered import cached
from dougong_platform.records.statement import Statement, fragment, literal, quoted
from dougong_tenants import TenantTransaction

# An expression, one whose value is cast to a column type, or a path of fields.
Asked = Checked | tuple[Checked, str] | tuple[str, ...]
OF_A_SAVE = frozenset({"PRIOR", "CHANGED", "ISNEW"})


def evaluate(
    caller: Caller,
    object: str | None,
    asked: Sequence[Asked],
    ids: Sequence[str],
    tx: TenantTransaction,
    *,
    versions: Sequence[int] | None = None,
    op: str = "update",
) -> dict[str, list[Any]]:
    """Canonical values by id, in the order of `ids`, each in the order of `asked`; conditions are True or False. Ids of
    no record are absent.

    Deleted records count. `versions` (one for each id) and `op` (create, update, delete) name the saves that prior()
    speaks of; without them nothing has changed. Without an object the answer has the one key "".
    """
    asked = tuple(asked)
    if not asked or not (ids or object is None):
        return {id: [] for id in ids}
    saving = any(isinstance(one, Checked) and one.functions & OF_A_SAVE for one in map(expression, asked))
    past = "create" if op == "create" else "update" if versions is not None else "none"
    mode = past if saving else "none"
    release = caller.release
    key: Hashable = ("evaluate", release.model.hash, release.catalogue.key, object, asked, mode)
    statement = cached(key, lambda: _statement(caller, object, asked, mode))
    values = caller.environment | {
        "tenant_timezone": caller.tenant.timezone,
        "ids": array_text(ids),
        "versions": array_text([str(version) for version in versions or ()]),
    }
    found = {str(row[0] or ""): list(row[1:]) for row in statement.run(tx, caller, values)}
    return found if object is None else {id: found[id] for id in ids if id in found}


def expression(asked: Asked) -> Checked | None:
    """The expression in it; None for a path."""
    if isinstance(asked, Checked):
        return asked
    return asked[0] if isinstance(asked[0], Checked) else None


def _statement(caller: Caller, object: str | None, asked: Sequence[Asked], mode: str) -> Statement:
    names = caller.release.catalogue
    row = NewRow(caller.model, names, object or "", "n", kept=None if mode == "create" else lambda name: mode == "none")
    columns = [column(row, one) for one in asked]
    if object is None:
        return Statement(f"with n as (select null::uuid as id) select n.id, {', '.join(columns)} from n {row.joins}")
    inner = []
    for field in row.used.values():
        physical = f"o.{quoted(names.column(object, field.name))}"
        inner.append(f"{_then(field, physical, 1, mode)} as {quoted(field.name)}")
        if mode == "update":
            inner.append(f"{_then(field, physical, 0, mode)} as {quoted(f'_old_{field.name}')}")
    others = [one for one in inner if not one.endswith(' as "id"')]
    history = ""
    if mode == "update":
        history = (
            " left join unnest(%(ids)s::uuid[], %(versions)s::integer[]) v(id, version) on v.id = o.id"
            ' left join lateral (select h.changes from "§"._history h where h.record = o.id'
            f" and h.object = {literal(object)} and h.version = v.version and h.op in ('create', 'update')"
            " order by h.seq desc limit 1) h on true"
        )
    source = f'"§".{quoted(names.table(object))} o{history} where o.id = any(%(ids)s::uuid[])'
    return Statement(
        f"with n as materialized (select {', '.join(['o.id', *others])} from {source})"
        f" select n.id, {', '.join(columns)} from n {row.joins}"
    )


def column(row: NewRow, asked: Asked) -> str:
    """SQL for one thing asked for over `row`."""
    checked = expression(asked)
    if checked is None:
        assert isinstance(asked, tuple)
        return text_of(row, tuple(str(step) for step in asked))
    text = row.text(checked)
    if checked.mode == "condition":
        return f"coalesce({text}, false)"
    return f"({text})::{asked[1]}" if isinstance(asked, tuple) else text


def text_of(row: NewRow, path: tuple[str, ...]) -> str:
    """SQL for the field at the end of a path."""
    return fragment(row.column(path))


def _then(field: FieldModel, physical: str, side: int, mode: str) -> str:
    """The field as it was before (0) or after (1) the save, where that is known."""
    if mode != "update":
        return physical
    change = f"h.changes -> {literal(field.name)}"
    value = from_json(f"({change} -> {side})", field.type.pg_type)
    return f"case when h.changes ? {literal(field.name)} then {value} else {physical} end"
