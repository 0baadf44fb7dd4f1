"""What before-automations and pipelines set within the write: further steps of the new rows, each seeing what the steps
before it have set. Used by the insert and the update statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dougong_metadata.model.flow_types import AutomationModel
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import literal, quoted


@dataclass(frozen=True, slots=True)
class Setting:
    """One step: where `condition` holds, `values` (SQL by field) take the place of what the row has."""

    condition: str
    values: Mapping[str, str]
    joins: str


def before_automations(object: ObjectModel, *, creating: bool, given: Sequence[str] = ()) -> list[AutomationModel]:
    """Those that can fire in this write, in their order. `given`: the fields that the rows of an update give.

    What one sets may set off the next, so an update's list grows with the fields that are set.
    """
    kinds = ("saved", "created") if creating else ("saved", "updated")
    touched, found = set(given), []
    for one in object.automations:
        fields = one.trigger.fields
        if one.before and one.trigger.kind in kinds and (creating or not fields or touched.intersection(fields)):
            found.append(one)
            touched.update(_fields(one))
    return found


def set_before(object: ObjectModel, *, creating: bool, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The fields that the write may set by itself, in the model's order."""
    names = {name for one in before_automations(object, creating=creating, given=given) for name in _fields(one)}
    for pipeline in object.pipelines:
        moves = creating or pipeline.field in given or pipeline.field in names
        if pipeline.since is not None and moves:
            names.add(pipeline.since)
    return tuple(name for name in object.fields if name in names)


def _fields(one: AutomationModel) -> list[str]:
    return [name for action in one.actions for name in action.values]


def settings_of(
    object: ObjectModel, row: Callable[[], NewRow], *, creating: bool, touched: Sequence[str], given: Sequence[str]
) -> list[Setting]:
    """The steps of this write. `row` makes the columns of one step's rows, which have the alias `n`."""
    found = [
        _setting(object, one, row(), creating=creating, touched=touched)
        for one in before_automations(object, creating=creating, given=given)
    ]
    for pipeline in object.pipelines:
        if pipeline.since is not None and pipeline.since in touched:
            stage = f"n.{quoted(pipeline.field)}"
            moved = (
                f"{stage} is not null" if creating else f"{stage} is distinct from n.{quoted('_old_' + pipeline.field)}"
            )
            row().used.update({name: object.fields[name] for name in (pipeline.field, "record_type")})
            if creating and pipeline.since in given:
                moved += f" and n.{quoted(pipeline.since)} is null"  # brought from where it was before
            found.append(Setting(f"{_under_types(pipeline.record_types)}{moved}", {pipeline.since: "now()"}, ""))
    return found


def _setting(
    object: ObjectModel, one: AutomationModel, row: NewRow, *, creating: bool, touched: Sequence[str]
) -> Setting:
    conditions = [fired(one, row, creating=creating, touched=touched)]
    values: dict[str, str] = {}
    for action in one.actions:
        for name, checked in action.values.items():
            field = object.fields[name]
            values[name] = f"({row.text(checked)})::{field.type.cast_type(field)}"
            row.used[name] = field
    return Setting(" and ".join(conditions), values, row.joins)


def fired(one: AutomationModel, row: NewRow, *, creating: bool, touched: Sequence[str]) -> str:
    """SQL for "this automation fires for the row n"."""
    conditions = []
    if one.record_types:
        row.used["record_type"] = row.field(("record_type",))
        conditions.append(f"n.{quoted('record_type')} = any({literal(list(one.record_types))}::text[])")
    fields = [name for name in one.trigger.fields if name in touched]
    if not creating and one.trigger.fields:
        changes = [f"n.{quoted(name)} is distinct from n.{quoted('_old_' + name)}" for name in fields]
        conditions.append(f"({' or '.join(changes) or 'false'})")
        row.used.update({name: row.field((name,)) for name in fields})
    if one.condition is not None:
        conditions.append(f"coalesce({row.text(one.condition)}, false)")
    return " and ".join(conditions) or "true"


def _under_types(names: Sequence[str]) -> str:
    return f"n.{quoted('record_type')} = any({literal(list(names))}::text[]) and " if names else ""


def steps(
    settings: Sequence[Setting], columns: Mapping[str, FieldModel], kept: Sequence[str], *, when: str
) -> list[str]:
    """`new_1 as (…), …`: every step copies `columns` and `kept` (further columns) and sets its own where it fires.

    The first step reads `new_0`; the last is called `new_<number of steps>`. `when` has to hold for any step.
    """
    parts = []
    for number, one in enumerate(settings):
        copied = [f"n.{name}" for name in kept]
        for name in columns:
            column = f"n.{quoted(name)}"
            if name in one.values:
                copied.append(f"case when b._fires then {one.values[name]} else {column} end as {quoted(name)}")
            elif name != "id":
                copied.append(column)
        parts.append(
            f"new_{number + 1} as materialized (select {', '.join(copied)} from new_{number} n {one.joins}"
            f" cross join lateral (select {when} and coalesce({one.condition}, false) as _fires) b)"
        )
    return parts
