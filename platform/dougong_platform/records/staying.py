"""Stays at stages, opened and closed by the write that moves a record. Used by the insert and the update statement."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.statement import literal, quoted


def stage_fields(object: ObjectModel) -> tuple[str, ...]:
    """The fields along which records stay, each once."""
    return tuple(dict.fromkeys(pipeline.field for pipeline in object.pipelines))


def staying(object: ObjectModel, op: str, touched: Sequence[str]) -> list[str]:
    """`left_0 as (…), stay_0 as (…)`: the stay that ends and the one that begins, for each stage that may change."""
    parts = []
    for number, name in enumerate(stage_fields(object)):
        if name not in touched:  # it stays as it was, or begins nowhere
            continue
        value, of = f"n.{quoted(name)}", f"{literal(object.name)}, n.id, {literal(name)}"
        into = 'insert into "§"._stay (object, record, field, value, entered_by)'
        if op == "create":
            since = next((p.since for p in object.pipelines if p.field == name and p.since in touched), None)
            entered = "now()" if since is None else f"coalesce(n.{quoted(since)}, now())"
            parts.append(
                f'stay_{number} as (insert into "§"._stay (object, record, field, value, entered_by, entered_at)'
                f" select {of}, {value}, %(env_user)s, {entered} from good n where {value} is not null)"
            )
            continue
        moved = f"n.{quoted('_new_' + name)}"
        parts.append(
            f'left_{number} as (update "§"._stay s set left_at = now(), left_by = %(env_user)s from good n'
            f" where s.record = n.id and s.field = {literal(name)} and s.left_at is null and {moved} returning 1)"
        )
        # counting what was left makes PostgreSQL finish leaving before entering: one open stay at a time
        parts.append(
            f"stay_{number} as ({into} select {of}, {value}, %(env_user)s from good n"
            f" where {moved} and {value} is not null and (select count(*) from left_{number}) >= 0)"
        )
    return parts
