"""The executor of the action `submit`: sends the records to an approval, in the name of whoever caused it, else of each
record's owner. Loaded by automations."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import ActionModel
from dougong_platform.approvals.moves.submit import MOST, Order, submit_in
from dougong_platform.automations.actions.notify import rendered
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.running import Running
from dougong_platform.texts.render import plain


@executes("submit")
def submit(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """What a record is not submitted for (it runs already, it does not meet the condition) is noted in its run."""
    flow = running.caller.model.approvals.get(str(action.settings["approval"]))
    if flow is None or not flow.active:
        return
    actor, locale = running.firing.actor, "zh" if running.caller.tenant.locale.startswith("zh") else "en"
    notes = dict(zip(ids, rendered(running, action, ids).get("note", ()), strict=False))
    by: dict[tuple[str | None, str | None], list[str]] = {}
    for id in running.living(ids):
        note = plain(notes[id][locale]) if id in notes else None
        by.setdefault((actor or running.seen[id].owner, note or None), []).append(id)
    for (submitter, note), some in by.items():
        for start in range(0, len(some), MOST):
            order = Order(flow, submitter, note)
            for one in submit_in(running.caller, running.tx, order, some[start : start + MOST]):
                problem = one.problem
                said = {"en": problem.message("en"), "zh": problem.message("zh")} if problem is not None else None
                running.note(one.record, "submit", approval=one.approval, flow=flow.name, refused=said)
