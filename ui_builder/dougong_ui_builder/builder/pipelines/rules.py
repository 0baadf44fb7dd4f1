"""Where one may go from a stage by the pipeline's own rules, for a draft that may not compile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.flow_types import PipelineModel, StageModel

RULES = ("back", "skip", "reopen")
_USUAL = {"back": True, "skip": False, "reopen": False}


def rule(body: Mapping[str, Any], name: str) -> bool:
    """One of RULES as the document has it."""
    return bool(body.get(name, _USUAL[name]))


def targets_by_rule(body: Mapping[str, Any], stages: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """By stage: those one may go to while the stage says nothing itself."""
    nothing = Label("", "")
    made = {
        value: StageModel(value, nothing, position, outcome=str(stage.get("outcome", "open")))
        for position, (value, stage) in enumerate(stages.items())
    }
    back, skip, reopen = (rule(body, name) for name in RULES)
    pipeline = PipelineModel("", "", "", nothing, made, (), back, skip, reopen)
    return {value: pipeline.targets(value) for value in made}
