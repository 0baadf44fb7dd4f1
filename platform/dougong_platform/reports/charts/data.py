"""A report's answer as chart data: what the screens' charts, mails and pictures in docs draw. Pure; numbers become
floats here and nowhere before.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dougong_metadata.model.report_types import SPANS, ChartModel, ReportModel
from dougong_platform.reports.answer import Answer, ValueHead
from dougong_platform.reports.charts.choice import suggestions, usual
from dougong_platform.reports.charts.points import Laid, Line, Place, cut, laid_out, may_be_added
from dougong_platform.reports.charts.provinces import province
from dougong_platform.reports.charts.words import EARLIER, NEGATIVE, OUTSIDE, POINTS, chosen, sentence
from dougong_platform.reports.number_texts import as_decimal, headline, percent, said

__all__ = ["chart_data", "suggestions", "usual"]

OUTSIDE_NAMED = 5  # so many that the map has no place for are named
ALONG = ("column", "line", "area")  # time runs from left to right, whatever the table is sorted by
COMPARED = ("bar", "column", "line", "area")  # the earlier period is drawn beside


def chart_data(
    report: ReportModel,
    answer: Answer,
    locale: str,
    currency: str,
    drill: str | None = None,
    chart: ChartModel | None = None,
) -> dict[str, Any] | None:
    """What `<dg-chart>` and `pictures.draw` take, or None where nothing can be drawn (no numbers, no groups for it).

    Of each series `data` are numbers or None, `texts` their short forms and `full` their long ones. A datum's point
    has the row keys category.keys + series.row_keys and the column keys category.column + series.keys; where
    category.keys is None or series.open is false, no record list stands behind it. `number`: the whole, of the kinds
    number and gauge. `sentence` says the chart to whoever cannot see it; `notes` what is not drawn.
    """
    model = chart or report.chart or usual(report, answer)
    if model is None:
        return None
    heads = _drawn(report, model, answer)
    if not heads or not (answer.rows or answer.total):
        return None
    if model.type in ALONG:
        answer = _in_time(answer)
    laid = _without_nothing(laid_out(answer, model.type, heads, locale))
    if model.type == "pie":
        laid = _positive(laid, locale)
    laid = cut(laid, model.type, report, answer, locale)
    data = {
        "type": model.type,
        "title": report.label.text(locale),
        "categories": [_category(place, model.type) for place in laid.places],
        "series": [_series(line, answer.values[line.value], locale, currency) for line in laid.lines],
        "dates": laid.dates,
        "before": any(answer.values[line.value].role == "before" for line in laid.lines),
        "rows": answer.rows_by[0].label if answer.rows_by else "",
        "drill": drill,
        "notes": list(laid.notes),
        **_shown(model, answer.values[heads[0]], locale, currency),
        **_of_kind(model.type, report, answer, heads[0], locale, currency),
    }
    if model.type == "map":
        data["notes"] += _outside(data["categories"], locale)
    return {**data, "sentence": sentence(data)}


def _in_time(answer: Answer) -> Answer:
    """The rows in the order of their dates, blank and others last, where they are spans; else as they stand."""
    if len(answer.rows_by) != 1 or answer.rows_by[0].span not in SPANS:
        return answer
    rows = sorted(answer.rows, key=lambda row: (row.keys[0] is None or row.is_other, str(row.keys[0])))
    return replace(answer, rows=tuple(rows))


def _shown(model: ChartModel, first: ValueHead, locale: str, currency: str) -> dict[str, Any]:
    """How the chart's numbers are shown, after the first of its values."""
    money = first.currency or currency
    return {
        "format": first.format,
        "decimals": first.decimals,
        "currency": money,
        "locale": "zh" if locale.startswith("zh") else "en",
        "stacked": model.stacked,
        "smooth": model.smooth,
        "target": _float(as_decimal(model.target)),
        "target_text": headline(model.target, first.format, locale, money, first.decimals) if model.target else None,
    }


def _of_kind(kind: str, report: ReportModel, answer: Answer, at: int, locale: str, currency: str) -> dict[str, Any]:
    """What only some kinds of charts have."""
    money = answer.values[at].currency or currency
    if kind in ("number", "gauge"):
        return {"number": _number(answer, at, locale, money)}
    if kind == "pie":
        return {"whole": _whole(report, answer, at, locale, money)}
    return {"steps": _steps(answer)} if kind == "funnel" else {}


def _drawn(report: ReportModel, model: ChartModel, answer: Answer) -> list[int]:
    """Where in `answer.values` stands what is drawn: the chart's values, else the first (of cohorts the share that is
    left); then those of the period before."""
    numbers = [at for at, head in enumerate(answer.values) if head.format not in ("date", "text")]
    plain = [at for at in numbers if answer.values[at].role == "value"]
    named = [at for name in model.values for at in numbers if answer.values[at].name == name]
    if model.type == "scatter":
        return (named or plain)[:3] if len(named or plain) > 1 else []
    if not named and report.type == "cohort" and model.type == "heat":
        named = [at for at in numbers if answer.values[at].role == "share"]
    wanted = named or plain[:1]
    if model.type not in COMPARED:
        return wanted[:1]
    names = [answer.values[at].name for at in wanted]
    before = [at for at in numbers if answer.values[at].role == "before" and answer.values[at].of in names]
    return wanted if answer.columns_by else wanted + [at for at in before if at not in wanted]


