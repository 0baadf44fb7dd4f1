"""A stage's need of an approval: which one, whether it runs and for whom it waits, where it is asked for; and
submitting a record that somebody tries to move there. Called by the gate and by moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dougong_platform import records
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.reading.inbox import InboxRow, of_record
from dougong_platform.pipelines.gate import gates
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.records.routes import address
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel, StageModel
    from dougong_platform.approvals.moves.submit import Submitted
    from dougong_platform.errors import FieldError
    from dougong_platform.http.caller import Caller
    from dougong_platform.pipelines.gate import Need
    from dougong_ui_builder.screens.record_values.reading import Found

LIVE = ("running", "returned")
CODE = "stage_approval"


@dataclass(frozen=True, slots=True)
class ApprovalNeed:
    """`href`: the approval that runs, or the form that submits it; "" where there is nothing to open."""

    text: str
    note: str = ""
    href: str = ""
    running: bool = False


def approval_need(caller: Caller, found: Found, pipeline: PipelineModel, need: Need) -> ApprovalNeed:
    """How the approval that a stage asks for stands."""
    name = pipeline.stages[need.stage].approval or ""
    flow = caller.model.approvals.get(name)
    if flow is None:
        return ApprovalNeed(label_text(need))
    text = gettext("Approval: %(flow)s", flow=label_text(flow))
    if need.met:
        return ApprovalNeed(text)
    running = running_one(of_record(caller, found.object.name, found.id), name)
    if running is not None:
        return ApprovalNeed(text, standing(running), f"/approvals/{running.approval}", running=True)
    asked = urlencode({"flow": name, "pipeline": pipeline.name, "stage": need.stage})
    return ApprovalNeed(
        text, gettext("Submit for approval"), f"{address(found.object.name, found.id, 'submit')}?{asked}"
    )


def running_one(rows: Sequence[InboxRow], flow: str) -> InboxRow | None:
    """The approval of a flow that is under way."""
    return next((row for row in rows if row.flow == flow and row.state in LIVE), None)


def standing(row: InboxRow) -> str:
    """How far an approval is, in a few words."""
    if row.state == "returned":
        return gettext("returned to %(name)s", name=row.submitter_name or "")
    return gettext("in approval, waits for %(node)s", node=row.node_label)


def submit_for(
    caller: Caller,
    found: Found,
    pipeline: PipelineModel,
    stage: StageModel,
    errors: Sequence[FieldError],
    values: dict[str, Any],
) -> Submitted | None:
    """Submit a record that somebody tries to move to `stage`, where nothing but an approval is missing and its flow
    does so by itself; None otherwise. `values` that were typed on the way are saved first."""
    if not errors or any(error.code != CODE for error in errors):
        return None
    gate = gates(caller, pipeline, found.id, [stage.value], values)[stage.value]
    wanted = next((need.stage for need in gate.missing if need.kind == "approval"), None)
    flow = caller.model.approvals.get(pipeline.stages[wanted].approval or "") if wanted is not None else None
    if flow is None or not flow.gate:
        return None
    if values:
        records.update(caller, found.object.name, [{"id": found.id, **values}])
    aim = {"pipeline": pipeline.name, "stage": wanted, "move": True}
    return submit(caller, flow.name, found.object.name, [found.id], stage=aim)[0]
