"""What the stages' page shows: a line per stage, and the stage that is looked into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.kinds import registered
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.kinds.pipeline import FORECASTS, OUTCOMES
from dougong_metadata.label import Label
from dougong_metadata.model.compile_pipeline import FORECAST, PROBABILITY
from dougong_metadata.problems import Problem
from dougong_platform.people.held_sets import organisation_for
from dougong_ui_builder.builder.automations.recipients import told
from dougong_ui_builder.builder.automations.steps import offered_steps, step_keys, steps_of
from dougong_ui_builder.builder.forms import Form
from dougong_ui_builder.builder.forms.shapes import part_of
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage, Stages, stages_of
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext, ngettext

# The keys of a stage in the parts of its inspector; `to` and `colour` are drawn by hand.
NUMBERS = ("outcome", "forecast", "probability", "stall_days", "limit")
GATE = ("required", "checklist", "must", "message", "reason", "approval")
BY_HAND = ("to", "colour", "guidance")
GATE_ICONS = {"required": "asterisk", "checklist": "list-check", "must": "function", "approval": "checkup-list"}


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage in the list. `gate`: (icon, words); `mark`: what the draft does to it; `goes` (of one that is taken
    away): the stage to which its records go."""

    value: str
    label: Label
    colour: str
    outcome: str
    probability: int | None
    forecast: str
    gate: Sequence[tuple[str, str]] = ()
    stall_days: int | None = None
    limit: int | None = None
    held: int | None = None
    mark: str = ""
    goes: str | None = None
    wrong: bool = False


@dataclass(slots=True)
class Inspected:
    """`value` "" = a new stage. `own` targets: None while the stage goes where the pipeline's rules let it."""

    value: str = ""
    label: Label | None = None
    form: Form | None = None
    own: tuple[str, ...] | None = None
    by_rule: tuple[str, ...] = ()
    held: int | None = None
    mark: str = ""
    removing: bool = False
    others: Sequence[Mapping[str, str]] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    goes: str | None = None


def stage_schema() -> Mapping[str, Any]:
    """The JSON Schema of one stage."""
    found: Mapping[str, Any] = kind_schema(registered()["pipeline"])["properties"]["stages"]["additionalProperties"]
    return found


def stage_form(made: PipelinePage, value: str, body: Mapping[str, Any], problems: Sequence[Problem]) -> Form:
    """The form of a stage, with the problems that lie in it."""
    path = f"stages.{value}"
    mine = [p for p in problems if p.path == path or p.path.startswith((path + ".", path + "["))]
    return Form(
        stage_schema(),
        body,
        made.words,
        mine,
        object=made.object,
        leave=("to", "colour", *step_keys(stage_part())),
        path=path,
    )


def stage_part() -> Mapping[str, Any]:
    """The schema of a stage as a mapping."""
    found = part_of(stage_schema())
    assert found is not None
    return found


def steps_shown(made: PipelinePage, inspected: Inspected | None) -> dict[str, Any]:
    """The steps of entering and leaving the stage that is looked into: {step_lists, told}."""
    if inspected is None or inspected.form is None:
        return {}
    path, body = f"stages.{inspected.value}", inspected.form.body
    lists = [
        {
            "name": f"b/{key}",
            "label": schema["x-dougong"]["label"][current_locale()],
            "offered": offered_steps(schema),
            "steps": steps_of(
                made.words,
                schema,
                body.get(key),
                made.object,
                inspected.form.general,
                name=f"b/{key}",
                path=f"{path}.{key}",
            ),
        }
        for key, schema in step_keys(stage_part()).items()
    ]
    return {"step_lists": lists, "told": told(made.words, organisation_for(made.caller), made.object)}


def lines_of(made: PipelinePage, held: Mapping[str, int], moves: Mapping[str, str]) -> list[StageLine]:
    """The stages in order, then those that the draft takes away."""
    released = stages_of(made.view.released("pipeline", made.name))
    wrong = {p.path.split(".")[1].split("[")[0] for p in made.problems() if p.path.startswith("stages.")}
    lines = [
        _line(made, value, stage, held, mark_of(value, stage, released), wrong=value in wrong)
        for value, stage in made.stages.items()
    ]
    gone = {value: stage for value, stage in released.items() if value not in made.stages}
    return lines + [
        _line(made, value, stage, held, "delete", goes=moves.get(f"{made.name}.{value}"))
        for value, stage in gone.items()
    ]


def mark_of(value: str, stage: Mapping[str, Any], released: Stages) -> str:
    """What the draft does to a stage: "add", "change" or ""."""
    if value not in released:
        return "add" if released else ""
    return "" if released[value] == stage else "change"


def _line(
    made: PipelinePage,
    value: str,
    stage: Mapping[str, Any],
    held: Mapping[str, int],
    mark: str,
    *,
    goes: str | None = None,
    wrong: bool = False,
) -> StageLine:
    outcome = str(stage.get("outcome", "open"))
    probability = stage.get("probability", PROBABILITY.get(outcome))
    forecast = str(stage.get("forecast", FORECAST.get(outcome, "pipeline")))
    return StageLine(
        value,
        made.label(value),
        str(stage.get("colour") or made.colour(value)),
        outcome,
        probability if isinstance(probability, int) else None,
        word(FORECASTS, forecast),
        list(_gate(stage)),
        _number(stage.get("stall_days")),
        _number(stage.get("limit")),
        held.get(value, 0) if held else None,
        mark,
        goes,
        wrong,
    )


def _gate(stage: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What its gate asks for, in few words."""
    found: list[tuple[str, str]] = []
    required, checklist = stage.get("required") or (), stage.get("checklist") or {}
    if required:
        found.append(
            (GATE_ICONS["required"], ngettext("%(num)d required field", "%(num)d required fields", len(required)))
        )
    if checklist:
        found.append((GATE_ICONS["checklist"], ngettext("%(num)d check", "%(num)d checks", len(checklist))))
    if stage.get("must"):
        found.append((GATE_ICONS["must"], gettext("a condition")))
    if stage.get("approval"):
        found.append((GATE_ICONS["approval"], gettext("an approval")))
    if stage.get("reason"):
        found.append(("message-question", gettext("a reason")))
    return found


def _number(given: Any) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def word(words: Mapping[str, tuple[str, str]], key: str) -> str:
    """A choice of the kind in the page's language."""
    en, zh = words.get(key, (key, key))
    return zh if current_locale() == "zh" else en


def outcomes() -> list[tuple[str, str]]:
    """The choices for what a stage stands for."""
    return [(key, word(OUTCOMES, key)) for key in OUTCOMES]
