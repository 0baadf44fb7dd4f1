"""A board: the records of a pipeline by stage, the first cards of each, with counts and sums. Called by the board page
and the API; everything under the caller's rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dougong_metadata.expressions.printing import quoted
from dougong_platform.errors import BadRequest
from dougong_platform.pipelines.serving import other_types, pipelines_of, serving
from dougong_platform.pipelines.stays import days_now, is_stalled
from dougong_platform.query import list_records
from dougong_platform.reports.grouped.plain import Spec, aggregate

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel, StageModel
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller

CARDS = 30  # of a lane at first
MOST_CARDS = 200
SUMMED = frozenset({"currency", "decimal", "integer"})


@dataclass(frozen=True, slots=True)
class Card:
    """`days` at the stage, None where nobody counted; `stalled`: for longer than the stage allows."""

    record: dict[str, Any]
    days: int | None = None
    stalled: bool = False

    @property
    def id(self) -> str:
        return str(self.record["id"])


@dataclass(slots=True)
class Lane:
    """`stage` is None for records without one. `sums` by currency ("" = no field says it); `more` is the cursor of the
    cards that follow."""

    stage: StageModel | None
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    more: str | None = None

    @property
    def value(self) -> str:
        return self.stage.value if self.stage is not None else ""

    @property
    def over(self) -> bool:
        """Whether it holds more than its limit."""
        return self.stage is not None and self.stage.limit is not None and self.count > self.stage.limit


@dataclass(frozen=True, slots=True)
class Board:
    """`total` is the field that is summed, None where nothing is."""

    pipeline: PipelineModel
    lanes: tuple[Lane, ...]
    total: FieldModel | None


def board_pipeline(caller: Caller, object: str, name: str | None = None) -> PipelineModel:
    """The pipeline of that name, or the one for the record type that new records get. Raises BadRequest."""
    known = pipelines_of(caller, object)
    if name:
        found = next((p for p in known if p.name == name), None)
    else:
        found = serving(caller, object, caller.rights.first_record_type(object)) or next(iter(known), None)
    if found is None:
        raise BadRequest(en="There is no such pipeline here.", zh="没有这个阶段流程。")
    return found


def total_field(caller: Caller, object: str, wanted: str | None = None) -> FieldModel | None:
    """The field that lanes sum: `wanted`, or the first amount that the caller may read."""
    shown = [caller.model.objects[object].fields[n] for n in caller.rights.shown(object)]
    fields = [f for f in shown if f.type.name in SUMMED and not caller.rights.masked(object, f.name)]
    if wanted:
        found = next((f for f in fields if f.name == wanted), None)
        if found is None:
            raise BadRequest(en="This field cannot be summed.", zh="该字段不能求和。")
        return found
    return next((f for f in fields if f.type.name == "currency" and not f.system), None)


def lanes(
    caller: Caller,
    pipeline: PipelineModel,
    *,
    fields: Sequence[str],
    filter: str | None = None,
    sort: Sequence[str] = (),
    total: FieldModel | None = None,
    limit: int = CARDS,
) -> Board:
    """The whole board. Raises BadFilter, BadSort, BadField, NotAllowed."""
    where = scoped(caller, pipeline, filter)
    shown = numbers(caller, pipeline, filter, total)
    for lane in shown:
        if lane.count:
            lane.cards, lane.more = _cards(caller, pipeline, lane, fields, where, sort, limit)
    _stalled(caller, pipeline, shown)
    return Board(pipeline, tuple(shown), total)


def numbers(
    caller: Caller, pipeline: PipelineModel, filter: str | None = None, total: FieldModel | None = None
) -> list[Lane]:
    """The lanes without their cards: records without a stage first, if there are any."""
    made = {value: Lane(stage) for value, stage in pipeline.stages.items()}
    without = Lane(None)
    _count(caller, pipeline, scoped(caller, pipeline, filter), total, made, without)
    return [*([without] if without.count else []), *made.values()]


def lane_cards(
    caller: Caller,
    pipeline: PipelineModel,
    value: str,
    *,
    fields: Sequence[str],
    filter: str | None = None,
    sort: Sequence[str] = (),
    limit: int = CARDS,
    cursor: str | None = None,
) -> Lane:
    """Further cards of one lane, without its numbers."""
    lane = Lane(pipeline.stages.get(value))
    where = scoped(caller, pipeline, filter)
    lane.cards, lane.more = _cards(caller, pipeline, lane, fields, where, sort, limit, cursor)
    _stalled(caller, pipeline, [lane])
    return lane


def scoped(caller: Caller, pipeline: PipelineModel, filter: str | None) -> str:
    """The filter, narrowed to the records that the pipeline is for."""
    parts = [f"({filter})"] if filter and filter.strip() else []
    model = caller.model.objects[pipeline.object]
    others = other_types(model, pipeline)
    if pipeline.record_types:
        parts.append(f"record_type in ({', '.join(map(quoted, pipeline.record_types))})")
    elif others:
        parts.append(f"(ISBLANK(record_type) or not record_type in ({', '.join(map(quoted, others))}))")
    return " and ".join(parts)


def _cards(
    caller: Caller,
    pipeline: PipelineModel,
    lane: Lane,
    fields: Sequence[str],
    where: str,
    sort: Sequence[str],
    limit: int,
    cursor: str | None = None,
) -> tuple[list[Card], str | None]:
    there = f"{pipeline.field} = {quoted(lane.value)}" if lane.stage else f"ISBLANK({pipeline.field})"
    asked = f"{where} and {there}" if where else there
    wanted = list(dict.fromkeys(["id", "version", *fields]))
    page = list_records(
        caller, pipeline.object, fields=wanted, filter=asked, sort=sort, limit=min(limit, MOST_CARDS), cursor=cursor
    )
    return [Card(record) for record in page.records], page.next


def _count(
    caller: Caller,
    pipeline: PipelineModel,
    where: str,
    total: FieldModel | None,
    made: dict[str, Lane],
    without: Lane,
) -> None:
    """Counts and sums of all lanes in one statement."""
    currency = total.settings.get("currency_field") if total is not None else None
    if currency is not None and caller.rights.field(pipeline.object, currency) == "none":
        currency = None
    sums = (("sum", f"SUM({total.name})"),) if total is not None else ()
    groups = (pipeline.field, *((currency,) if currency else ()))
    for row in aggregate(caller, Spec(pipeline.object, where or None, groups, (("count", "COUNT()"), *sums))):
        value = row[pipeline.field]
        lane = without if value is None else made.get(value)
        if lane is None:
            continue
        lane.count += int(Decimal(str(row["count"])))
        if row.get("sum") is not None:
            unit = str(row[currency] or "") if currency else ""
            lane.sums[unit] = lane.sums.get(unit, Decimal(0)) + Decimal(str(row["sum"]))


def _stalled(caller: Caller, pipeline: PipelineModel, shown: Sequence[Lane]) -> None:
    """How long the cards have been where they are, and which of them for too long."""
    ids = [card.id for lane in shown if lane.stage is not None and not lane.stage.is_closed for card in lane.cards]
    days = days_now(caller, pipeline.object, ids, pipeline.field)
    for lane in shown:
        lane.cards = [
            Card(card.record, days.get(card.id), is_stalled(lane.stage, days.get(card.id, 0))) for card in lane.cards
        ]
