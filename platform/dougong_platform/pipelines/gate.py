"""What a record lacks before it may go to another stage: asked by the record page, the board and the API, before
anybody tries. The write path checks the same once more, in its own statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_metadata.label import Label
from dougong_platform.evaluation import evaluate
from dougong_platform.pipelines.checklist import ticks
from dougong_platform.query import get
from dougong_platform.records.unsaved import conditions

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel, StageModel
    from dougong_platform.http.caller import Caller

HELD = Label("The condition holds.", "条件已满足。")
NOT_HELD = Label("The condition does not hold.", "不满足条件。")
VEILED = Label("A value that you may not see", "一项您无权查看的内容")
APPROVED = Label("Approval", "审批通过")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a gate asks for. `kind`: field, item, condition or approval; `name` the field's or the item's,
    None for one that the caller may not know; `stage` the stage that asks."""

    kind: str
    stage: str
    label: Label
    met: bool
    name: str | None = None
    reason: bool = False  # a field that is asked for on entering


@dataclass(frozen=True, slots=True)
class Gate:
    """The way to one stage. `allowed`: by the moves of the pipeline; `needs`: of it and the stages passed over."""

    stage: StageModel
    allowed: bool
    needs: tuple[Need, ...]

    @property
    def missing(self) -> tuple[Need, ...]:
        """What is lacking."""
        return tuple(need for need in self.needs if not need.met)

    @property
    def open(self) -> bool:
        """Whether the record may go there as it is."""
        return self.allowed and not self.missing


def gates(
    caller: Caller,
    pipeline: PipelineModel,
    record: str,
    targets: Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> dict[str, Gate]:
    """The gates from where the record is to each of `targets` (all other stages), by stage.

    `values` are what a form already holds for it. Raises NotFound where the caller does not see the record.
    """
    object, values = pipeline.object, values or {}
    now = get(caller, object, record, ["id", pipeline.field])[pipeline.field]
    wanted = [s for v, s in pipeline.stages.items() if v != now and (targets is None or v in targets)]
    asking = {stage.value: pipeline.passed(now, stage.value) for stage in wanted}
    asked = list(dict.fromkeys(stage for stages in asking.values() for stage in stages))
    seen = _Seen(caller, pipeline, record, asked, values)
    needs = {stage.value: tuple(seen.needs(stage)) for stage in asked}
    allowed = pipeline.targets(now)
    return {
        stage.value: Gate(
            stage, stage.value in allowed, tuple(need for one in asking[stage.value] for need in needs[one.value])
        )
        for stage in wanted
    }


def blank(value: Any) -> bool:
    """As ISBLANK sees it."""
    return value is None or value in ("", [], "{}")


class _Seen:
    """A record as the gates of some stages see it: read in a few statements for all of them."""

    def __init__(
        self, caller: Caller, pipeline: PipelineModel, record: str, stages: list[StageModel], values: Mapping[str, Any]
    ) -> None:
        self.caller, self.pipeline, self.record, self.given = caller, pipeline, record, values
        object = pipeline.object
        self.model = caller.model.objects[object]
        kind = ("record_type",) if any(stage.approval for stage in stages) else ()
        flows = {flow.name: flow for flow in self.model.approvals}
        lapses = {s.value: flows[s.approval].lapses for s in stages if s.approval in flows}
        lapsing = (name for names in lapses.values() for name in names)
        names = list(dict.fromkeys((*kind, *lapsing, *(name for stage in stages for name in _fields(stage)))))
        self.values: dict[str, Any] = {}
        self.passes: set[str] = set()
        with caller.database.transaction(caller.tenant, read_only=True) as tx:
            caller.verify(tx.entry)
            if names:
                row = evaluate(caller, object, [(name,) for name in names], [record], tx)[record]
                self.values = dict(zip(names, row, strict=True))
            if any(stage.approval for stage in stages):
                rows = tx.rows(
                    "select stage, seen from _stage_pass where record = %s and pipeline = %s", [record, pipeline.name]
                )
                self.passes = {
                    stage
                    for stage, seen in rows
                    if all(
                        name not in (seen or {}) or seen[name] == {**self.values, **values}.get(name)
                        for name in lapses.get(stage, ())
                    )
                }
        self.values |= values
        listed = any(stage.checklist for stage in stages)
        self.ticks = ticks(caller, object, record, pipeline) if listed else {}
        self.held = {
            stage.value: conditions(caller, object, [stage.must], {**values, pipeline.field: stage.value}, record)[0]
            for stage in stages
            if stage.must is not None
        }

    def needs(self, stage: StageModel) -> list[Need]:
        """What the gate of one stage asks for, in the order in which it is shown."""
        found = [self._field(stage, name) for name in _fields(stage)]
        found += [
            Need("item", stage.value, item.label, (stage.value, item.name) in self.ticks, item.name)
            for item in stage.checklist
            if item.required
        ]
        if stage.must is not None:
            held = self.held[stage.value]
            found.append(Need("condition", stage.value, HELD if held else stage.message or NOT_HELD, held))
        if stage.approval is not None and self._takes(stage):
            found.append(Need("approval", stage.value, APPROVED, stage.value in self.passes))
        return found

    def _takes(self, stage: StageModel) -> bool:
        """Whether the flow that the gate asks for is one for this record, as it would be there."""
        flow = next((flow for flow in self.model.approvals if flow.name == stage.approval), None)
        if flow is None:
            return True
        if flow.record_types and self.values.get("record_type") not in flow.record_types:
            return False
        given = {**self.given, self.pipeline.field: stage.value}
        return flow.entry is None or conditions(self.caller, self.model.name, [flow.entry], given, self.record)[0]

    def _field(self, stage: StageModel, name: str) -> Need:
        met = not blank(self.values.get(name))
        known = self.caller.rights.field(self.model.name, name) != "none"
        label = self.model.fields[name].label if known else VEILED
        return Need("field", stage.value, label, met, name if known else None, name == stage.reason)


def _fields(stage: StageModel) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*stage.required, *((stage.reason,) if stage.reason else ()))))
