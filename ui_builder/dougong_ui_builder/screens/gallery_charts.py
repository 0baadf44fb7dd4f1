"""One chart of each kind over made-up numbers, for looking at, for pictures and for accessibility checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ChartModel, FunnelModel, ReportModel, ReportValue
from dougong_platform.reports.answer import Answer, GroupHead, Head, Row, ValueHead
from dougong_platform.reports.charts.data import chart_data

SHELVES = {
    "en": ("East hall", "South hall", "North hall", "Reading room", "Children", "Archive in the cellar, second door"),
    "zh": ("东馆", "南馆", "北馆", "阅览室", "少儿区", "地下二层特藏书库东侧"),
}
KINDS = {"en": ("Novels", "Science", "History", "Others"), "zh": ("小说", "科学", "历史", "其他类")}
STEPS = {"en": ("Asked for", "Checked", "Ordered", "Delivered", "Lent"), "zh": ("申请", "核实", "订购", "到馆", "借出")}
WEEK = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri"), "zh": ("周一", "周二", "周三", "周四", "周五")}
PLACES = (
    "广东",
    "浙江",
    "江苏",
    "上海",
    "北京",
    "四川",
    "湖北",
    "山东",
    "福建",
    "陕西",
    "新疆",
    "黑龙江",
    "云南",
    "台湾",
)
MONTHS = tuple(f"2026-{month:02}-01" for month in range(1, 13))
MONEY = ReportValue("total", Label("Spent", "支出"), "SUM(price)")
COUNT = ReportValue("n", Label("Books", "册数"), "COUNT()")
DRILL = "/ui/gallery/charts?records=1"


def samples(locale: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, chart data) of every kind."""
    for name, report, answer, chart in _described(locale):
        data = chart_data(report, answer, locale, "CNY", DRILL, chart)
        if data is not None:
            yield name, data


def _described(locale: str) -> Iterator[tuple[str, ReportModel, Answer, ChartModel]]:
    months = (
        [f"{n}月" for n in range(1, 13)]
        if locale == "zh"
        else ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )
    spent = [3.10, 4.21, 3.88, 5.06, 5.61, 6.10, 5.75, 7.02, 6.90, 8.12, 8.65, None]
    last = [2.9, 3.3, 3.7, 4.1, 4.6, 4.9, 5.3, 5.8, 6.2, 6.7, 7.0, 7.4]
    by_month = _answer(
        locale,
        "month",
        months,
        [[_m(now), _m(then)] for now, then in zip(spent, last, strict=True)],
        (_value(locale, MONEY), _value(locale, MONEY, role="before", of="total", name="total@before")),
        keys=MONTHS,
    )
    months_report = _report("Spent by month", "各月支出", MONEY)
    yield "area", months_report, _without_before(by_month), ChartModel("area", target="9000000")
    yield "line", months_report, by_month, ChartModel("line")
    yield "compared", months_report, by_month, ChartModel("column")
    halls = _answer(
        locale, None, SHELVES[locale], [[_m(n)] for n in (4.38, 3.91, 2.75, 1.94, 0.86, 0.31)], (_value(locale, MONEY),)
    )
    halls_report = _report("Spent by hall", "各馆支出", MONEY)
    yield "bar", halls_report, halls, ChartModel("bar")
    yield "bar_target", halls_report, halls, ChartModel("bar", target="3000000")
    yield "column", halls_report, halls, ChartModel("column")
    yield "pie", halls_report, replace(halls, total=Row((), (), (_m(14.15),))), ChartModel("pie")
    yield from _parts(locale)
    yield from _others(locale, halls_report)


def _parts(locale: str) -> Iterator[tuple[str, ReportModel, Answer, ChartModel]]:
    parts = ((4.8, 2.3, 1.9, 0.8), (7.2, 3.0, 3.5, 1.2), (8.6, 5.2, 3.9, 2.0), (7.3, 4.4, 3.5, 1.6))
    quarters = _matrix(locale, "quarter", ("Q1", "Q2", "Q3", "Q4"), KINDS[locale], parts)
    quarters_report = _report("Spent by quarter and kind", "各季度各类支出", MONEY)
    yield "stacked", quarters_report, quarters, ChartModel("column", stacked=True)
    yield "side_by_side", quarters_report, quarters, ChartModel("bar")
    yield "stacked_area", quarters_report, quarters, ChartModel("area", stacked=True)
    counts = (3204, 1126, 688, 402, 217)
    steps = _answer(locale, None, STEPS[locale], [[n] for n in counts], (_value(locale, COUNT, "number"),))
    asked = replace(
        _report("From wish to loan", "从申请到借出", COUNT), type="funnel", funnel=FunnelModel(field="state")
    )
    yield "funnel", asked, steps, ChartModel("funnel")


