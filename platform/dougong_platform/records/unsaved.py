"""Expressions over one row, saved or as it stands in a form, as a one-row SELECT through the write path's own compiler.

Called by forms (which sections and fields show, what is required, defaults) and by record pages (a saved row).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from psycopg import DataError

from dougong_metadata.errors import FieldValueError
from dougong_metadata.expressions import Checked
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_platform.records.insert import of_nothing
from dougong_platform.records.load import is_uuid
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.remembered import cached
from dougong_platform.records.statement import Statement, literal, quoted
from dougong_platform.storage.statements import place

_ARRAYS = frozenset({"text[]", "uuid[]"})


def conditions(
    caller: Caller, object: str, asked: Sequence[Checked], values: Mapping[str, Any], id: str | None = None
) -> list[bool]:
    """Whether each condition holds for the row; unknown is false, as is one that cannot be worked out.

    `values` are what a form holds (canonical; what does not fit its type counts as blank). With `id` the rest of the
    row is that record's, which the caller must be known to see. Raises NotFound where it is gone.
    """
    return [found is True for found in _ask(caller, object, tuple((one, None) for one in asked), values, id)]


def defaults(caller: Caller, object: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical values of the fields that a new row with these `values` would get by itself, for forms.

    Owner, record type and the defaults of fields that the caller may edit. A field in `values` keeps what it has.
    """
    model = caller.model.object(object)
    wanted = [
        f
        for f in model.own_fields
        if f.default is not None and f.name not in values and caller.rights.field(object, f.name) == "edit"
    ]
    asked = tuple((f.default, f.type.pg_type) for f in wanted if f.default is not None)
    found = dict(zip((f.name for f in wanted), _ask(caller, object, asked, values, None), strict=True))
    if "owner" not in values:
        found["owner"] = caller.user
    kind = caller.rights.first_record_type(object)
    if kind is not None and "record_type" not in values:
        found["record_type"] = kind
    return {name: value for name, value in found.items() if value is not None}


Asked = tuple[tuple[Checked, str | None], ...]  # with the type to cast to; None for a condition


def _ask(caller: Caller, object: str, asked: Asked, values: Mapping[str, Any], id: str | None) -> list[Any]:
    if not asked:
        return []
    model = caller.model.object(object)
    wires = _wires(model, values)
    _hide_unreadable(caller, model, asked, wires)
    release = caller.release
    first = caller.rights.first_record_type(object)
    key: Hashable = (
        "unsaved",
        release.model.hash,
        release.catalogue.key,
        object,
        asked,
        tuple(wires),
        id is None,
        first,
    )
    statement = cached(key, lambda: _statement(caller, model, asked, tuple(wires), id is not None))
    params = {f"f_{name}": wire for name, wire in wires.items()}
    params |= caller.environment | {"id": id}
    try:
        entry, rows = caller.database.read(
            caller.tenant, place(statement.text, caller.tenant.schema, release.number), params, custom_plan=False
        )
    except DataError:  # a division by zero, a number out of range: only that expression has no answer
        return [None] if len(asked) == 1 else [_ask(caller, object, (one,), values, id)[0] for one in asked]
    caller.verify(entry)
    if not rows:
        raise NotFound
    return list(rows[0])


def _wires(object: ObjectModel, values: Mapping[str, Any]) -> dict[str, str | None]:
    """What PostgreSQL reads for each given field, in the model's order."""
    found: dict[str, str | None] = {}
    for name in (n for n in object.fields if n in values and n != "id"):
        field, value = object.fields[name], values[name]
        try:
            if value is not None:
                clean(value)
            loaded = None if value is None else field.type.load(value, field)
            found[name] = None if loaded is None else field.type.wire(loaded)
        except FieldValueError:
            found[name] = None
    return found


def _hide_unreadable(caller: Caller, object: ObjectModel, asked: Asked, wires: dict[str, str | None]) -> None:
    """A link to a record that the caller may not see reads as blank, so that no condition tells about that record."""
    walked = {path[0] for checked, _ in asked for path in checked.paths if len(path) > 1}
    for name in walked & wires.keys():
        given, target = wires[name], object.fields[name].to
        if given is not None and (
            target is None or not is_uuid(given) or given not in display_names(caller, target, [given])
        ):
            wires[name] = None


def _statement(caller: Caller, object: ObjectModel, asked: Asked, given: tuple[str, ...], saved: bool) -> Statement:
    names = caller.release.catalogue
    row = NewRow(caller.model, names, object.name, "n", kept=(lambda name: name not in given) if saved else None)
    columns = []
    for checked, pg_type in asked:
        text = row.text(checked)
        columns.append(f"coalesce({text}, false)" if pg_type is None else f"({text})::{pg_type}")
    inner = [f"{_column(caller, one, given, saved)} as {quoted(one.name)}" for one in row.used.values()]
    if saved:
        inner += [
            f"o.{quoted(names.column(object.name, name))} as {quoted('_old_' + name)}"
            for name in given
            if name in row.used
        ]
    source = f' from "§".{quoted(names.table(object.name))} o where o.id = %(id)s::uuid' if saved else ""
    listed = ", ".join(columns)
    return Statement(f"with n as (select {', '.join(inner) or 'true as _'}{source}) select {listed} from n {row.joins}")


def _column(caller: Caller, one: FieldModel, given: tuple[str, ...], saved: bool) -> str:
    kind = one.type.pg_type
    if one.name in given:
        return f"%(f_{one.name})s::{kind}"
    if saved:
        return f"o.{quoted(caller.release.catalogue.column(one.object, one.name))}"
    if one.name == "owner":
        return "%(env_user)s"
    if one.name == "record_type":
        return f"{literal(caller.rights.first_record_type(one.object))}::text"
    return of_nothing(one)
