"""Approvals that are submitted by themselves: automations that no document of their own says. Called by `compile`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import ActionModel, AutomationModel, Trigger
from dougong_metadata.model.reading import Loaded
from dougong_metadata.problems import Path

POSITION = 2_000_000  # after the automations that have documents, and those of stages


def submitting_automations(
    loaded: Sequence[Loaded], approvals: Mapping[str, ApprovalModel], expressions: ExpressionCheck
) -> dict[str, AutomationModel]:
    """By name: "approval-big-created", and "approval-big-crosses" for a save that takes a number above its limit."""
    made = {}
    for one in loaded:
        flow = approvals.get(one.name) if one.kind.name == "approval" else None
        if flow is not None and flow.active:
            for automation in _of(one, flow, expressions):
                made[automation.name] = automation
    return made


def _of(one: Loaded, flow: ApprovalModel, expressions: ExpressionCheck) -> Iterator[AutomationModel]:
    entry = one.body.get("entry")
    if flow.created:
        path: Path = ("submit", "created")
        yield _made(one, flow, path, Trigger("created"), entry, ("when created", "新建时"), expressions)
    if flow.crosses is not None:
        field, limit = flow.crosses
        path = ("submit", "crosses", field)
        known = expressions.names.fields[flow.object].get(field)
        if "." in field or known is None:
            if "." in field:
                _refuse(one, path, field, expressions)
            return
        if not known.is_stored or known.system:
            _refuse(one, path, field, expressions)
            return
        text = f"{field} > {limit} and (ISNEW() or ISBLANK(PRIOR({field})) or PRIOR({field}) <= {limit})"
        whole = f"{text} and ({entry})" if entry else text
        words = (f"above {limit}", f"超过 {limit}")
        yield _made(one, flow, path, Trigger("saved", (field,)), whole, words, expressions)


def _made(
    one: Loaded,
    flow: ApprovalModel,
    path: Path,
    trigger: Trigger,
    text: str | None,
    words: tuple[str, str],
    expressions: ExpressionCheck,
) -> AutomationModel:
    submit = ActionModel("submit", settings=MappingProxyType({"approval": flow.name}))
    good = flow.entry is not None or not one.body.get("entry")  # else told at the entry condition
    return AutomationModel(
        f"approval-{flow.name}-{path[1]}",
        flow.object,
        Label(f"{flow.label.en}: {words[0]}", f"{flow.label.zh}：{words[1]}"),
        trigger,
        expressions.condition(one, path, text, flow.object, saving=True) if good else None,
        (submit,),
        POSITION,
        False,
        flow.record_types,
        f"approval/{flow.name}",
    )


def _refuse(one: Loaded, path: Path, field: str, expressions: ExpressionCheck) -> None:
    expressions.problems.add(
        one.document,
        path,
        "not_stored",
        f"“{field}” is no number that is saved with the record.",
        f"「{field}」不是随记录保存的数值。",
    )
