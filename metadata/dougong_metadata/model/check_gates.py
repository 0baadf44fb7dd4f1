"""Stages whose gate asks for an approval: the flow is there, about the same object and in use. Called by `compile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import Use
from dougong_metadata.problems import Problems, path_text


def check_gates(
    loaded: Sequence[Loaded], approvals: Mapping[str, ApprovalModel], names: Names, problems: Problems
) -> None:
    """Records the problems and uses of all stages' `approval`."""
    documents = {one.name for one in loaded if one.kind.name == "approval"}
    for one in loaded:
        if one.kind.name != "pipeline":
            continue
        of = one.body.get("object")
        for value, stage in one.body.get("stages", {}).items():
            name, path = stage.get("approval"), ("stages", value, "approval")
            if name is None:
                continue
            flow = approvals.get(name)
            if name not in documents:
                known = [flow.name for flow in approvals.values() if flow.object == of]
                problems.unknown(one.document, path, name, f"an approval of {of}", f"{of} 的审批流程", known)
                continue
            names.used(f"approval/{name}", Use(one.kind.name, one.name, path_text(path)))
            if flow is not None and flow.object != of:
                problems.add(
                    one.document,
                    path,
                    "other_object",
                    f"“{name}” is about “{flow.object}”, not about “{of}”.",
                    f"「{name}」属于「{flow.object}」，不属于「{of}」。",
                )
            elif flow is not None and not flow.active:
                problems.add(
                    one.document,
                    path,
                    "inactive_flow",
                    f"“{name}” is not active: nobody could ever enter this stage.",
                    f"「{name}」未启用：任何记录都无法进入该阶段。",
                )
