"""A dashboard as one picture: its grid with the charts, numbers and rows that somebody sees there. Pure but for the
widgets' answers; called by the gallery's command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from dougong_metadata.model.dashboard_types import COLUMNS, DashboardModel, WidgetModel
from dougong_metadata.model.types import FieldModel
from dougong_platform.dashboards.answering import answered
from dougong_platform.dashboards.widget_data import ApprovalsData, NumberData, RecordsData, ReportData, WordsData
from dougong_platform.demo.gallery.readers import LOCALE
from dougong_platform.http.caller import Caller
from dougong_platform.query.rows import field_at
from dougong_platform.query.single import display_names
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.charts import pictures
from dougong_platform.reports.charts.data import chart_data
from dougong_platform.reports.number_texts import headline, percent, said

CELL, ROW, GAP = 96, 40, 10
DRAWN_HIGH = 344  # pixels of every drawing, whatever its width
LINE, LETTER = 22, 6.6  # of 12 px text: height, and about how wide a Latin letter is
INK, PALE, EDGE, PAPER, GOOD, BAD = "#1D2129", "#5F6670", "#E8E8E3", "#FAFAF8", "#0B6E5B", "#B3341F"
_LONG = re.compile(r"-?\d+\.\d{2,}")


def slim(svg: str) -> str:
    """The same picture with places to a tenth of a pixel."""
    return _LONG.sub(lambda found: f"{float(found[0]):.1f}".rstrip("0").rstrip("."), svg)


def board(caller: Caller, dashboard: DashboardModel) -> str:
    """The dashboard as SVG, as the caller sees it."""
    high = max(w.place.y + w.place.height for w in dashboard.widgets) * ROW + GAP
    wide = COLUMNS * CELL + GAP
    data = {one.name: answered(caller, dashboard, one).data for one in dashboard.widgets}
    drawn = _charts(caller, dashboard, data)
    parts = [_widget(caller, one, data[one.name], drawn.get(one.name)) for one in dashboard.widgets]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
        f'font-family="Inter, PingFang SC, Noto Sans CJK SC, sans-serif" font-size="12" fill="{INK}">'
        f'<rect width="{wide}" height="{high}" fill="{PAPER}"/>{"".join(parts)}</svg>\n'
    )


def _charts(caller: Caller, dashboard: DashboardModel, data: Mapping[str, Any]) -> dict[str, str]:
    """Drawings by widget, in its shape."""
    by_shape: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for one in dashboard.widgets:
        given = data[one.name]
        if one.type == "chart" and isinstance(given, ReportData) and given.answer is not None:
            chart = chart_data(given.report, given.answer, LOCALE, caller.tenant.currency)
            if chart is not None:
                wide, high = _room(one)
                by_shape.setdefault(round(wide / high * DRAWN_HIGH), []).append((one.name, chart))
    found: dict[str, str] = {}
    for width, charts in by_shape.items():
        texts = pictures.svg([chart for _, chart in charts], width)
        if None in texts:
            raise SystemExit(f"Not every chart of {dashboard.name} could be drawn.")
        found |= {name: slim(text) for (name, _), text in zip(charts, texts, strict=True) if text is not None}
    return found


def _room(one: WidgetModel) -> tuple[int, int]:
    """What a drawing has within the widget's frame."""
    return one.place.width * CELL - GAP - 8, one.place.height * ROW - GAP - 40


def _widget(caller: Caller, one: WidgetModel, given: Any, drawn: str | None) -> str:
    x, y = one.place.x * CELL + GAP, one.place.y * ROW + GAP
    wide, high = one.place.width * CELL - GAP, one.place.height * ROW - GAP
    title = one.label.text(LOCALE) if one.label is not None else one.name
    frame = f'<rect width="{wide}" height="{high}" rx="10" fill="#FFFFFF" stroke="{EDGE}"/>'
    head = _text(12, 24, _fitting(title, wide - 24), 'font-weight="600" font-size="13"')
    if isinstance(given, NumberData):
        body = _number(given)
    elif drawn is not None:
        body = _nested(drawn, *_room(one))
    else:
        body = "".join(_lines(_rows(caller, given), wide, high))
    return f'<svg x="{x}" y="{y}" width="{wide}" height="{high}">{frame}{head}{body}</svg>'


