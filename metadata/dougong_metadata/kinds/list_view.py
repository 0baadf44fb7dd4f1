"""List views: columns, filter and order of a list of records."""

from __future__ import annotations

from dougong_metadata.keys import Body, Expression, LabelText, ListOf, Number, Reference, about
from dougong_metadata.kinds.base import Kind


class ListViewKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    label = LabelText(metadata=about("Label", "标签"))
    columns = ListOf(
        Reference("path"),
        50,
        1,
        required=True,
        metadata=about(
            "Columns", "列", "Fields, or paths such as shelf.room.", "字段，或 shelf.room 这样的路径。", "field_list"
        ),
    )
    filter = Expression(
        "filter", metadata=about("Filter", "筛选", "A condition; all records when absent.", "条件；缺省为全部记录。")
    )
    sort = ListOf(
        Reference("sort"),
        5,
        load_default=list,
        metadata=about("Sort", "排序", "Fields; - in front for descending.", "字段；前加 - 为降序。"),
    )
    position = Number(
        0, 10_000, load_default=0, metadata=about("Position", "位置", "Smaller ones come first.", "数值小的在前。")
    )
    totals = ListOf(
        Reference("number_field"),
        10,
        load_default=list,
        metadata=about("Totals", "合计", "Numeric columns summed in the foot.", "在表尾求和的数值列。", "field_list"),
    )


class ListViewKind(Kind):
    name = "list_view"
    folder = "list_views"
    label = {"en": "List view", "zh": "列表视图"}
    plural = {"en": "List views", "zh": "列表视图"}
    help = {"en": "Columns, filter and order of a list of records.", "zh": "记录列表的列、筛选与排序。"}
    icon = "table"
    schema = ListViewKeys
