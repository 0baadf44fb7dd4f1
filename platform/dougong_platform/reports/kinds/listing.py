"""Reports that are lists: columns of records, sorted, with sums of the numbers among them."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.report_types import ReportModel
from dougong_platform.http.caller import Caller
from dougong_platform.query.listing import MOST_ROWS, Page, list_records
from dougong_platform.query.rows import shown_at
from dougong_platform.reports.answer import ListAnswer
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.conditions import all_of_these, conditions_of, period_condition, spans_of
from dougong_platform.reports.grouped.question import Number, Question
from dougong_platform.reports.grouped.running import run

USUAL_ROWS = 100


def answer(caller: Caller, report: ReportModel, asked: Asked, cursor: str | None = None) -> ListAnswer:
    """One page of the list, all of it where the report says how many rows that is; `cursor` is the `next` of the page
    before. Raises what `list_records` does."""
    filter = filter_of(caller, report, asked)
    wanted = report.limit or USUAL_ROWS
    page = _page(caller, report, asked, filter, wanted, cursor)
    records, following = page.records, page.next
    while report.limit is not None and following is not None and len(records) < wanted:
        more = _page(caller, report, asked, filter, wanted - len(records), following)
        records, following = [*records, *more.records], more.next
    following = following if report.limit is None else None
    totals = amounts(caller, report.object, report.fields, filter) if cursor is None and report.totals else {}
    return ListAnswer(report.object, report.fields, records, following, page.count, page.count_capped, totals, filter)


def _page(caller: Caller, report: ReportModel, asked: Asked, filter: str, rows: int, cursor: str | None) -> Page:
    return list_records(
        caller,
        report.object,
        fields=named_fields(caller, report),
        filter=filter or None,
        sort=asked.sort or report.sort,
        limit=min(rows, MOST_ROWS),
        cursor=cursor,
        count=cursor is None,
    )


def filter_of(caller: Caller, report: ReportModel, asked: Asked) -> str:
    """The records of the list, as a filter."""
    period = period_condition(report, spans_of(caller, report, asked).now)
    return all_of_these([*conditions_of(caller, report, asked), *([period] if period else [])])


def named_fields(caller: Caller, report: ReportModel) -> list[str]:
    """The columns' paths, with the names of what links point to beside their ids."""
    found = list(report.fields)
    for path in report.fields:
        field = shown_at(caller.rights, report.object, tuple(path.split(".")))
        target = caller.model.objects.get(field.to) if field.to is not None else None
        if target is not None and caller.rights.field(target.name, target.name_field) != "none":
            found.append(f"{path}.{target.name_field}")
    return list(dict.fromkeys(found))


def amounts(caller: Caller, object: str, fields: Sequence[str], filter: str) -> dict[str, object]:
    """Sums of amounts by column, in the tenant's currency; a number such as a year or a grade is not summed up unless
    it is money."""
    summed = [
        path
        for path in fields
        if shown_at(caller.rights, object, tuple(path.split("."))).type.expression_type == "money" and "." not in path
    ]
    if not summed:
        return {}
    numbers = tuple(Number(f"n{i}", f"SUM({path})") for i, path in enumerate(summed))
    _, lines = run(caller, Question(object, (filter,) if filter else (), numbers=numbers))
    return dict(zip(summed, lines[0].numbers, strict=True))
