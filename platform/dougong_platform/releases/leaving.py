"""Which records stand at values that will be no stage of their pipeline, and where they are said to go. Asked by the
plan and, before it does anything, by a publish; `restaging` moves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong_metadata.model.flow_types import PipelineModel
from dougong_metadata.model.types import Model
from dougong_metadata.problems import nearest
from dougong_platform.errors import PublishRefused
from dougong_platform.releases.conversions import literal
from dougong_platform.releases.draft_stages import Moves
from dougong_platform.releases.impact import Counter
from dougong_platform.releases.release import Release
from dougong_platform.storage.structure import quote


@dataclass(frozen=True, slots=True)
class Leaving:
    """A pipeline of `target` that is new or has other stages than before, over a table that has records.

    `table`, `column` and `since` are physical names; `moves` are those said for it: value -> stage.
    """

    pipeline: PipelineModel
    table: str
    column: str
    since: str | None
    served: str
    history: bool
    moves: Mapping[str, str]

    def away(self, row: str = "r") -> str:
        """A condition: the row is of this pipeline and holds a value that is none of its stages."""
        value = f"{row}.{quote(self.column)}"
        return f"({self.served.replace('{r}', row)} and {value} <> all({_array(self.pipeline.stages)}))"

    def moved(self, row: str = "r") -> str:
        """A condition: the row is to be moved."""
        return f"({self.served.replace('{r}', row)} and {row}.{quote(self.column)} = any({_array(self.moves)}))"

    def lost(self, row: str = "r") -> str:
        """A condition: the row is live and nobody has said where it goes."""
        value = f"{row}.{quote(self.column)}"
        return f"({row}.deleted_at is null and {self.away(row)} and {value} <> all({_array(self.moves)}))"

    def destination(self, row: str = "r") -> str:
        """The stage to which a row is to be moved."""
        cases = " ".join(f"when {literal(old)} then {literal(new)}" for old, new in self.moves.items())
        return f"(case {row}.{quote(self.column)} {cases} end)"

    def standing(self, counter: Counter) -> dict[str, int] | None:
        """Live records by the value that is no stage, the most frequent first; None if that takes too long."""
        return counter.values(quote(self.table), f"r.{quote(self.column)}", self.away())


def leaving(base: Release, target: Release, moves: Moves) -> list[Leaving]:
    """The pipelines whose records have to be looked at. Raises PublishRefused where `moves` names what is not there."""
    check_moves(target.model, moves)
    return [
        found
        for pipeline in target.model.pipelines.values()
        if (found := _over(base, target, pipeline, moves)) is not None
    ]


def _over(base: Release, target: Release, pipeline: PipelineModel, moves: Moves) -> Leaving | None:
    object, before = base.model.objects.get(pipeline.object), base.model.pipelines.get(pipeline.name)
    if object is None or object.system or pipeline.field not in object.fields:
        return None
    column = base.catalogue.column(pipeline.object, pipeline.field)
    if column != target.catalogue.column(pipeline.object, pipeline.field):
        return None  # it becomes another column: what cannot be converted is refused there
    if before is not None and _meaning(base.model, before) == _meaning(target.model, pipeline):
        return None
    since = pipeline.since if pipeline.since in object.fields else None
    mine = {
        place.partition(".")[2]: new
        for place, new in moves.items()
        if place.partition(".")[0] == pipeline.name and place.partition(".")[2] not in pipeline.stages
    }
    return Leaving(
        pipeline,
        base.catalogue.table(pipeline.object),
        column,
        base.catalogue.column(pipeline.object, since) if since else None,
        _served(target.model, pipeline),
        object.history,
        mine,
    )


def refuse_the_lost(counter: Counter, found: list[Leaving]) -> None:
    """PublishRefused for the first stage whose records are to go nowhere."""
    for one in found:
        for value, count in (one.standing(counter) or {}).items():
            if value not in one.moves:
                raise PublishRefused.stage(one.pipeline.object, one.pipeline.name, value, count)


def check_moves(model: Model, moves: Moves) -> None:
    """PublishRefused for a pipeline or a stage that does not exist, with the nearest name."""
    for place, new in moves.items():
        name, dot, _ = place.partition(".")
        pipeline = model.pipelines.get(name)
        if pipeline is None or not dot:
            raise PublishRefused.no_stage(place, name, nearest(name, model.pipelines))
        if new not in pipeline.stages:
            raise PublishRefused.no_stage(place, new, nearest(new, pipeline.stages))


def _meaning(model: Model, pipeline: PipelineModel) -> tuple[object, ...]:
    return pipeline.object, pipeline.field, frozenset(pipeline.stages), _served(model, pipeline)


def _served(model: Model, pipeline: PipelineModel) -> str:
    """A condition on {r}: the record is of one of the pipeline's types."""
    if pipeline.record_types:
        return f"{{r}}.record_type = any({_array(pipeline.record_types)})"
    others = {
        name
        for other in model.pipelines.values()
        if (other.object, other.field) == (pipeline.object, pipeline.field)
        for name in other.record_types
    }
    return f"({{r}}.record_type is null or {{r}}.record_type <> all({_array(sorted(others))}))" if others else "true"


def _array(values: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    return f"array[{', '.join(literal(v) for v in values)}]::text[]"
