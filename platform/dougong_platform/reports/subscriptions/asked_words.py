"""What a subscription asks of its report, in words: in the letter, and where subscriptions are listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions.conditions import Group, Row, Value, to_rows
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel
from dougong_metadata.model.types import FieldModel
from dougong_metadata.report_order import SortKey, sort_key, sort_texts
from dougong_platform.errors import BadField
from dougong_platform.http.caller import Caller
from dougong_platform.query.rows import shown_at
from dougong_platform.query.single import display_names
from dougong_platform.reports import periods
from dougong_tenants.organisation import organisation_of

_ABOUT = {
    "period": Label("Period", "期间"),
    "compare": Label("Compared with", "对比"),
    "owner": Label("Owner", "负责人"),
    "department": Label("Department", "部门"),
    "where": Label("Only those where", "仅统计"),
    "sort": Label("Sorted by", "排序"),
}
_COMPARE = {
    "previous": Label("the period before", "上一期间"),
    "year_ago": Label("a year ago", "去年同期"),
    "none": Label("no comparison", "不对比"),
}
_BESIDE = {
    "before": Label("earlier period", "对比期"),
    "change": Label("change", "变化"),
    "share": Label("share", "占比"),
}
_COLUMN = Label("one column", "单列")
_OPERATORS = {
    "=": Label("is", "为"),
    "!=": Label("is not", "不为"),
    "in": Label("is", "为"),
    "not in": Label("is not", "不为"),
    "contains": Label("contains", "包含"),
    "not contains": Label("does not contain", "不包含"),
    "begins": Label("begins with", "开头为"),
    "not begins": Label("does not begin with", "开头不为"),
    "ends": Label("ends with", "结尾为"),
    "not ends": Label("does not end with", "结尾不为"),
    "includes": Label("includes", "包括"),
    "excludes": Label("excludes", "不包括"),
    "blank": Label("is blank", "为空"),
    "not blank": Label("is not blank", "不为空"),
}
_AND, _OR = Label(" and ", "且"), Label(" or ", "或")
_COLON, _COMMA = Label(": ", "："), Label(", ", "、")
_TRUTH = {"true": Label("Yes", "是"), "false": Label("No", "否")}
_ME, _TODAY = Label("me", "我"), Label("today", "今天")
_AHEAD, _BACK = Label("in {days} days", "{days} 天后"), Label("{days} days ago", "{days} 天前")
_DOWN = Label("{name}, descending", "{name}（降序）")
_GONE = Label("(no longer there)", "（已不存在）")


def said(caller: Caller, filters: Mapping[str, str], report: ReportModel | None) -> list[str]:
    """["Period: This month", …]; `report`: whose fields a condition and an order speak of, None of a dashboard."""
    words = _Said(caller, report)
    return [
        f"{_ABOUT[name].text(caller.locale)}{_COLON.text(caller.locale)}{words.of(name, filters[name])}"
        for name in _ABOUT
        if filters.get(name) and not (name in ("period", "compare") and report is not None and report.period is None)
    ]


class _Said:
    def __init__(self, caller: Caller, report: ReportModel | None) -> None:
        self._caller, self._report, self._locale = caller, report, caller.locale

    def of(self, name: str, value: str) -> str:
        """One thing that is asked."""
        if name == "period":
            return periods.label(value).text(self._locale) if periods.is_period(value) else value
        if name == "compare":
            return _COMPARE[value].text(self._locale) if value in _COMPARE else value
        if name in ("owner", "department"):
            organisation = organisation_of(self._caller.database, self._caller.tenant, self._caller.stamp)
            found = (organisation.people if name == "owner" else organisation.departments).get(value)
            return found.name if found is not None else _GONE.text(self._locale)
        if name == "sort":
            return _COMMA.text(self._locale).join(map(self._order, sort_texts(value)))
        return self._condition(value)

    def _order(self, text: str) -> str:
        key = sort_key(text) or SortKey(text.removeprefix("-"), text.startswith("-"))
        bare, down = key.name, key.descending
        report = self._report
        named = next((value.label for value in report.values if value.name == bare), None) if report else None
        name = named.text(self._locale) if named is not None else self._path(bare)
        name += f" · {_BESIDE[key.role].text(self._locale)}" if key.role in _BESIDE else ""
        name += f" · {_COLUMN.text(self._locale)}" if key.column is not None else ""
        return _DOWN.text(self._locale).format(name=name) if down else name

    def _path(self, text: str) -> str:
        """A path as people read it; what one may not know, as it stands."""
        if self._report is None:
            return text
        path = tuple(text.split("."))
        try:
            found = [shown_at(self._caller.rights, self._report.object, path[: end + 1]) for end in range(len(path))]
        except BadField:
            return text
        return " · ".join(field.label.text(self._locale) for field in found)

    def _condition(self, text: str) -> str:
        """The formula itself where words cannot say it."""
        try:
            group = to_rows(text)
            return text if group is None else self._group(group)
        except (ExpressionError, BadField):
            return text

    def _group(self, group: Group) -> str:
        joint = (_AND if group.joined == "all" else _OR).text(self._locale)
        return joint.join(
            self._row(item) if isinstance(item, Row) else f"({self._group(item)})" for item in group.items
        )

    def _row(self, row: Row) -> str:
        if self._report is None:
            raise BadField(name=row.path[:100], object="")
        field = shown_at(self._caller.rights, self._report.object, tuple(row.path.split(".")))
        operator = _OPERATORS[row.operator].text(self._locale) if row.operator in _OPERATORS else row.operator
        values = _COMMA.text(self._locale).join(self._values(field, row.values))
        return " ".join(part for part in (self._path(row.path), operator, values) if part)

    def _values(self, field: FieldModel, values: tuple[Value, ...]) -> Iterator[str]:
        linked = field.to is not None and field.type.pg_type == "uuid"
        names = display_names(self._caller, str(field.to), [v.text for v in values]) if linked else {}
        for value in values:
            if value.kind == "user":
                yield _ME.text(self._locale) if not value.text else f"$user.{value.text}"
            elif value.kind == "today":
                yield self._day(int(value.text))
            elif value.kind == "boolean":
                yield _TRUTH[value.text].text(self._locale)
            elif linked:
                yield names.get(value.text) or _GONE.text(self._locale)
            else:
                known = field.picklist.values.get(value.text) if field.picklist is not None else None
                yield known.label.text(self._locale) if known is not None else value.text

    def _day(self, days: int) -> str:
        if days == 0:
            return _TODAY.text(self._locale)
        return (_AHEAD if days > 0 else _BACK).text(self._locale).format(days=abs(days))
