"""Saved list views: list, create, change and remove. What they say is checked under their owner's rights when they are
kept, and again under the reader's when they are used. Called by the API and the list screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean_text
from dougong_platform.errors import BadFilter, BadRequest, FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import readable_paths, require_readable, shown_paths
from dougong_platform.query.filter import parse_filter
from dougong_platform.query.rows import field_at, shown_at
from dougong_platform.query.single import uuid_text
from dougong_platform.query.sort import sort_keys
from dougong_tenants import TenantTransaction, new_id

LONGEST_NAME = 100  # characters
MOST = 100  # of one person and object
MOST_COLUMNS = 50
_COLUMNS = "id, object, name, owner, shared, columns, filter, sort, totals"


@dataclass(frozen=True, slots=True)
class SavedView:
    """`columns`, `sort` and `totals` as in a list view's document; `owner` is the user who made it."""

    id: str
    object: str
    name: str
    owner: str
    shared: bool
    columns: tuple[str, ...]
    filter: str | None
    sort: tuple[str, ...]
    totals: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """As the API answers it."""
        return {name: getattr(self, name) for name in self.__slots__}


def list_views(caller: Caller, object: str) -> list[SavedView]:
    """One's own views of an object and those shared with everybody, by name, as far as the caller may know them:
    without what names a field hidden from him, and without views whose filter does. Raises UnknownName, NotAllowed."""
    require_readable(caller.rights, object)
    entry, rows = caller.database.read(
        caller.tenant,
        f"select {_COLUMNS} from _saved_view where object = %(object)s and (shared or owner = %(user)s::uuid)"
        " order by shared desc, sort_key(name), id",
        {"object": object, "user": caller.user},
    )
    caller.verify(entry)
    narrowed = (_as_known(caller, _view(row)) for row in rows)
    return [view for view in narrowed if view is not None]


def _as_known(caller: Caller, view: SavedView) -> SavedView | None:
    """The view without names that the caller may not read (or that no longer exist); None where they filter it."""
    try:
        parse_filter(caller.rights, view.object, view.filter)
    except BadFilter:
        if view.owner != caller.user:
            return None
    columns, sort, totals = (
        known(caller.rights, view.object, names)
        for known, names in ((shown_paths, view.columns), (readable_paths, view.sort), (readable_paths, view.totals))
    )
    return replace(view, columns=columns, sort=sort, totals=totals)


def create(caller: Caller, object: str, given: Mapping[str, Any]) -> SavedView:
    """Keep a view: {name, columns, filter, sort, totals, shared}. Raises RecordsInvalid, BadFilter, NotAllowed."""
    require_readable(caller.rights, object)
    asked = SavedView(str(new_id()), object, "", caller.user, False, (), None, (), ())
    made = _checked(caller, asked, {"columns": (), **given})
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        own = tx.rows("select count(*) from _saved_view where object = %s and owner = %s", [object, caller.user])
        if own[0][0] >= MOST:
            raise _wrong(caller, "name", "too_many", f"At most {MOST} views.", f"最多保存 {MOST} 个视图。")
        _write(
            tx,
            f"insert into _saved_view ({_COLUMNS}) values (%(id)s, %(object)s, %(name)s, %(owner)s, %(shared)s,"
            " %(columns)s, %(filter)s, %(sort)s, %(totals)s)",
            made,
        )
    return made


def change(caller: Caller, id: str, given: Mapping[str, Any]) -> SavedView:
    """Change what is given of one's own view; administrators also shared ones. Raises NotFound and as `create`."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        made = _checked(caller, _own(caller, tx, id), given)
        _write(
            tx,
            "update _saved_view set name = %(name)s, shared = %(shared)s, columns = %(columns)s,"
            " filter = %(filter)s, sort = %(sort)s, totals = %(totals)s, updated_at = now()"
            " where id = %(id)s",
            made,
        )
    return made


def remove(caller: Caller, id: str) -> SavedView:
    """Forget one's own view; administrators may remove shared ones. The view as it was. Raises NotFound, NotAllowed."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = _own(caller, tx, id)
        tx.execute("delete from _saved_view where id = %s", [found.id])
    return found


def may_share(caller: Caller) -> bool:
    """Whether the caller may put views before everybody."""
    return "metadata" in caller.rights.system


def _own(caller: Caller, tx: TenantTransaction, id: str) -> SavedView:
    known = uuid_text(id)
    rows = tx.rows(f"select {_COLUMNS} from _saved_view where id = %s for update", [known]) if known else []
    found = _view(rows[0]) if rows else None
    if found is None or not (found.shared or found.owner == caller.user):
        raise NotFound
    if found.owner != caller.user and not may_share(caller):
        raise NotAllowed
    return found


def _checked(caller: Caller, before: SavedView, given: Mapping[str, Any]) -> SavedView:
    """`before` with what is given, if all of it is right."""
    values = {name: getattr(before, name) for name in SavedView.__slots__}
    values |= {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    made = SavedView(**values)
    errors: list[FieldError] = []
    try:
        name = clean_text(made.name).strip()
    except FieldValueError:
        name = ""
    if not 1 <= len(name) <= LONGEST_NAME:
        errors += _wrong(
            caller,
            "name",
            "required",
            f"A name of at most {LONGEST_NAME} characters is needed.",
            f"请填写名称，最多 {LONGEST_NAME} 个字符。",
        ).errors
    if made.shared and not may_share(caller):
        raise NotAllowed
    if not 1 <= len(made.columns) <= MOST_COLUMNS:
        errors += _wrong(
            caller, "columns", "too_many", f"Choose 1 to {MOST_COLUMNS} columns.", f"请选择 1 到 {MOST_COLUMNS} 列。"
        ).errors
    if errors:
        raise RecordsInvalid(errors)
    _check_paths(caller, made)
    return SavedView(**{**values, "name": name, "filter": (made.filter or "").strip() or None})


def _check_paths(caller: Caller, view: SavedView) -> None:
    """Raise RecordsInvalid or BadFilter for what this person could not ask a list."""
    try:
        for path in view.columns:
            shown_at(caller.rights, view.object, tuple(path.split(".")))
        for path in view.totals:
            field_at(caller.rights, view.object, tuple(path.split(".")))
        sort_keys(caller.rights, view.object, view.sort)
        parse_filter(caller.rights, view.object, view.filter)
    except BadFilter:
        raise
    except BadRequest as fault:
        raise RecordsInvalid([FieldError("columns", fault.code, fault.message(caller.locale))]) from None


def _write(tx: TenantTransaction, sql: str, view: SavedView) -> None:
    lists = {name: orjson.dumps(getattr(view, name)).decode() for name in ("columns", "sort", "totals")}
    tx.execute(sql, view.json() | lists)


def _view(row: tuple[Any, ...]) -> SavedView:
    id, object, name, owner, shared, columns, filter, sort, totals = row
    return SavedView(id, object, name, owner, shared, tuple(columns), filter, tuple(sort), tuple(totals))


def _wrong(caller: Caller, field: str, code: str, en: str, zh: str) -> RecordsInvalid:
    return RecordsInvalid([FieldError(field, code, zh if caller.locale.startswith("zh") else en)])
