"""Turns numbers of failed checks into errors in the caller's language, and the errors of a batch into its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.access import predicate
from dougong_platform.errors import FieldError, NotAllowed, NotFound, RecordsInvalid, StaleVersion
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import Writing
from dougong_platform.records.check import Check
from dougong_platform.records.load import Batch
from dougong_platform.records.messages import error, veiled
from dougong_platform.records.outcome import Outcome, WriteResult, refused
from dougong_platform.records.statement import Statement, fragment, quoted
from dougong_platform.storage.tables import tables

HIDING = frozenset({"not_found", "not_allowed", "stale_version", "given_twice", "not_a_record"})  # nothing more is told
MOST_NAMED = 20  # refusals of a batch that name the record already having the value


def note(
    writing: Writing,
    batch: Batch,
    ids: Sequence[str],
    checks: Sequence[Check],
    failed: Iterable[tuple[int, Sequence[int]]],
) -> None:
    """Add the failed checks of each (row number from 1, check numbers) to the batch's errors."""
    named = 0
    for number, numbers in failed:
        index = number - 1
        before = batch.errors.get(index, ())
        if any(e.code in HIDING for e in before):
            continue
        wrong = {e.field for e in before}
        for check in _without_gates([checks[n] for n in numbers]):
            name = check.field.name if check.field else None
            if (name in wrong and check.message is None) or check.roots & wrong:
                continue
            if check.code == "not_unique":
                other = _other(writing, batch, ids[index], index, check) if named < MOST_NAMED else None
                named += 1
                batch.refuse(index, not_unique(writing.caller, batch.object, index, check, other))
            else:
                batch.refuse(index, _error(writing.caller, index, check))


def _without_gates(failed: Sequence[Check]) -> Sequence[Check]:
    """What the gate of a stage lacks is no matter where the move itself is refused."""
    if any(check.code in ("stage_move", "stage_end") for check in failed):
        return [
            check
            for check in failed
            if not check.code.startswith("stage_") or check.code in ("stage_move", "stage_end")
        ]
    return failed


def _error(caller: Caller, index: int, check: Check) -> FieldError:
    locale = caller.locale
    at = check.field.name if check.field is not None and _knows(caller, check.field) else None
    if check.message is not None:
        name = check.name if check.code == "needs_confirmation" else None
        return FieldError(at, check.code, check.message.text(locale), index, name)
    named = (check.field, *check.data.values())
    if not all(_knows(caller, one) for one in named if isinstance(one, FieldModel)):
        return veiled(check.code, locale, index, at)
    data = {
        name: value.label.text(locale)
        if isinstance(value, FieldModel)
        else value.text(locale)
        if isinstance(value, Label)
        else value
        for name, value in check.data.items()
    }
    return error(check.code, locale, index, check.field, **data)


def _knows(caller: Caller, field: FieldModel) -> bool:
    """Whether the caller may read this field: one that he may not is named to him nowhere."""
    return caller.rights.field(field.object, field.name) != "none"


def not_unique(caller: Caller, object: ObjectModel, index: int, check: Check, other: str | None = None) -> FieldError:
    """The refusal of a key that the record called `other` already has."""
    locale = caller.locale
    if not all(_knows(caller, object.fields[name]) for name in check.key):
        at = check.field.name if check.field is not None and _knows(caller, check.field) else None
        return veiled("not_unique", locale, index, at)
    labels = [object.fields[name].label.text(locale) for name in check.key]
    label = ("、" if locale.startswith("zh") else ", ").join(labels)
    return error(
        "not_unique",
        locale,
        index,
        check.field,
        label=label,
        other_en=f": “{other}”" if other else "",
        other_zh=f"：「{other}」" if other else "",
    )


def _other(writing: Writing, batch: Batch, id: str, index: int, check: Check) -> str | None:
    """What the record that has this key already is called, if the caller may see it and the row gave the whole key."""
    if any(name not in batch.wires for name in check.key):
        return None
    caller, object = writing.caller, batch.object
    names = caller.release.catalogue
    known = tables(caller.model, names)
    if caller.rights.field(object.name, object.name_field) == "none":
        return None
    allowed = predicate(known, caller.rights, object.name, "read", known[object.name].alias("t"))
    same = " and ".join(
        f"t.{quoted(names.column(object.name, name))} = %({'k_' + name})s::{object.fields[name].type.pg_type}"
        for name in check.key
    )
    called = quoted(names.column(object.name, object.name_field))
    text = (
        f'select t.{called} from "§".{quoted(names.table(object.name))} t'
        f" where {same} and t.deleted_at is null and t.id <> %(id)s::uuid"
        + (f" and ({fragment(allowed)})" if allowed is not None else "")
        + " limit 1"
    )
    values: dict[str, Any] = {f"k_{name}": batch.wires[name][index] for name in check.key}
    rows = writing.run(Statement(text), {**values, "id": id})
    return str(rows[0][0]) if rows and rows[0][0] is not None else None


def answer(batch: Batch, outcomes: list[Outcome], *, atomic: bool) -> WriteResult:
    """The result of a batch; raises what `raise_refused` raises if it was atomic and any row was refused."""
    for index, faults in batch.errors.items():
        outcome = outcomes[index]
        outcome.errors = refused(faults)
        outcome.version, outcome.changed, outcome.created = None, False, False
    if atomic and batch.errors:
        raise_refused([e for outcome in outcomes for e in outcome.errors], alone=batch.count == 1)
    return WriteResult(outcomes)


def raise_refused(errors: Sequence[FieldError], *, alone: bool) -> None:
    """RecordsInvalid; for a batch of one NotFound, NotAllowed or StaleVersion where that is all there is to say."""
    if alone and len(errors) == 1 and errors[0].field is None:
        code = errors[0].code
        if code == "not_found":
            raise NotFound
        if code == "not_allowed":
            raise NotAllowed
        if code == "stale_version":
            raise StaleVersion
    raise RecordsInvalid(errors)
