"""How a flow goes in a period: how many a day, what became of them, how long its nodes and its people take, and who
holds up most. Called by the API and the builder; every figure has the approvals behind it."""

from __future__ import annotations

import datetime as dt
import statistics as numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dougong_metadata.model.compile_calendar import default_calendar
from dougong_platform.approvals.hours.working_time import WorkingTime
from dougong_platform.approvals.sight.labels import labels_of
from dougong_platform.approvals.state import OUTCOMES
from dougong_platform.approvals.statistics.statements import (
    BEHIND,
    DAILY,
    DAYS,
    NODES,
    OF_ONE,
    PEOPLE,
    TIMES,
    WHOLE,
    behind,
)
from dougong_platform.approvals.versions.moving import require_keeper
from dougong_platform.errors import BadRequest, NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_platform.wakeups.moments import iso, moment_of

MOST_DAYS = 731
MOST_TIMES = 20_000  # steps whose working time is looked at, the newest
LISTED = 200


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the tenant's; approvals by what became of them that day."""

    day: str
    submitted: int
    outcomes: Mapping[str, int]

    @property
    def finished(self) -> int:
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class NodeTimes:
    """A node in the period. Times in seconds from asking to the decision, `working` of the default calendar's working
    time; `late` of those `limited` took longer than they had (also of those still open). `open` ones, and since when
    the oldest of them, are those of now."""

    node: str
    label: str
    decided: int
    rejected: int
    returned: int
    median: float | None
    ninth: float | None
    working: float | None
    limited: int
    late: int
    open: int
    oldest: str | None


@dataclass(frozen=True, slots=True)
class PersonTimes:
    """Somebody's answers in the period, and what waits for him now."""

    user: str
    name: str | None
    approved: int
    rejected: int
    returned: int
    transferred: int
    median: float | None
    ninth: float | None
    open: int
    oldest: str | None
    late: int

    @property
    def answered(self) -> int:
        return self.approved + self.rejected + self.returned + self.transferred


@dataclass(frozen=True, slots=True)
class Statistics:
    """`since` and `until` are days, both included. Rates are shares of 1, None where there is nothing to divide by:
    rejected of those approved or rejected; `sent_back` of all that finished; `late` of the steps with a time limit.
    `people` are in the order of how much they hold up: what waits for them longest comes first."""

    flow: str
    object: str
    since: str
    until: str
    submitted: int
    finished: int
    outcomes: Mapping[str, int]
    running: int
    returned: int
    oldest: str | None
    rejection_rate: float | None
    sent_back: int
    return_rate: float | None
    median: float | None
    ninth: float | None
    limited: int
    late: int
    late_rate: float | None
    days: Sequence[Day]
    nodes: Sequence[NodeTimes]
    people: Sequence[PersonTimes]


@dataclass(frozen=True, slots=True)
class Behind:
    """One approval behind a figure; `title` is None where the caller may not know what it says."""

    approval: str
    title: str | None
    state: str
    submitter: str | None
    submitted_at: str
    ended_at: str | None


def statistics(caller: Caller, flow: str, since: dt.date, until: dt.date) -> Statistics:
    """Of the days from `since` to `until`. Raises NotAllowed, NotFound, BadRequest."""
    object = require_reader(caller, flow)
    values = _values(caller, flow, since, until)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        statements = (DAYS, WHOLE, NODES, TIMES, PEOPLE)
        days, whole, nodes, times, people = (one.rows for one in tx.together(*((sql, values) for sql in statements)))
    finished, sent_back, median, ninth, running, returned, oldest, of, _ = whole[0]
    by_day = _days(days, since, until)
    outcomes = {one: sum(day.outcomes[one] for day in by_day) for one in OUTCOMES}
    told = _nodes(caller, flow, nodes, _working(caller, times))
    limited, late = sum(one.limited for one in told), sum(one.late for one in told)
    return Statistics(
        flow,
        object or of,
        since.isoformat(),
        until.isoformat(),
        sum(day.submitted for day in by_day),
        finished,
        outcomes,
        running,
        returned,
        oldest,
        _rate(outcomes["rejected"], outcomes["approved"] + outcomes["rejected"]),
        sent_back,
        _rate(sent_back, finished),
        median,
        ninth,
        limited,
        late,
        _rate(late, limited),
        by_day,
        told,
        sorted((PersonTimes(*row) for row in people), key=_holds_up),
    )


