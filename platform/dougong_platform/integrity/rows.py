"""Checks over records themselves: links, unique keys, picklist values, numbers given out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dougong_metadata.model.types import FieldModel
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import Snapshot
from dougong_platform.storage.structure import quote, structure

_LIVE = "t.deleted_at is null"
_NUMBER = re.compile(r"\{(YYYY|YY|MM|DD|0+)\}")


def links(snapshot: Snapshot) -> Iterator[Finding]:
    """Every link leads to a row of its object, deleted or not; a live detail has a live parent."""
    known = {o.name for o in snapshot.objects}
    for object in snapshot.objects:
        for field in object.fields.values():
            if field.to is None or field.type.pg_type != "uuid" or field.to not in known:
                continue
            column = snapshot.column(field)
            yield from snapshot.count(
                f"{object.name}.{field.name}",
                "leads to records that do not exist",
                "指向不存在的记录",
                f"select t.id as example from {snapshot.table(object.name)} t where {column} is not null"
                f" and not exists (select from {snapshot.table(field.to)} p where p.id = {column})",
            )
            if field is object.parent:
                yield from _details(snapshot, field)


def _details(snapshot: Snapshot, field: FieldModel) -> Iterator[Finding]:
    table, parents, column = snapshot.table(field.object), snapshot.table(str(field.to)), snapshot.column(field)
    subject = f"{field.object}.{field.name}"
    yield from snapshot.count(
        subject,
        "has no parent",
        "没有主记录",
        f"select t.id as example from {table} t where {column} is null and {_LIVE}",
    )
    yield from snapshot.count(
        subject,
        "is live under a deleted parent",
        "主记录已删除而明细仍在",
        f"select t.id as example from {table} t join {parents} p on p.id = {column}"
        f" where {_LIVE} and p.deleted_at is not null",
    )


def unique_keys(snapshot: Snapshot) -> Iterator[Finding]:
    """No two live records are equal in a unique field or key; counted by sorting, past the index that should know."""
    release = snapshot.release
    known = {o.name for o in snapshot.own_objects}
    for table in structure(release.model, release.catalogue).tables.values():
        for index in table.indexes:
            if not index.unique or table.object not in known:
                continue
            columns = [f"t.{quote(name)}" for name in index.columns]
            given = " and ".join(f"{column} is not null" for column in columns)
            yield from snapshot.count(
                f"{table.object}.{index.key or index.fields[0]}",
                "is not unique",
                "存在重复值",
                f"select min(t.id::text) as example from {quote(table.name)} t where {_LIVE} and {given}"
                f" group by {', '.join(columns)} having count(*) > 1",
            )


def picklists(snapshot: Snapshot) -> Iterator[Finding]:
    """Chosen values exist, active or not; so do record types."""
    for object in snapshot.own_objects:
        allowed = [(f, list(f.picklist.values)) for f in object.own_fields if f.picklist is not None]
        if object.record_types:
            allowed.append((object.fields["record_type"], list(object.record_types)))
        for field, values in allowed:
            column = snapshot.column(field)
            several = field.type.pg_type == "text[]"
            unknown = f"not {column} <@ %(values)s::text[]" if several else f"{column} <> all(%(values)s::text[])"
            yield from snapshot.count(
                f"{object.name}.{field.name}",
                "holds values that the picklist does not have",
                "包含选项列表中没有的值",
                f"select t.id as example from {snapshot.table(object.name)} t where {unknown}",
                {"values": values},
            )


def numbers(snapshot: Snapshot) -> Iterator[Finding]:
    """The sequence of every automatic number is at least as far as the largest number of the present format."""
    for object in snapshot.own_objects:
        for field in object.own_fields:
            if field.type.name != "auto_number":
                continue
            pattern = _pattern(str(field.settings.get("format") or "{0}"))
            sequence = snapshot.release.catalogue.sequence(object.name, field.name)
            if pattern is None or not snapshot.rows(
                "select 1 where to_regclass(%(s)s) is not null", {"s": quote(sequence)}
            ):
                continue  # without a sequence the check of the tables has said so
            rows = snapshot.rows(
                f"select max(substring({snapshot.column(field)} from %(p)s)::numeric)::text,"
                f" (select case when is_called then last_value else last_value - 1 end from {quote(sequence)})"
                f" from {snapshot.table(object.name)} t where {snapshot.column(field)} ~ %(p)s",
                {"p": pattern},
            )
            largest, given = rows[0]
            if largest is not None and int(largest) > given:
                yield finding(
                    f"{object.name}.{field.name}",
                    f"the sequence stands at {given}, behind {largest}: numbers would repeat",
                    f"序列停在 {given}，落后于 {largest}，编号会重复",
                )


def _pattern(format: str) -> str | None:
    """A regular expression of PostgreSQL whose only group is the running number; None where the format has none."""
    pieces, position, counted = ["^"], 0, False
    for token in _NUMBER.finditer(format):
        pieces.append(re.escape(format[position : token.start()]))
        width = len(token.group(1))
        if token.group(1).startswith("0"):
            pieces.append(f"([0-9]{{{width},18}})" if not counted else f"[0-9]{{{width},18}}")
            counted = True
        else:
            pieces.append(f"[0-9]{{{width}}}")
        position = token.end()
    pieces += [re.escape(format[position:]), "$"]
    return "".join(pieces) if counted else None
