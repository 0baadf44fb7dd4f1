"""Keys of the parts of reports: groups, values, relations, and what the types of reports ask for besides. Used by the
kind `report`."""

from __future__ import annotations

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
from dougong_metadata.report_words import CYCLES, FORMATS, GOOD, MAX_NUMBER, MODES, SHOW, SPANS

MAX_ROWS, MAX_COLUMNS, MAX_VALUES = 5, 3, 40
MAX_FIELDS = 50
MAX_EDGES = 50
MAX_TOP = 1_000
MAX_STEPS = 20
MAX_AGES = 60


class ColumnKeys(Body):
    """A column of a list. A text alone is the field."""

    field = Reference(
        "path",
        required=True,
        metadata=about("Field", "字段", "Or a path: shelf.room.", "或路径：shelf.room。", "field"),
    )
    label = LabelText(metadata=about("Label", "标签", "The field's own when absent.", "缺省为字段名称。"))


class GroupKeys(Body):
    """What records are grouped by. A text alone is the path."""

    by = Reference(
        "path",
        required=True,
        metadata=about("By", "分组字段", "A field, or a path: shelf.room.", "字段，或路径：shelf.room。", "field"),
    )
    every = OneOf(
        SPANS | CYCLES,
        metadata=about(
            "Every", "日期粒度", "Of dates and moments; weeks begin on Monday.", "用于日期和时间；每周从星期一开始。"
        ),
    )
    step = Number(
        0,
        MAX_NUMBER,
        whole=False,
        metadata=about("Step", "区间宽度", "Of numbers: buckets of this width.", "用于数值：按此宽度分区间。"),
    )
    edges = ListOf(
        Number(-MAX_NUMBER, MAX_NUMBER, whole=False),
        MAX_EDGES,
        1,
        metadata=about(
            "Edges",
            "区间界限",
            "Of numbers: where buckets begin, ascending.",
            "用于数值：各区间的起点，从小到大。",
        ),
    )
    top = Number(
        1,
        MAX_TOP,
        metadata=about("Top", "前几名", "Only as many, those first by the order.", "只保留排序后的前几组。"),
    )
    sort = Text(
        41,
        r"-?[a-z][a-z0-9_]*\Z",
        "-total",
        metadata=about(
            "Order", "排序", "A value's name; - in front for descending.", "数值的名称；前加 - 为降序。", "value_sort"
        ),
    )
    other = Flag(
        load_default=True,
        metadata=about(
            "Others together", "其余合并", "With a top: the rest as one group.", "取前几名时，其余合为一组。"
        ),
    )
    label = LabelText(metadata=about("Label", "标签", "The field's own when absent.", "缺省为字段名称。"))


class ValueKeys(Body):
    """A number per group. A text alone is what is worked out."""

    value = Expression(
        "aggregate",
        required=True,
        metadata=about(
            "Value",
            "数值",
            "Aggregates, of related records too: SUM(price), COUNT(lines, qty > 5); other values by name: total / n.",
            "聚合，可含关联记录：SUM(price)、COUNT(lines, qty > 5)；也可按名称引用其他数值：total / n。",
        ),
    )
    label = LabelText(metadata=about("Label", "标签"))
    format = OneOf(FORMATS, load_default="auto", metadata=about("Format", "格式"))
    decimals = Number(0, 10, metadata=about("Decimals", "小数位数"))
    show = ListOf(
        OneOf(SHOW),
        2,
        load_default=list,
        metadata=about("Also show", "同时显示", "Beside the value itself.", "除数值本身之外。"),
    )
    good = OneOf(GOOD, load_default="up", metadata=about("Good", "好坏", "How a change is coloured.", "变化的颜色。"))
    hidden = Flag(
        load_default=False,
        metadata=about("Hidden", "隐藏", "Only there for other values.", "仅供其他数值引用。"),
    )


class CrossKeys(Body):
    """Only records with such related ones, or without. A text alone is the relation."""

    of = Name(
        required=True,
        metadata=about(
            "Related records", "关联记录", "The name of a relation: lines.", "关系的名称：lines。", "relation"
        ),
    )
    where = Expression(
        "elsewhere",
        metadata=about("Only those", "筛选", "A condition on the related records.", "对关联记录的条件表达式。"),
    )
    none = Flag(
        load_default=False,
        metadata=about("Without", "没有", "Records without such related ones.", "没有此类关联记录的记录。"),
    )


class FunnelStepKeys(Body):
    """A step of a funnel. A text alone is the condition."""

    label = LabelText(metadata=about("Label", "标签"))
    where = Expression(
        "filter",
        required=True,
        metadata=about("Where", "条件", "Of those that passed the step before.", "在通过上一步的记录中。"),
    )


class FunnelKeys(Body):
    """Either steps, or the stages of a picklist field."""

    field = Reference("picklist_field", metadata=about("Field", "字段", "Whose values are stages.", "其选项为各阶段。"))
    mode = OneOf(MODES, load_default="now", metadata=about("Mode", "口径", "Of a field.", "用于字段。"))
    stages = ListOf(
        Text(100),
        MAX_STEPS,
        load_default=list,
        metadata=about(
            "Stages",
            "阶段",
            "Values in order; all but those that end in a loss when absent.",
            "选项值，按先后；缺省为除失败外的全部。",
        ),
    )
    steps = MapOf(
        Name(),
        Part(FunnelStepKeys, short="where"),
        MAX_STEPS,
        metadata=about("Steps", "步骤", "Name: condition, in order.", "名称：条件，按先后。"),
    )


class CohortKeys(Body):
    """When records were born, and how many spans later something happened."""

    born = Reference(
        "path",
        required=True,
        metadata=about("Born", "起始日期", "A date of the records.", "记录的日期字段。", "field"),
    )
    every = OneOf(SPANS, load_default="month", metadata=about("Every", "日期粒度"))
    event = Text(
        required=True,
        metadata=about(
            "Event",
            "后续日期",
            "A date of the records, or of a relation: lines.sold_on.",
            "记录或关联记录的日期：lines.sold_on。",
        ),
    )
    where = Expression(
        "elsewhere",
        metadata=about("Where", "条件", "A condition on the record of the event.", "对后续事件所属记录的条件表达式。"),
    )
    ages = Number(
        1, MAX_AGES, load_default=12, metadata=about("Ages", "期数", "At most so many columns.", "最多的列数。")
    )


class TrendKeys(Body):
    """What records looked like at the end of every span of the period, by their history."""

    field = Reference(
        "picklist_field", metadata=about("Field", "字段", "Whose values are told apart.", "按其选项区分。")
    )
    every = OneOf(SPANS, load_default="week", metadata=about("Every", "日期粒度"))
    amount = Reference(
        "number_field",
        metadata=about("Amount", "金额字段", "Summed up as it was then.", "按当时的值合计。", "field"),
    )
    stages = ListOf(
        Text(100),
        MAX_STEPS,
        load_default=list,
        metadata=about("Stages", "阶段", "Only these values; all when absent.", "仅这些选项；缺省为全部。"),
    )