def _steps(answer: Answer) -> list[str] | None:
    """What stands beside each step of a funnel: how many came there of the step before, or its share of all; None
    where the answer does not say."""
    at = {head.name: place for place, head in enumerate(answer.values)}
    place = at.get("rate", at.get("n@share"))
    if place is None:
        return None
    found = [as_decimal(row.all[place]) for row in answer.rows]
    if "went_on" in at:  # said of the stage that was left
        found = [None, *found[:-1]]
    return ["" if one is None else percent(one, 0) for one in found]


def _category(place: Place, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {"label": place.label, "keys": None if place.row is None else list(place.row)}
    if place.column:
        found["column"] = list(place.column)
    if place.other:
        found["other"] = True
    if kind == "map":
        found["place"] = province(place.label)
    return found


def _series(line: Line, head: ValueHead, locale: str, currency: str) -> dict[str, Any]:
    said_in = (head.format, locale, head.currency or currency, head.decimals)
    found: dict[str, Any] = {
        "name": _earlier(line.label, locale) if head.role == "before" else line.label,
        "value": head.name,
        "of": head.of or head.name,
        "keys": list(line.column),
        "row_keys": list(line.row),
        "open": line.open,
        "before": head.role == "before",
        "format": head.format,
        "data": [_float(number) for number in line.numbers],
        "texts": [headline(number, *said_in) for number in line.numbers],
        "full": [said(number, *said_in) for number in line.numbers],
    }
    return found


def _outside(categories: list[dict[str, Any]], locale: str) -> list[str]:
    """What the map has no place for."""
    names = [category["label"] for category in categories if category["place"] is None]
    more = " …" if len(names) > OUTSIDE_NAMED else ""
    said_names = (", ", "、")[locale.startswith("zh")].join(names[:OUTSIDE_NAMED]) + more
    return [chosen(OUTSIDE, locale, names=said_names)] if names else []


def _earlier(label: str, locale: str) -> str:
    return f"{label} · {chosen(EARLIER, locale)}"


def _without_nothing(laid: Laid) -> Laid:
    """All others are no place where nothing is drawn of them: they came into the answer by what it says beside."""
    drawn = [any(line.numbers[at] for line in laid.lines) for at in range(len(laid.places))]
    return _of_places(laid, [at for at, place in enumerate(laid.places) if drawn[at] or not place.other])


def _positive(laid: Laid, locale: str) -> Laid:
    """Slices have a size: nothing is no slice, and what is below zero cannot be one."""
    [line] = laid.lines
    kept = [at for at, number in enumerate(line.numbers) if number is not None and number > 0]
    below = any(number is not None and number < 0 for number in line.numbers)
    return replace(_of_places(laid, kept), notes=(*laid.notes, chosen(NEGATIVE, locale)) if below else laid.notes)


def _of_places(laid: Laid, kept: list[int]) -> Laid:
    return replace(
        laid,
        places=tuple(laid.places[at] for at in kept),
        lines=tuple(replace(line, numbers=tuple(line.numbers[at] for at in kept)) for line in laid.lines),
    )


def _whole(report: ReportModel, answer: Answer, at: int, locale: str, currency: str) -> str | None:
    """What all slices are together, where they may be added up."""
    head = answer.values[at]
    if answer.total is None or not may_be_added(report, head.name):
        return None
    return headline(answer.total.all[at], head.format, locale, currency, head.decimals)


def _number(answer: Answer, at: int, locale: str, currency: str) -> dict[str, Any] | None:
    """The whole and how it changed: {"value", "text", "full", "before", "change"}."""
    whole = answer.total or (answer.rows[0] if answer.rows and not answer.rows_by else None)
    if whole is None:
        return None
    head = answer.values[at]
    said_in = (head.format, locale, currency, head.decimals)
    value = as_decimal(whole.all[at])
    place = next((i for i, other in enumerate(answer.values) if other.role == "before" and other.of == head.name), None)
    before = as_decimal(whole.all[place]) if place is not None else None
    return {
        "name": head.label,
        "value": _float(value),
        "text": headline(value, *said_in) or "—",
        "full": said(value, *said_in) or "—",
        "before": headline(before, *said_in) if before is not None else None,
        "change": change(value, before, head, locale),
    }


def change(value: Decimal | None, before: Decimal | None, head: ValueHead, locale: str) -> dict[str, Any] | None:
    """{"text": "18.2%", "way": "up", "good": true} against the earlier period; of percents the points between, of days
    the days. `good` is None where neither way is better."""
    if value is None or before is None:
        return None
    gap = value - before
    if head.format == "percent":
        text = percent(abs(gap), 1).removesuffix("%") + chosen(POINTS, locale)
    elif head.format == "days":
        text = said(abs(gap), "days", locale, decimals=head.decimals)
    elif not before:
        return None
    else:
        text = percent(abs(gap / before), 1)
    way = "up" if gap > 0 else "down" if gap < 0 else "same"
    good = None if way == "same" or head.good not in ("up", "down") else head.good == way
    return {"text": text, "way": way, "good": good}


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