def _others(locale: str, halls: ReportModel) -> Iterator[tuple[str, ReportModel, Answer, ChartModel]]:
    total = _whole(locale, _m(64.36), _m(54.45))
    yield "gauge", _report("Spent this year", "本年支出", MONEY), total, ChartModel("gauge", target="72000000")
    yield "number", _report("Spent this year", "本年支出", MONEY), total, ChartModel("number")
    rate = ReportValue("rate", Label("Done", "完成"), "done / asked", "percent")
    people = ("林晓雯", "王蕾", "周以宁", "赵启航", "Marco R.")
    done = _answer(
        locale,
        None,
        people,
        [[n] for n in ("1.04", "0.97", "0.88", "0.71", "0.64")],
        (_value(locale, rate, "percent"),),
    )
    yield "bullets", _report("Done by person", "各人完成率", rate), done, ChartModel("gauge", target="0.89")
    both = (_value(locale, COUNT, "number"), _value(locale, MONEY))
    points = [[n, _m(m)] for n, m in ((420, 4.38), (388, 3.91), (301, 2.75), (150, 1.94), (212, 0.86), (40, 0.31))]
    yield (
        "scatter",
        _report("Books and money", "册数与支出", COUNT, MONEY),
        _answer(locale, None, SHELVES[locale], points, both),
        ChartModel("scatter", ("n", "total")),
    )
    seen = [[(3 * day + 7 * hour + day * hour) % 17 for hour in range(8)] for day in range(5)]
    heat = _matrix(
        locale, "weekday", WEEK[locale], [str(h) for h in (9, 10, 11, 13, 14, 15, 16, 17)], seen, COUNT, "number"
    )
    yield "heat", _report("Loans by hour", "借出时段", COUNT), heat, ChartModel("heat")
    born = [
        [max(0.04, round(1 - 0.13 * age - 0.02 * row, 2)) if age < 6 - row else None for age in range(6)]
        for row in range(6)
    ]
    kept = _matrix(
        locale, "month", [month[:7] for month in MONTHS[:6]], [str(n) for n in range(6)], born, rate, "percent"
    )
    yield "cohort", _report("Readers who came again", "再次到馆的读者", rate), kept, ChartModel("heat")
    numbers = [[n] for n in (5120, 4380, 4104, 3870, 3615, 2410, 2055, 1960, 1422, 1010, 388, 702, 655, 530)]
    where = _answer(locale, None, PLACES, numbers, (_value(locale, COUNT, "number"),))
    yield "map", _report("Readers by province", "各省读者", COUNT), where, ChartModel("map")


def _m(millions: float | None) -> str | None:
    return None if millions is None else f"{millions * 1_000_000:.2f}"


def _report(en: str, zh: str, *values: ReportValue) -> ReportModel:
    return ReportModel("sample", Label(en, zh), "book", values=values)


def _value(
    locale: str, value: ReportValue, form: str = "money", role: str = "value", of: str | None = None, name: str = ""
) -> ValueHead:
    return ValueHead(name or value.name, value.label.text(locale), form, role, of, value.good)


def _answer(
    locale: str,
    span: str | None,
    labels: Sequence[str],
    cells: Sequence[Sequence[Any]],
    values: tuple[ValueHead, ...],
    keys: Sequence[str] | None = None,
) -> Answer:
    rows = tuple(
        Row((key,), (label,), tuple(cell)) for key, label, cell in zip(keys or labels, labels, cells, strict=True)
    )
    return Answer((GroupHead("by", "馆" if locale == "zh" else "Hall", "text", span),), (), values, rows)


def _whole(locale: str, now: str | None, before: str | None) -> Answer:
    values = (_value(locale, MONEY), _value(locale, MONEY, role="before", of="total", name="total@before"))
    return Answer((), (), values, (), total=Row((), (), (now, before)))


def _matrix(
    locale: str,
    span: str,
    labels: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[float | None]],
    value: ReportValue = MONEY,
    form: str = "money",
) -> Answer:
    shown = [[(_m(cell) if form == "money" else cell,) for cell in row] for row in cells]
    rows = tuple(Row((label,), (label,), (), tuple(row)) for label, row in zip(labels, shown, strict=True))
    by = GroupHead("by", "时间" if locale == "zh" else "When", "date", span)
    kind = GroupHead("kind", "类别" if locale == "zh" else "Kind", "picklist")
    return Answer((by,), (kind,), (_value(locale, value, form),), rows, tuple(Head((c,), (c,)) for c in columns))


def _without_before(answer: Answer) -> Answer:
    rows = tuple(Row(row.keys, row.labels, row.all[:1]) for row in answer.rows)
    return replace(answer, values=answer.values[:1], rows=rows)
