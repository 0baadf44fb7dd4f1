"""The records behind a number: in the drawer beside it, or as a page. Count and sum are worked out of exactly these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import render_template, request

from dougong_platform import reports
from dougong_platform.reports.answer import OTHER
from dougong_platform.reports.finding import find
from dougong_ui_builder.page import is_fragment, page
from dougong_ui_builder.screens.reports.figures import role_word, said
from dougong_ui_builder.screens.reports.listed import list_of
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.screens.reports.visit import keys_text, point_of, visit_of
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.report_types import ReportModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.reports.asked import Drill, Point
    from dougong_ui_builder.screens.lists.shown import Shown

ROWS = 50
MOST_COLUMNS = 5


@blueprint.get("/reports/<key>/records")
@page()
def show_records(caller: Caller, key: str) -> str:
    """The drawer's fragment, the further rows behind `cursor`, or the page."""
    found, visit, point = find(caller, key), visit_of(key, request.args), point_of(request.args)
    drill = reports.drill(caller, found.report, point, visit.asked)
    rows = list_of(
        caller,
        drill.object,
        _columns(caller, drill, _same(found.report, point)),
        drill.filter,
        cursor=visit.cursor,
        rows=ROWS,
    )
    here = {"row": keys_text(point.row) or None, "column": keys_text(point.column) or None, "value": point.value}
    following = rows.found.next if rows.found is not None else None
    context: dict[str, Any] = {
        "found": found,
        "report": found.report,
        "visit": visit,
        "drill": drill,
        "rows": rows,
        "more": visit.url("records", **here, cursor=following) if following else None,
        "title": " · ".join(drill.labels) or gettext("All records"),
        "sentence": _sentence(drill, rows),
        "as_list": f"/o/{drill.object}?{urlencode({'filter': drill.filter})}",
    }
    if is_fragment():
        return render_template(
            "reports/more_records.html" if visit.cursor else "reports/records_drawer.html", **context
        )
    return render_template("reports/records_page.html", **context)


def _columns(caller: Caller, drill: Drill, same: frozenset[str]) -> tuple[str, ...]:
    """The name first, then what explains the number."""
    name = caller.model.objects[drill.object].name_field
    telling = [
        path for path in drill.fields if path not in same and not path.endswith(tuple(f".{one}" for one in same))
    ]
    return tuple(dict.fromkeys((name, *telling)))[:MOST_COLUMNS]


def _same(report: ReportModel, point: Point) -> frozenset[str]:
    """What all records of a cell have in common, so that no column needs to repeat it."""
    groups = (*zip(report.rows, point.row, strict=False), *zip(report.columns, point.column, strict=False))
    return frozenset(one.by for one, key in groups if key != OTHER and not (one.every or one.step or one.edges))


def _sentence(drill: Drill, rows: Shown) -> str:
    """ "12 records", and the number that they make where it is another one, else the first sum of theirs."""
    counted = ngettext("%(num)d record", "%(num)d records", drill.count)
    head = drill.head
    if head is not None and drill.value is not None and str(drill.value) != str(drill.count):
        name, value = " · ".join(filter(None, (head.label, role_word(head)))), said(head, drill.value)
    else:
        summed = next((column for column in rows.columns if rows.totals.get(column.path)), None)
        if summed is None:
            return counted
        name, value = summed.label, rows.totals[summed.path]
    return gettext("%(records)s · %(name)s %(value)s", records=counted, name=name, value=value)