def approvals_behind(
    caller: Caller, flow: str, since: dt.date, until: dt.date, figure: str, value: str | None = None
) -> list[Behind]:
    """Up to 200 approvals behind a figure (one of BEHIND), the newest first; `value` is a day, a node or a user's id.
    Raises as `statistics`."""
    require_reader(caller, flow)
    wants = figure in OF_ONE
    if figure not in BEHIND or (value is None and wants) or (value is not None and not (wants or figure in DAILY)):
        raise BadRequest(en="There is no such figure.", zh="没有该统计项。")
    if figure.startswith("person") and uuid_text(value or "") is None:
        raise BadRequest(en="That is no id of a user.", zh="不是有效的用户 ID。")
    values = _values(caller, flow, since, until) | {"value": value, "most": LISTED}
    sql = behind(figure, day=value is not None and not wants)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        rows = tx.rows(sql, values)
    labels = labels_of(caller, {(flow, row[1], row[2]) for row in rows})
    return [
        Behind(id, labels[flow, version].title(caller.rights, object, title), *rest)
        for id, version, _, object, title, *rest in rows
    ]


def require_reader(caller: Caller, flow: str) -> str:
    """The object of a flow, for whoever may know how it goes: who shapes flows, keeps people, or reads all records of
    the object. Raises NotAllowed, NotFound."""
    model = caller.model.approvals.get(flow)
    if model is not None and caller.rights.object(model.object).read == "all":
        return model.object
    require_keeper(caller)
    if model is not None:
        return model.object
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        rows = tx.rows("select object from _approval where flow = %(flow)s limit 1", {"flow": flow})
    if not rows:
        raise NotFound
    return str(rows[0][0])


def may_read(caller: Caller, flow: str) -> bool:
    """Whether `statistics` answers."""
    try:
        require_reader(caller, flow)
    except (NotAllowed, NotFound):
        return False
    return True


def _values(caller: Caller, flow: str, since: dt.date, until: dt.date) -> dict[str, Any]:
    if until < since:
        raise BadRequest(en="The period ends before it begins.", zh="结束日期早于开始日期。")
    if (until - since).days >= MOST_DAYS:
        raise BadRequest(en="A period has at most two years.", zh="期间最长为两年。")
    zone = ZoneInfo(caller.tenant.timezone)
    start, end = (moment_of(day, dt.time(), zone) for day in (since, until + dt.timedelta(days=1)))
    most = MOST_TIMES
    return {"flow": flow, "since": iso(start), "until": iso(end), "zone": caller.tenant.timezone, "most": most}


def _days(rows: Sequence[tuple[Any, ...]], since: dt.date, until: dt.date) -> list[Day]:
    counted = {(day, what): many for day, what, many in rows}
    days = [(since + dt.timedelta(days=n)).isoformat() for n in range((until - since).days + 1)]
    return [
        Day(day, counted.get((day, "submitted"), 0), {one: counted.get((day, one), 0) for one in OUTCOMES})
        for day in days
    ]


def _nodes(caller: Caller, flow: str, rows: Sequence[tuple[Any, ...]], working: Mapping[str, float]) -> list[NodeTimes]:
    labels = labels_of(caller, {(flow, row[1], None) for row in rows})
    model = caller.model.approvals.get(flow)
    places = {name: place for place, name in enumerate(model.nodes)} if model is not None else {}
    told = [
        NodeTimes(
            node,
            labels[flow, version].node(node).text(caller.locale),
            decided,
            rejected,
            returned,
            median,
            ninth,
            working.get(node),
            *rest,
        )
        for node, version, decided, rejected, returned, median, ninth, *rest in rows
    ]
    return sorted(told, key=lambda one: (places.get(one.node, len(places)), one.node))


def _working(caller: Caller, times: Sequence[tuple[Any, ...]]) -> dict[str, float]:
    """The median working time by node."""
    if not times:
        return {}
    first, last = min(float(row[1]) for row in times), max(float(row[2]) for row in times)
    calendar, zone = default_calendar(caller.model.calendars), ZoneInfo(caller.tenant.timezone)
    start, end = (dt.datetime.fromtimestamp(moment, dt.UTC) for moment in (first, last))
    worked = WorkingTime(calendar, zone, start, end)
    by_node: dict[str, list[float]] = {}
    for node, entered, left in times:
        by_node.setdefault(node, []).append(worked.between(float(entered), float(left)))
    return {node: numbers.median(found) for node, found in by_node.items()}


def _holds_up(one: PersonTimes) -> tuple[bool, str, float, str]:
    return (one.oldest is None, one.oldest or "", -(one.median or 0.0), one.name or "")


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