def _number(given: NumberData) -> str:
    head = given.head
    found = _text(12, 62, headline(given.value, head.format, LOCALE, head.currency, head.decimals) or "–", _BIG)
    if given.change is not None:
        change = float(given.change)
        better = (change >= 0) == (head.good != "down")
        colour = PALE if head.good == "none" or not change else GOOD if better else BAD
        arrow = "↑" if change >= 0 else "↓"
        found += _text(12, 86, f"{arrow} {percent(abs(_decimal(given.change)), 1)}", f'fill="{colour}"')
    return found


_BIG = 'font-size="24" font-weight="600"'


def _decimal(value: Any) -> Any:
    return Decimal(str(value))


def _nested(drawn: str, wide: int, high: int) -> str:
    """The drawing within the widget, its own size as the view."""
    return re.sub(
        r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"',
        rf'<svg \1x="4" y="34" width="{wide}" height="{high}"',
        drawn,
        count=1,
    )


def _rows(caller: Caller, given: Any) -> list[list[str]]:
    """What stands in rows: groups with their numbers, records, approvals."""
    if isinstance(given, ReportData) and given.answer is not None:
        return _ranked(given.answer, given.value)
    if isinstance(given, ReportData) and given.listed is not None:
        return _records(caller, given.listed.object, given.listed.fields, given.listed.records)
    if isinstance(given, RecordsData):
        columns = (_name(caller, given.object), *given.columns, *([given.when] if given.when else []))
        return _records(caller, given.object, tuple(dict.fromkeys(columns)), given.records)
    if isinstance(given, ApprovalsData):
        return [[str(row.title), str(row.submitter_name or "")] for row in given.rows]
    if isinstance(given, WordsData):
        return [[given.text]]
    return []


def _name(caller: Caller, object: str) -> str:
    return caller.model.objects[object].name_field


def _ranked(answer: Answer, value: str | None) -> list[list[str]]:
    shown = [i for i, head in enumerate(answer.values) if head.role == "value" and value in (None, head.name)]
    heads = [answer.values[i] for i in shown]
    first = [[answer.rows_by[0].label if answer.rows_by else "", *(head.label for head in heads)]]
    return first + [
        [
            " · ".join(row.labels),
            *(
                said(row.all[i], head.format, LOCALE, head.currency, head.decimals)
                for i, head in zip(shown, heads, strict=True)
            ),
        ]
        for row in answer.rows
    ]


def _records(
    caller: Caller, object: str, columns: Sequence[str], records: Sequence[Mapping[str, Any]]
) -> list[list[str]]:
    fields = {column: field_at(caller.rights, object, tuple(column.split("."))) for column in columns}
    names: dict[str, str] = {}
    for column, field in fields.items():
        if field.to is not None:
            ids = [str(one[column]) for one in records if one.get(column)]
            names |= {id: name or "" for id, name in display_names(caller, field.to, ids).items()}
    return [[_cell(fields[column], one.get(column), names) for column in columns] for one in records]


def _cell(field: FieldModel, value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if field.picklist is not None and str(value) in field.picklist.values:
        return str(field.picklist.values[str(value)].label.text(LOCALE))
    return names.get(str(value), str(value)[:10] if "T" in str(value)[10:11] else str(value))


def _lines(rows: Sequence[Sequence[str]], wide: int, high: int) -> Iterator[str]:
    """Rows as text, the first column widest, numbers to the right."""
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    room = wide - 24
    first = room * (0.45 if columns > 1 else 1)
    rest = (room - first) / max(columns - 1, 1)
    for at, row in enumerate(rows):
        y = 52 + at * LINE
        if y > high - 8:
            return
        if at:
            yield f'<path d="M12 {y - 15}H{wide - 12}" stroke="{EDGE}"/>'
        yield _text(12, y, _fitting(row[0], first - 8))
        for place, text in enumerate(row[1:]):
            end = 12 + first + (place + 1) * rest
            yield _text(round(end), y, _fitting(text, rest - 8), f'text-anchor="end" fill="{PALE}"')


def _text(x: int, y: int, text: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{" " if more else ""}{more}>{escape(text)}</text>'


def _fitting(text: str, wide: float) -> str:
    """As much of the text as fits; Han characters are as wide as two others."""
    used = 0.0
    for place, letter in enumerate(text):
        used += LETTER * (1.9 if ord(letter) > 0x2E7F else 1)
        if used > wide:
            return text[: max(place - 1, 0)] + "…"
    return text
