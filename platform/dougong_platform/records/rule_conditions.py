"""A validation as SQL conditions over a row: all of them hold where the row breaks it."""

from __future__ import annotations

from dougong_metadata.model.types import ValidationModel
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import literal, quoted


def broken(row: NewRow, rule: ValidationModel) -> str:
    """True where the row `n` breaks the rule: cheap conditions first."""
    conditions = []
    if rule.warns:
        conditions.append(f"not (%(confirmed)s::text[] && array['*', {literal(rule.name)}])")
    if rule.starts is not None:
        today = "(now() at time zone %(tenant_timezone)s::text)::date"
        conditions.append(f"{today} >= {literal(rule.starts.isoformat())}::date")
    if rule.record_types:
        row.used["record_type"] = row.field(("record_type",))
        conditions.append(f"n.{quoted('record_type')} = any({literal(list(rule.record_types))}::text[])")
    if rule.when is not None:
        conditions.append(f"coalesce({row.text(rule.when)}, false)")
    conditions.append(f"not coalesce({row.text(rule.must)}, false)")
    return " and ".join(conditions)
