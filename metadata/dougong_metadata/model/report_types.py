"""What a compiled report is. Made by `compile_report` from a document, or from a body that somebody keeps as his; run
by the engine's `reports`. Expressions stay texts: they are checked under the rights of whoever opens the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong_metadata.label import Label

TYPES = ("list", "summary", "matrix", "funnel", "cohort", "trend", "win_loss")
# Of dates: spans, then places in a cycle. Weeks begin on Monday; fiscal years where the tenant's calendar says.
SPANS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")
CYCLES = ("hour", "weekday", "month_of_year")
CHARTS = (
    "bar",
    "column",
    "line",
    "area",
    "pie",
    "funnel",
    "gauge",
    "scatter",
    "heat",
    "map",
    "number",
)


def owner_path(object: str, given: str | None) -> str:
    """Whose a record is, for filters by person and department: the path that is given, else its owner. A person is his
    own."""
    return given or ("id" if object == "user" else "owner")


def department_path(owner: str) -> str:
    """The department of the person at the path `owner`."""
    return "department" if owner == "id" else f"{owner}.department"


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """What rows or columns are grouped by. `by` is a path ("shelf.room").

    Of dates and moments `every` is one of SPANS or CYCLES; of numbers `step` (buckets of that width, from 0) or
    `edges` (ascending; values below the first and from the last on are buckets of their own). `top` keeps the groups
    that come first when sorted by `sort`, all others become one where `other`. `sort` is a value's name, "-" in front
    for descending; None: by the group itself (a picklist's order, words by pinyin, dates, numbers).
    """

    by: str
    every: str | None = None
    step: str | None = None
    edges: tuple[str, ...] = ()
    top: int | None = None
    other: bool = True
    sort: str | None = None
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class ReportValue:
    """A number per group. `text` is an expression over aggregates: SUM(amount), COUNT(stage = "won") / COUNT(),
    SUM(lines.qty), COUNT(IN_PERIOD(due)), and other values by name: won / n.

    `format`: auto (of the field), number, money, percent, days. `show`: besides the value itself any of share (of the
    total), running (total down the rows). `good`: whether more is better: up, down or none.
    """

    name: str
    label: Label
    text: str
    format: str = "auto"
    decimals: int | None = None
    show: tuple[str, ...] = ()
    good: str = "up"
    hidden: bool = False  # only there for other values

    @property
    def by_gap(self) -> bool:
        """Whether its change is told as what lies between: of a percentage the points, of days the days."""
        return self.format in ("percent", "days")


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """The date that the report is about: what a dashboard's period and the comparison with an earlier one move.
    `field` None: its values alone say what lies in it, by IN_PERIOD(). `range` is a word of periods (this_year,
    last_30_days, all …) or "2026-01-01..2026-03-31"."""

    field: str | None
    range: str = "all"


@dataclass(frozen=True, slots=True)
class CrossFilter:
    """Only records with (or `none`: without) such records of a relation: books without loans in 90 days."""

    of: str
    where: str | None = None
    none: bool = False


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """Of the records that passed the steps before, those for which `where` holds."""

    name: str
    label: Label
    where: str


@dataclass(frozen=True, slots=True)
class FunnelModel:
    """Either `steps` (conditions, each of those that passed the one before), or the stages of a picklist `field`.

    `mode` of a field: now (where records stand), stock (where they stood at the end of the period), entered
    (which they entered within the period, with what went on from there and the days it took). `stages`: values in
    order; () = all but those that end in a loss.
    """

    steps: tuple[FunnelStep, ...] = ()
    field: str | None = None
    mode: str = "now"
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CohortModel:
    """Rows: when records were born (`born`, a date of the report's object, by `every`). Columns: how many spans later
    `event` happened (a date of the object, or of a relation: orders.signed_on), as far as `where` (said of the
    event's record) holds. At most `ages` columns."""

    born: str
    event: str
    every: str = "month"
    where: str | None = None
    ages: int = 12


@dataclass(frozen=True, slots=True)
class TrendModel:
    """What records looked like on past days: at the end of every span of the period, by the values of `field` that
    they had then. `amount`: a number field whose value of that day is summed up."""

    field: str
    every: str = "week"
    amount: str | None = None
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartModel:
    """`values`: those drawn, () = the first. `target`: a line, or the gauge's full turn."""

    type: str
    values: tuple[str, ...] = ()
    stacked: bool = False
    target: str | None = None
    smooth: bool = False


@dataclass(frozen=True, slots=True)
class ReportModel:
    """`fields` are the columns of a list; `rows`, `columns` and `values` those of the others. `owner` is the path that
    filters by owner and department mean. `sort` and `having` speak of values by name. `for_sets`: permission sets
    whose holders see it; () = everybody who may read the object."""

    name: str
    label: Label
    object: str
    type: str = "summary"
    description: Label | None = None
    folder: Label | None = None
    where: str | None = None
    cross: tuple[CrossFilter, ...] = ()
    period: ReportPeriod | None = None
    owner: str = "owner"
    fields: tuple[str, ...] = ()
    rows: tuple[ReportGroup, ...] = ()
    columns: tuple[ReportGroup, ...] = ()
    values: tuple[ReportValue, ...] = ()
    having: str | None = None
    sort: tuple[str, ...] = ()
    limit: int | None = None
    compare: str | None = None  # previous | year_ago
    totals: bool = True
    chart: ChartModel | None = None
    funnel: FunnelModel | None = None
    cohort: CohortModel | None = None
    trend: TrendModel | None = None
    for_sets: frozenset[str] = frozenset()
    position: int = 0
    labels: Mapping[str, Label] = field(default_factory=dict)  # of list columns, where they are called otherwise
