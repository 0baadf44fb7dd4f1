"""Creates or changes records by a unique field, whoever else does the same at that moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.errors import BadRequest, FieldError, NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import LostRace, Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.change import update_in
from dougong_platform.records.create import create_in, writable
from dougong_platform.records.load import Row
from dougong_platform.records.messages import error, type_error
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.refusals import raise_refused
from dougong_platform.records.statement import Statement, quoted
from dougong_tenants import TenantTransaction

MOST_REPEATS = 20  # times that one key may stand in a batch; later rows win


def upsert(
    caller: Caller,
    object: str,
    key_field: str,
    rows: Sequence[Row],
    *,
    atomic: bool = True,
    tx: TenantTransaction | None = None,
    loaded: Collection[str] = (),
    confirmed: Collection[str] = (),
) -> WriteResult:
    """Per row: change the live record whose `key_field` (a unique field) has the row's value, or create one.

    `Outcome.created` tells which. A record that the caller may not see counts as taken. A key standing several times
    in a batch is applied in order. Raises as `create` does, BadRequest if the field is not unique.
    """
    model = writable(caller, object, rows)
    key = model.fields.get(key_field)
    if key is None or not key.unique or caller.rights.field(object, key_field) == "none":
        raise BadRequest(en=f"“{key_field}” is not a unique field.", zh=f"「{key_field}」不是唯一字段。")
    if not (caller.rights.may(object, "create") or caller.rights.may(object, "update")):
        raise NotAllowed
    return act(
        caller,
        lambda writing: upsert_in(writing.after(confirmed), model, key, rows, atomic=atomic, loaded=loaded),
        tx,
    )


def upsert_in(
    writing: Writing,
    object: ObjectModel,
    key: FieldModel,
    rows: Sequence[Row],
    *,
    atomic: bool,
    loaded: Collection[str] = (),
) -> WriteResult:
    """`upsert` inside a running action."""
    outcomes = [Outcome(index) for index in range(len(rows))]
    for rounds, wires in enumerate(_rounds(writing.caller, key, rows, outcomes)):
        if rounds == MOST_REPEATS:
            for index in wires:
                outcomes[index].errors.append(error("given_twice", writing.caller.locale, index))
            break
        known = _existing(writing, object, key, list(wires.values()))
        fresh = [index for index, wire in wires.items() if wire not in known]
        there = [index for index, wire in wires.items() if wire in known]
        _create(writing, object, rows, fresh, outcomes, loaded)
        _repeat_if_overtaken(writing, object, key, {index: wires[index] for index in fresh}, outcomes)
        _change(writing, object, key, rows, {index: known[wires[index]] for index in there}, outcomes, loaded)
    errors = [e for outcome in outcomes for e in outcome.errors]
    if atomic and errors:
        raise_refused(errors, alone=len(rows) == 1)
    return WriteResult(outcomes)


def _rounds(caller: Caller, key: FieldModel, rows: Sequence[Row], outcomes: list[Outcome]) -> list[dict[int, str]]:
    """Row index -> key text, in rounds within which no key repeats; rows without a usable key are refused."""
    rounds: list[dict[int, str]] = []
    times: dict[str, int] = {}
    for index, row in enumerate(rows):
        wire, refusal = _wire(caller, key, row, index)
        if wire is None:
            outcomes[index].errors.append(refusal or error("key_required", caller.locale, index, key))
            continue
        turn = times.get(wire, 0)
        times[wire] = turn + 1
        turn = min(turn, MOST_REPEATS)
        if turn == len(rounds):
            rounds.append({})
        rounds[turn][index] = wire
    return rounds


def _wire(caller: Caller, key: FieldModel, row: Any, index: int) -> tuple[str | None, FieldError | None]:
    if not isinstance(row, Mapping):
        return None, error("not_a_record", caller.locale, index)
    value = row.get(key.name)
    if value is None:
        return None, None
    try:
        clean(value)
        return key.type.wire(key.type.load(value, key)), None
    except FieldValueError as fault:
        return None, type_error(fault, caller.locale, index, key)


def _existing(writing: Writing, object: ObjectModel, key: FieldModel, wires: Sequence[str]) -> dict[str, str]:
    """Key text as given -> id of the live record that has it."""
    names = writing.caller.release.catalogue
    column, pg_type = quoted(names.column(object.name, key.name)), key.type.pg_type
    rows = writing.run(
        Statement(
            f"select k.i, t.id from unnest(%(keys)s::{pg_type}[]) with ordinality k(v, i)"
            f' join "§".{quoted(names.table(object.name))} t on t.{column} = k.v where t.deleted_at is null'
        ),
        {"keys": array_text(wires)},
    )
    return {wires[number - 1]: id for number, id in rows}


def _repeat_if_overtaken(
    writing: Writing, object: ObjectModel, key: FieldModel, fresh: Mapping[int, str], outcomes: Sequence[Outcome]
) -> None:
    """A key that was free a moment ago and is taken now: the repetition finds its record and changes it."""
    taken = [
        wire
        for index, wire in fresh.items()
        if any(e.field == key.name and e.code == "not_unique" for e in outcomes[index].errors)
    ]
    if taken and _existing(writing, object, key, taken):
        raise LostRace


def _create(
    writing: Writing,
    object: ObjectModel,
    rows: Sequence[Row],
    indexes: Sequence[int],
    outcomes: list[Outcome],
    loaded: Collection[str],
) -> None:
    if indexes and not writing.caller.rights.may(object.name, "create"):
        for index in indexes:
            outcomes[index].errors.append(error("not_allowed", writing.caller.locale, index))
        return
    fresh = [_without(rows[i], "id", "version") for i in indexes]
    result = create_in(writing, object, fresh, atomic=False, loaded=loaded)
    _place(result, indexes, outcomes)


def _change(
    writing: Writing,
    object: ObjectModel,
    key: FieldModel,
    rows: Sequence[Row],
    ids: Mapping[int, str],
    outcomes: list[Outcome],
    loaded: Collection[str],
) -> None:
    indexes = list(ids)
    locale = writing.caller.locale
    if indexes and not writing.caller.rights.may(object.name, "update"):
        for index in indexes:
            outcomes[index].errors.append(error("not_allowed", locale, index))
        return
    given = [{**_without(rows[i], key.name), "id": ids[i]} for i in indexes]
    _place(update_in(writing, object, given, atomic=False, loaded=loaded), indexes, outcomes)
    for index in indexes:  # a record out of sight must look like any other taken key
        outcomes[index].errors = [
            error("not_unique", locale, index, key, other_en="", other_zh="")
            if e.code == "not_found" and e.field is None
            else e
            for e in outcomes[index].errors
        ]


def _place(result: WriteResult, indexes: Sequence[int], outcomes: list[Outcome]) -> None:
    for outcome, index in zip(result.records, indexes, strict=True):
        outcome.index = index
        outcome.errors = [replace(e, index=index) for e in outcome.errors]
        outcomes[index] = outcome


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
