"""Reports: numbers over the records of an object, and of those related to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from dougong_metadata.documents import Document
from dougong_metadata.keys import (
    Body,
    Expression,
    Flag,
    LabelText,
    ListOf,
    MapOf,
    Name,
    Number,
    OneOf,
    Part,
    Reference,
    Text,
    about,
)
from dougong_metadata.kinds.base import Kind
from dougong_metadata.kinds.report_checks import check_report
from dougong_metadata.kinds.report_keys import (
    MAX_COLUMNS,
    MAX_FIELDS,
    MAX_ROWS,
    MAX_VALUES,
    CohortKeys,
    ColumnKeys,
    CrossKeys,
    FunnelKeys,
    GroupKeys,
    TrendKeys,
    ValueKeys,
)
from dougong_metadata.problems import Problems
from dougong_metadata.report_words import COMPARE, TYPES, ChartKeys, PeriodKeys

MAX_LIMIT = 10_000


class _ReportBase(Body):
    label = LabelText(metadata=about("Label", "标签"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    folder = LabelText(
        metadata=about("Folder", "文件夹", "The heading under which it is listed.", "列表中的分组标题。")
    )
    position = Number(
        0, 10_000, load_default=0, metadata=about("Position", "位置", "Smaller ones come first.", "数值小的在前。")
    )
    object = Reference(
        "object",
        required=True,
        metadata=about("Object", "对象", "Whose records are counted.", "统计其记录的对象。", "object"),
    )
    type = OneOf(TYPES, load_default="summary", metadata=about("Type", "报表类型"))
    where = Expression(
        "filter", metadata=about("Filter", "筛选", "A condition; all records when absent.", "条件；缺省为全部记录。")
    )
    cross = ListOf(
        Part(CrossKeys, short="of"),
        load_default=list,
        unique=False,
        metadata=about(
            "Related records",
            "关联筛选",
            "Only records with, or without, such ones.",
            "仅含有（或没有）此类关联记录的记录。",
        ),
    )
    period = Part(
        PeriodKeys,
        short="field",
        metadata=about("Period", "期间", "The date that it is about.", "报表所依据的日期。"),
    )
    owner = Reference(
        "path",
        metadata=about(
            "Owner",
            "负责人字段",
            "What the filters by person and department mean, a path to a user; owner when absent.",
            "按人员和部门筛选时所指的人员字段或路径；缺省为 owner。",
            "field",
        ),
    )
    fields = ListOf(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        Part(ColumnKeys, short="field"),
        MAX_FIELDS,
        load_default=list,
        metadata=about("Columns", "列", "Of a list.", "用于明细列表。", "report_fields"),
    )
    rows = ListOf(
        Part(GroupKeys, short="by"),
        MAX_ROWS,
        load_default=list,
        unique=False,
        metadata=about("Rows", "行", "Groups, the outermost first.", "分组，由外到内。", "report_groups"),
    )
    columns = ListOf(
        Part(GroupKeys, short="by"),
        MAX_COLUMNS,
        load_default=list,
        unique=False,
        metadata=about("Columns", "列分组", "Of a matrix.", "用于交叉表。", "report_groups"),
    )
    values = MapOf(
        Name(),
        Part(ValueKeys, short="value"),
        MAX_VALUES,
        load_default=dict,
        metadata=about(
            "Values", "数值", "Name: what is worked out per group.", "名称：每组计算的数值。", "report_values"
        ),
    )
    having = Expression(
        "elsewhere",
        metadata=about(
            "Only groups", "分组筛选", "A condition on values and groups by name.", "以名称对数值与分组设定的条件。"
        ),
    )
    sort = ListOf(
        Text(500, r"-?[a-z][a-z0-9_.]*(@(before|change|share))?(@\[.*\])?\Z", "-total"),
        5,
        load_default=list,
        metadata=about(
            "Sort",
            "排序",
            "Values and groups by name, of a list fields; - in front for descending. Beside a value: total@change,"
            ' total@before, total@share; in one column of a matrix, by its keys: total@["2026-01-01"].',
            "数值与分组的名称，明细列表为字段；前加 - 为降序。"
            '数值的变化、对比值、占比：total@change、total@before、total@share；交叉表中按某一列：total@["2026-01-01"]。',
        ),
    )
    limit = Number(1, MAX_LIMIT, metadata=about("Rows at most", "最多行数"))
    compare = OneOf(COMPARE, metadata=about("Compare with", "对比", "Needs a period.", "须设置期间。"))
    totals = Flag(load_default=True, metadata=about("Totals", "合计"))
    chart = Part(ChartKeys, short="type", metadata=about("Chart", "图表"))
    funnel = Part(
        FunnelKeys,
        metadata=about("Funnel", "漏斗", "Steps, or the stages of a field.", "步骤，或字段的各阶段。"),
    )
    cohort = Part(CohortKeys, metadata=about("Cohorts", "同期群"))
    trend = Part(TrendKeys, short="field", metadata=about("Trend", "历史趋势"))


ReportKeys = _ReportBase.from_dict(  # `for` is a word of Python's
    {
        "for": ListOf(
            Reference("permission_set"),
            50,
            load_default=list,
            metadata=about(
                "For",
                "适用权限集",
                "Permission sets that see it; absent: everybody who may read the object.",
                "可见的权限集；缺省为可读取该对象的所有人。",
            ),
        )
    },
    name="ReportKeys",
)


class ReportKind(Kind):
    name = "report"
    folder = "reports"
    label = {"en": "Report", "zh": "报表"}
    plural = {"en": "Reports", "zh": "报表"}
    help = {
        "en": "Numbers over records and those related to them, grouped, compared and drawn.",
        "zh": "对记录及其关联记录的统计：分组、对比与图表。",
    }
    icon = "report-analytics"
    schema = cast("type[Body]", ReportKeys)

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """What the type asks for, as far as the document alone says whether it is there."""
        check_report(document, body, problems)
