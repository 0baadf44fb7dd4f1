"""What is wrong with a report that its document alone shows: keys of other types, values that nobody gives, buckets in
no order, charts that cannot draw it. Called by the kind `report`; the rest needs the model (`compile_report`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.expressions.spans import asks_for_period
from dougong_metadata.problems import Path, Problems
from dougong_metadata.report_order import SortKey, sort_key
from dougong_metadata.report_words import (
    CHARTS,
    MADE,
    MADE_ALONE,
    MADE_OF_AMOUNT,
    MADE_OF_ENTERING,
    MADE_OF_TREND,
    TYPES,
)

Said = Mapping[str, Any]
_ALL = (
    *("label", "description", "folder", "position", "object", "type", "where", "cross", "period", "owner"),
    *("totals", "for"),
)
_GROUPED = ("rows", "values", "having", "sort", "limit", "compare", "chart")
_KEYS = {
    "list": ("fields", "sort", "limit"),
    "summary": _GROUPED,
    "matrix": (*_GROUPED, "columns"),
    "funnel": ("funnel", "rows", "values", "sort", "limit", "compare", "chart"),
    "cohort": ("cohort", "values", "chart"),
    "trend": ("trend", "values", "chart"),
    "win_loss": (*_GROUPED, "columns", "funnel", "trend"),
}
_NEEDED = {
    "list": ("fields",),
    "summary": ("values",),
    "matrix": ("rows", "columns", "values"),
    "funnel": ("funnel",),
    "cohort": ("cohort",),
    "trend": ("trend",),
    "win_loss": (),
}
DRAWN_BY = {
    "summary": tuple(CHARTS),
    "matrix": ("column", "bar", "line", "area", "heat", "scatter", "number", "gauge"),
    "funnel": ("funnel", "column", "bar", "number"),
    "cohort": ("heat", "line", "column"),
    "trend": ("line", "area", "column", "bar"),
    "win_loss": ("column", "bar", "line", "area", "pie", "gauge", "number"),
}


def value_names(body: Said) -> tuple[str, ...]:
    """What the values of a loaded body are called, with those that its type makes by itself; hidden ones too."""
    given = tuple(name for name in body.get("values") or ())
    kind = body.get("type", "")
    made = MADE.get(kind, ()) + (() if given else MADE_ALONE.get(kind, ()))
    if kind == "win_loss" and made and _says(body, "trend", "amount"):
        made += MADE_OF_AMOUNT
    if kind == "trend" and _says(body, "trend", "amount"):
        made += MADE_OF_TREND
    if kind == "funnel" and _says(body, "funnel", "mode") == "entered":
        made += MADE_OF_ENTERING
    return (*given, *(name for name in made if name not in given))


def _says(body: Said, part: str, key: str) -> Any:
    said = body.get(part)
    return said.get(key) if isinstance(said, Mapping) else None


def shown_values(body: Said) -> tuple[str, ...]:
    """The same without the hidden ones."""
    said = body.get("values") or {}
    return tuple(
        name for name in value_names(body) if not (isinstance(said.get(name), Mapping) and said[name].get("hidden"))
    )


def check_report(document: Document, body: Said, problems: Problems) -> None:
    """Records what is wrong with a loaded body."""
    kind = body.get("type")
    if kind not in TYPES:
        return  # told by the schema
    check = _Check(document, problems, body, kind)
    check.keys()
    for key in ("rows", "columns"):
        for index, group in enumerate(body.get(key) or ()):
            if isinstance(group, Mapping):
                check.group((key, index), group)
    check.twice()
    check.funnel()
    check.trend()
    check.sorted()
    if isinstance(body.get("chart"), Mapping) and "chart" in _KEYS[kind]:
        check_chart(document, ("chart",), body["chart"], body, problems)
    check_period(document, ("period",), document.body.get("period"), _texts(body), problems)
    if body.get("compare") and "period" not in document.body:
        check.add(("compare",), "needs_period", "A comparison needs a `period`.", "对比需要设置期间 `period`。")


def check_period(document: Document, path: Path, period: Any, texts: Iterable[str], problems: Problems) -> None:
    """A period (as the document has it) that names no date is of values that ask for it."""
    if isinstance(period, Mapping) and "field" not in period and not any(map(asks_for_period, texts)):
        en = "“field” is needed, or a value that asks for the period: COUNT(IN_PERIOD(…))."
        zh = "缺少「field」；或在数值中使用期间：COUNT(IN_PERIOD(…))。"
        problems.add(document, (*path, "field"), "required", en, zh)


def _texts(body: Said) -> Iterator[str]:
    for said in (body.get("values") or {}).values():
        text = said.get("value") if isinstance(said, Mapping) else None
        if isinstance(text, str):
            yield text


def check_chart(document: Document, path: Path, chart: Said, report: Said, problems: Problems) -> None:
    """Whether the chart can draw that report (a loaded body)."""
    kind, type_ = report.get("type", ""), chart.get("type")
    if type_ is None:
        return
    fitting = DRAWN_BY.get(kind, ())
    if type_ not in fitting:
        problems.add(
            document,
            (*path, "type"),
            "chart_does_not_fit",
            f"A report of type {kind} cannot be drawn as {type_}; it can be {', '.join(fitting) or 'a table only'}.",
            f"「{TYPES[kind][1]}」报表不能绘制为 {type_}；可用：{'、'.join(fitting) or '仅表格'}。",
        )
        return
    _check_drawn(document, path, chart, shown_values(report), problems)
    groups = len(report.get("rows") or ()) + len(report.get("columns") or ())
    if kind in ("summary", "win_loss") and not groups and type_ not in ("number", "gauge"):
        text = f"There are no rows that {type_} could draw; without rows a report is a number or a gauge."
        problems.add(
            document,
            (*path, "type"),
            "nothing_to_draw",
            text,
            f"没有分组可绘制为 {type_}；无分组时只能是 number 或 gauge。",
        )
    elif type_ == "heat" and kind == "summary" and groups != 2:
        text = "A heat map is drawn of two groups."
        problems.add(document, (*path, "type"), "nothing_to_draw", text, "热力图需要两个分组。")


def _check_drawn(document: Document, path: Path, chart: Said, shown: Sequence[str], problems: Problems) -> None:
    for index, name in enumerate(chart.get("values") or ()):
        if name not in shown:
            problems.unknown(
                document, (*path, "values", index), name, "a value that this report shows", "此报表显示的数值", shown
            )
    if chart.get("type") == "scatter" and len(chart.get("values") or shown) < 2:
        text = "A scatter chart needs two values."
        problems.add(document, (*path, "values"), "too_few_values", text, "散点图需要两个数值。")


class _Check:
    def __init__(self, document: Document, problems: Problems, body: Said, kind: str) -> None:
        self.document, self.problems, self.body, self.kind = document, problems, body, kind

    def add(self, path: Path, code: str, en: str, zh: str) -> None:
        self.problems.add(self.document, path, code, en, zh)

    def raw(self, path: Path) -> Said:
        """What the document itself says there: with the keys whose values have been refused, without defaults."""
        at: Any = self.document.body
        for step in path:
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return {}
        return at if isinstance(at, Mapping) else {}

    def keys(self) -> None:
        """Keys of other types, and those without which this type is nothing."""
        known = (*_ALL, *_KEYS[self.kind])
        for key in self.document.body:
            if key not in known and any(key in keys for keys in _KEYS.values()):
                self.add(
                    (key,),
                    "not_for_type",
                    f"A report of type {self.kind} has no “{key}”.",
                    f"「{TYPES[self.kind][1]}」报表没有「{key}」。",
                )
        for key in _NEEDED[self.kind]:
            if key not in self.document.body or self.document.body[key] in ((), {}):
                self.add(
                    (key,),
                    "required",
                    f"“{key}” is needed for a report of type {self.kind}.",
                    f"「{TYPES[self.kind][1]}」报表缺少「{key}」。",
                )

    def group(self, path: Path, group: Said) -> None:
        """Buckets of one sort, in order; a top that says by what."""
        given = [key for key in ("every", "step", "edges") if group.get(key) is not None]
        if len(given) > 1:
            text = f"A group has one of “every”, “step” and “edges”; here are {' and '.join(given)}."
            self.add(
                (*path, given[1]),
                "one_bucket",
                text,
                f"分组只能有 every、step、edges 之一；此处有 {'、'.join(given)}。",
            )
        if group.get("step") == 0:
            self.add((*path, "step"), "empty_step", "“step” has to be more than 0.", "「step」须大于 0。")
        edges = [edge for edge in group.get("edges") or () if isinstance(edge, (int, float))]
        for index, (before, edge) in enumerate(pairwise(edges), 1):
            if edge <= before:
                text = f"“edges” have to ascend: {edge} comes after {before}."
                self.add(
                    (*path, "edges", index), "not_in_order", text, f"「edges」须从小到大：{before} 之后是 {edge}。"
                )
        raw = self.raw(path)
        if "top" in group and "sort" not in raw:
            text = "“top” needs “sort”: the value by which groups come first."
            self.add((*path, "top"), "top_without_sort", text, "「top」须与「sort」一起使用：按哪个数值取前几名。")
        if raw.get("other") is False and "top" not in raw:
            self.add((*path, "other"), "not_with", "“other” goes with “top”.", "「other」须与「top」一起使用。")
        if isinstance(group.get("sort"), str):
            self.value((*path, "sort"), group["sort"].removeprefix("-"))

    def value(self, path: Path, name: str) -> None:
        known = value_names(self.body)
        if name not in known:
            self.problems.unknown(self.document, path, name, "a value of this report", "此报表的数值", known)

    def twice(self) -> None:
        """Each group once. One date may stand there by its weekday and by its hour."""
        seen: set[tuple[Any, ...]] = set()
        for key in ("rows", "columns"):
            for index, group in enumerate(self.body.get(key) or ()):
                by = group.get("by") if isinstance(group, Mapping) else None
                what = (by, group.get("every")) if by else ()
                if by in value_names(self.body):
                    text = f"“{by}” is the name of a value too; call the value something else."
                    self.add((key, index), "name_taken", text, f"「{by}」也是数值的名称；请为数值换一个名称。")
                if by and what in seen:
                    self.add((key, index), "given_twice", f"“{by}” is given twice.", f"「{by}」重复出现。")
                seen.add(what)
        listed: set[str] = set()
        for index, column in enumerate(self.body.get("fields") or ()):
            name = column.get("field") if isinstance(column, Mapping) else None
            if name in listed:
                self.add(("fields", index), "given_twice", f"“{name}” is given twice.", f"「{name}」重复出现。")
            listed |= {name} if isinstance(name, str) else set()

    def trend(self) -> None:
        """The field that it follows; what is said of a trend in wins and losses needs none."""
        said = self.raw(("trend",))
        if self.kind == "trend" and said and "field" not in said:
            self.add(("trend", "field"), "required", "“field” is needed.", "缺少「field」。")

    def funnel(self) -> None:
        """Steps or a field, and what goes with it."""
        said = self.raw(("funnel",))
        if self.kind != "funnel" or not said:
            return
        if ("steps" in said) == ("field" in said):
            text = "A funnel has either `steps`, or a `field` whose values are its stages."
            self.add(("funnel",), "one_funnel", text, "漏斗须指定步骤 steps 或阶段字段 field，二者择一。")
        for key in ("mode", "stages"):
            if key in said and "steps" in said:
                self.add(
                    ("funnel", key), "not_with", f"“{key}” goes with “field”.", f"「{key}」须与「field」一起使用。"
                )
        if said.get("steps") == {}:
            self.add(("funnel", "steps"), "too_few", "“steps” needs at least 1 entries.", "「steps」至少需要 1 项。")

    def sorted(self) -> None:
        """What rows are sorted by: values, and groups that stand there once."""
        if self.kind == "list":
            return  # fields: told where references are
        paths = [group.get("by") for key in ("rows", "columns") for group in self.body.get(key) or ()]
        known = [*value_names(self.body), *(path for path in paths if isinstance(path, str))]
        for index, text in enumerate(self.body.get("sort") or ()):
            if isinstance(text, str):
                self._sort_key(("sort", index), text, known)

    def _sort_key(self, path: Path, text: str, known: Sequence[str]) -> None:
        key, columns = sort_key(text), len(self.body.get("columns") or ())
        if key is None or (key.column is not None and len(key.column) != (columns or -1)):
            en = f"“{text}” names no column: behind @ stands a list of one key for each of the {columns} column groups."
            self.add(path, "no_column", en, f"「{text}」不是有效的列：@ 后须为 {columns} 个列分组的键组成的列表。")
        elif key.name not in known:
            what = ("a value or group of this report", "此报表的数值或分组")
            self.problems.unknown(self.document, path, key.name, *what, known)
        elif (key.role, key.column) != ("value", None):
            self.value(path, key.name)
            self._beside(path, key)

    def _beside(self, path: Path, key: SortKey) -> None:
        said: Said = (self.body.get("values") or {}).get(key.name) or {}
        if key.role in ("before", "change") and not self.body.get("compare"):
            text = f"“{key.name}@{key.role}” needs a comparison: `compare`."
            self.add(path, "needs_comparison", text, f"「{key.name}@{key.role}」需要设置对比 compare。")
        elif key.role == "share" and "share" not in (said.get("show") or ()):
            text = f"“{key.name}@share” needs the share to be shown: `show: [share]`."
            self.add(path, "needs_share", text, f"「{key.name}@share」需要显示占比：show: [share]。")
