"""Validations of records whose roll-ups a write has changed: a line that takes its order over a limit is refused.

Called after the roll-ups are kept, in the same transaction; only what reads one of the changed roll-ups is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dougong_metadata.model.types import Model, ObjectModel, ValidationModel
from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.records.action import Writing
from dougong_platform.records.arrays import array_text
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.remembered import cached
from dougong_platform.records.rule_conditions import broken
from dougong_platform.records.statement import Statement, quoted
from dougong_platform.storage.rollups import reads


def asked(model: Model, above: ObjectModel, changed: frozenset[str]) -> tuple[ValidationModel, ...]:
    """The active validations of `above` that read one of these roll-ups, be it by a formula."""
    return tuple(
        rule
        for rule in above.validations
        if rule.active
        and any(one is not None and reads(model, above.name, (), one) & changed for one in (rule.must, rule.when))
    )


def refuse_what_breaks(writing: Writing, above: ObjectModel, ids: Sequence[str], changed: Iterable[str]) -> None:
    """Raise RecordsInvalid with the messages of the rules that one of these records no longer keeps."""
    rules = asked(writing.caller.model, above, frozenset(changed))
    if not rules or not ids:
        return
    caller = writing.caller
    key = ("parents hold", caller.model.hash, caller.release.catalogue.key, above.name, tuple(r.name for r in rules))
    statement = cached(key, lambda: _statement(writing, above, rules))
    (row,) = writing.run(statement, {"ids": array_text(ids)})
    failed = [rule for rule, found in zip(rules, row, strict=True) if found]
    if failed:
        raise RecordsInvalid(
            [
                FieldError(
                    None,
                    "needs_confirmation" if rule.warns else "validation",
                    f"{above.label.text(caller.locale)}: {rule.message.text(caller.locale)}",
                    None,
                    rule.name if rule.warns else None,
                )
                for rule in failed
            ]
        )


def _statement(writing: Writing, above: ObjectModel, rules: Sequence[ValidationModel]) -> Statement:
    """One row: for each rule whether any of the records breaks it."""
    names = writing.caller.release.catalogue
    row = NewRow(writing.caller.model, names, above.name, "n", kept=lambda name: True)
    wrong = [broken(row, rule) for rule in rules]
    columns = ["o.id", *(f"o.{quoted(names.column(above.name, f))} as {quoted(f)}" for f in row.used if f != "id")]
    source = f'"§".{quoted(names.table(above.name))} o where o.id = any(%(ids)s::uuid[]) and o.deleted_at is null'
    found = ", ".join(f"coalesce(bool_or({one}), false)" for one in wrong)
    return Statement(f"with n as (select {', '.join(columns)} from {source}) select {found} from n {row.joins}")
