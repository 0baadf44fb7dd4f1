"""The fields of the record that an approval shows to somebody, with their values as they are now.

Whoever is asked sees what the flow shows him, though he may have no right to read the record; what the node hides and
what his permission sets close stays away. Others see what they may read of the record anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.types import FieldModel, LayoutModel, Model
from dougong_platform.access.conditions import PlainRows
from dougong_platform.access.masking import masked
from dougong_platform.approvals.sight.seeing import Knowing, Sight
from dougong_platform.approvals.state import Approval
from dougong_platform.errors import NotFound, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_platform.query.compiled import Remembered
from dougong_platform.storage import Statement, compile_statement, tables

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownField:
    """`name` is a field's, or a path of fields; `field` is the one at its end. `value` as records have it; `called`:
    what the record that a link leads to is called; `unit`: the currency of an amount, where a field says it. `masked`:
    only a mask of the value is shown. `editable`: the caller may change it as he decides."""

    name: str
    field: FieldModel
    label: str
    value: Any
    called: str | None
    unit: str | None
    masked: bool
    editable: bool


@dataclass(frozen=True, slots=True)
class _Query:
    statement: Statement
    places: dict[Path, int]


_queries: Remembered[_Query] = Remembered(500)


def shown_fields(
    caller: Caller, flow: ApprovalModel, approval: Approval, sight: Sight, known: Knowing, edit: frozenset[str]
) -> list[ShownField]:
    """In the flow's order, or in that of the record's page. None are left of a record that was deleted."""
    model = caller.model.objects.get(approval.object)
    if model is None or not (sight.asked or sight.reads):
        return []
    names = flow.shown or _of_page(caller.model, model.name, _record_type(caller, approval))
    wanted = dict.fromkeys([*names, *edit])
    paths = [path for path in (tuple(name.split(".")) for name in wanted) if _may_show(caller, known, path)]
    asked = list(dict.fromkeys(path for base in paths for path in _with_names(caller.model, known, base)))
    row = _read(caller, approval, asked) if sight.asked else _read_by_right(caller, approval, asked)
    if row is None:
        return []
    return [_shown(caller, known, path, row, edit) for path in paths]


def _may_show(caller: Caller, known: Knowing, path: Path) -> bool:
    """What may be known, and what is shown masked."""
    field = field_at(caller.model, known.object, path)
    if field is None:
        return False
    return known.path(path) or (known.path(path[:-1]) and _is_masked(caller, field) and _unhidden(known, field))


def _unhidden(known: Knowing, field: FieldModel) -> bool:
    return (field.object, field.name) not in known.hidden


def _is_masked(caller: Caller, field: FieldModel) -> bool:
    return caller.rights.object(field.object).read != "none" and caller.rights.masked(field.object, field.name)


def field_at(model: Model, object: str, path: Path) -> FieldModel | None:
    """The field at the end of a path; None where it leads nowhere."""
    at: str | None = object
    field: FieldModel | None = None
    for name in path:
        found = model.objects.get(at or "")
        field = found.fields.get(name) if found is not None else None
        if field is None:
            return None
        at = field.to
    return field


def _with_names(model: Model, known: Knowing, path: Path) -> list[Path]:
    """A path, with the paths to what its record is called and to its currency, as far as they may be known."""
    field = field_at(model, known.object, path)
    assert field is not None, "it was looked up before"
    beside: list[Path] = []
    if field.to is not None and field.to in model.objects:
        beside.append((*path, model.objects[field.to].name_field))
    if field.settings.get("currency_field"):
        beside.append((*path[:-1], str(field.settings["currency_field"])))
    return [path, *(other for other in beside if known.path(other))]


def _shown(caller: Caller, known: Knowing, path: Path, row: dict[Path, Any], edit: frozenset[str]) -> ShownField:
    field = field_at(caller.model, known.object, path)
    assert field is not None, "it was looked up before"
    target = caller.model.objects.get(field.to or "")
    called = row.get((*path, target.name_field)) if target is not None else None
    unit = row.get((*path[:-1], str(field.settings.get("currency_field"))))
    labels = [one.label.text(caller.locale) for n in range(1, len(path) + 1)
              if (one := field_at(caller.model, known.object, path[:n])) is not None]  # fmt: skip
    return ShownField(
        ".".join(path),
        field,
        " › ".join(labels),
        row[path],
        called if called is None else str(called),
        unit or field.settings.get("currency"),
        _is_masked(caller, field),
        len(path) == 1 and path[0] in edit,
    )


def _read(caller: Caller, approval: Approval, paths: Sequence[Path]) -> dict[Path, Any] | None:
    """The values by path, whoever may read the record; None where it is gone."""
    release = caller.release
    key = (release.model.hash, release.catalogue.key, caller.rights.shape, approval.object, tuple(paths))
    query = _queries.get(key, lambda: _compile(caller, approval.object, paths))
    values = caller.environment | {"id": approval.record, "tenant_timezone": caller.tenant.timezone}
    try:
        entry, rows = caller.database.read(
            caller.tenant, query.statement.for_tenant(caller.tenant.schema, release.number), values
        )
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ReleaseChanged from error  # contracted since: the caller's release is long over
    caller.verify(entry)
    return {path: rows[0][place] for path, place in query.places.items()} if rows else None


def _read_by_right(caller: Caller, approval: Approval, paths: Sequence[Path]) -> dict[Path, Any] | None:
    """As whoever reads the record sees it; None where it is gone."""
    names = [".".join(path) for path in paths]
    try:
        record = get(caller, approval.object, approval.record, names)
    except NotFound:
        return None
    return {path: record[name] for path, name in zip(paths, names, strict=True)}


def _compile(caller: Caller, object: str, paths: Sequence[Path]) -> _Query:
    made = tables(caller.release.model, caller.release.catalogue)
    base = made[object].alias("t")
    rows = PlainRows(made, caller.model, object, base)
    columns: list[ColumnElement[Any]] = [base.c.id.label("id")]
    for number, path in enumerate(paths):
        field = field_at(caller.model, object, path)
        assert field is not None, "it was looked up before"
        value = rows.column(path)
        columns.append((masked(field, value) if _is_masked(caller, field) else value).label(f"f{number}"))
    where = [base.c.id == bindparam("id", type_=PG_UUID(as_uuid=False)), base.c.deleted_at.is_(None)]
    statement = compile_statement(select(*columns).select_from(rows.source).where(*where))
    return _Query(statement, {path: number for number, path in enumerate(paths, 1)})


def _record_type(caller: Caller, approval: Approval) -> str | None:
    row = _read(caller, approval, [("record_type",)])
    return None if row is None else row["record_type",]


def _of_page(model: Model, object: str, record_type: str | None) -> tuple[str, ...]:
    """The fields that the record's page shows: the layout's for the type, else the one for all."""
    layouts = model.layouts.get(object, ())
    own = next((one for one in layouts if record_type and record_type in one.record_types), None)
    layout: LayoutModel | None = own or next((one for one in layouts if not one.record_types), None)
    layout = layout or next(iter(layouts), None)
    if layout is None:
        return tuple(field.name for field in model.objects[object].own_fields)
    inside = [name for section in layout.sections for name in section.fields if name != "-"]
    return tuple(dict.fromkeys([*layout.highlights, *inside]))
