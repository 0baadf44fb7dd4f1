"""What reports and dashboards are written with alike: words with their labels, periods, charts. Used by their kinds and
by the types of widgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from dougong_metadata.keys import Body, Flag, ListOf, Name, Number, OneOf, Reference, Text, about

TYPES = {
    "list": ("List", "明细列表"),
    "summary": ("Summary", "汇总"),
    "matrix": ("Matrix", "交叉表"),
    "funnel": ("Funnel", "漏斗"),
    "cohort": ("Cohorts", "同期群"),
    "trend": ("Trend from history", "历史趋势"),
    "win_loss": ("Won and lost", "赢单与丢单"),
}
SPANS = {
    "day": ("Day", "日"),
    "week": ("Week", "周"),
    "month": ("Month", "月"),
    "quarter": ("Quarter", "季度"),
    "year": ("Year", "年"),
    "fiscal_quarter": ("Fiscal quarter", "财季"),
    "fiscal_year": ("Fiscal year", "财年"),
}
CYCLES = {
    "hour": ("Hour of the day", "一天中的时点"),
    "weekday": ("Day of the week", "星期几"),
    "month_of_year": ("Month of the year", "一年中的月份"),
}
CHARTS = {
    "column": ("Columns", "柱形图"),
    "bar": ("Bars", "条形图"),
    "line": ("Lines", "折线图"),
    "area": ("Areas", "面积图"),
    "pie": ("Pie", "饼图"),
    "funnel": ("Funnel chart", "漏斗图"),
    "gauge": ("Gauge", "仪表图"),
    "scatter": ("Scatter", "散点图"),
    "heat": ("Heat map", "热力图"),
    "map": ("Map", "地图"),
    "number": ("Single number", "单个数字"),
}
FORMATS = {
    "auto": ("As its fields", "随字段"),
    "number": ("Number", "数值"),
    "money": ("Money", "金额"),
    "percent": ("Percent", "百分比"),
    "days": ("Days", "天数"),
}
GOOD = {"up": ("More is better", "越多越好"), "down": ("Less is better", "越少越好"), "none": ("Neither", "无好坏之分")}
SHOW = {"share": ("Share of the total", "占比"), "running": ("Running total", "累计")}
COMPARE = {"previous": ("The period before", "上一期间"), "year_ago": ("A year ago", "去年同期")}
MODES = {
    "now": ("Where records stand", "当前所处"),
    "stock": ("Where they stood at the end of the period", "期末存量"),
    "entered": ("Which they entered within the period", "期间进入"),
}
# Types of reports whose values may ask what lies in the period: IN_PERIOD().
SPANNED = ("summary", "matrix", "win_loss")
# Spans of days by word; the engine's `reports.periods` says which days each is.
PERIODS = (
    "today",
    "yesterday",
    *(f"{which}_{span}" for span in ("week", "month", "quarter", "year") for which in ("this", "last", "next")),
    *(f"{which}_{span}" for span in ("fiscal_quarter", "fiscal_year") for which in ("this", "last")),
    *(f"last_{days}_days" for days in (7, 30, 90, 180, 365)),
    "last_12_months",
    *(f"next_{days}_days" for days in (7, 30, 90)),
    "all",
)
# Values that reports of a type have besides those they give; of MADE_ALONE only where they give none.
MADE = {"funnel": ("n",), "cohort": ("n", "size"), "trend": ("n",)}
MADE_ALONE = {"win_loss": ("won", "lost", "win_rate")}
MADE_OF_AMOUNT = ("won_amount", "lost_amount")  # of win_loss, where `trend` names an amount
MADE_OF_TREND = ("amount",)  # of trend, where it names one
MADE_OF_ENTERING = ("went_on", "days")  # of a funnel of what was entered
MAX_NUMBER = 10**15
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_WRITTEN = rf"{_DAY}\.\.(?:{_DAY})?|\.\.{_DAY}"


class Period(Text):
    """A word of PERIODS, or days written out: "2026-01-01..2026-03-31", one of the two may be left out."""

    widget = "period"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(30, rf"(?:{'|'.join(PERIODS)}|{_WRITTEN})\Z", "this_month", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str) and value and self.pattern and not self.pattern.match(value):
            raise ValidationError("unknown_period:" + ",".join(PERIODS))
        period = super()._deserialize(value, attr, data, **kwargs)
        first, _, last = period.partition("..")
        try:
            days = [date.fromisoformat(day) for day in (first, last) if "-" in day]
        except ValueError:
            raise ValidationError("no_such_day") from None
        if days != sorted(days):
            raise ValidationError("ends_first")
        return period


class PeriodKeys(Body):
    """The date that the report is about."""

    field = Reference(
        "path",
        metadata=about(
            "Date",
            "日期字段",
            "Which date is meant; absent: only IN_PERIOD() in values asks for the period.",
            "所指的日期字段；缺省时，仅由数值中的 IN_PERIOD() 使用期间。",
            "field",
        ),
    )
    range = Period(
        load_default="all",
        metadata=about(
            "Range",
            "范围",
            "A word such as this_year, or 2026-01-01..2026-03-31; all when absent.",
            "如 this_year，或 2026-01-01..2026-03-31；缺省为全部。",
        ),
    )


class ChartKeys(Body):
    """How it is drawn. A text alone is the type."""

    type = OneOf(CHARTS, required=True, metadata=about("Type", "图表类型"))
    values = ListOf(
        Name(),
        10,
        load_default=list,
        metadata=about("Values", "数值", "Those drawn; the first when absent.", "绘制的数值；缺省为第一个。"),
    )
    stacked = Flag(load_default=False, metadata=about("Stacked", "堆叠"))
    target = Number(
        -MAX_NUMBER,
        MAX_NUMBER,
        whole=False,
        metadata=about("Target", "目标", "A line, or the gauge's full turn.", "目标线，或仪表图的满值。"),
    )
    smooth = Flag(load_default=False, metadata=about("Smooth", "平滑"))
