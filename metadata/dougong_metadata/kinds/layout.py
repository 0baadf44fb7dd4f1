"""Layouts: how the form and the page of an object's records are arranged."""

from __future__ import annotations

from dougong_metadata.keys import Body, Expression, Flag, LabelText, ListOf, Name, Number, Part, Reference, about
from dougong_metadata.kinds.base import Kind


class SectionKeys(Body):
    name = Name(required=True, metadata=about("Name", "名称"))
    label = LabelText(metadata=about("Label", "标签"))
    columns = Number(1, 3, load_default=2, metadata=about("Columns", "列数"))
    fields = ListOf(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        Reference("cell"),
        400,
        required=True,
        metadata=about("Fields", "字段", "In order; - leaves a cell empty.", "按顺序；- 表示空格。", "field_list"),
    )
    visible_when = Expression(metadata=about("Visible when", "显示条件"))
    collapsed = Flag(load_default=False, metadata=about("Collapsed", "默认折叠"))


class RelatedKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    field = Reference(
        "field",
        required=True,
        metadata=about(
            "Through",
            "关联字段",
            "Its lookup or detail field that points here.",
            "指向本对象的查找或从属字段。",
            "field",
        ),
    )
    columns = ListOf(Reference("path"), 20, load_default=list, metadata=about("Columns", "列", widget="field_list"))
    sort = Reference("sort", metadata=about("Sort", "排序", "-created_at: newest first.", "-created_at 表示最新在前。"))
    label = LabelText(metadata=about("Label", "标签"))


class LayoutKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    label = LabelText(metadata=about("Label", "标签"))
    record_types = ListOf(
        Reference("record_type"),
        50,
        load_default=list,
        metadata=about("Record types", "记录类型", "Those it is for; all when absent.", "适用的记录类型；缺省为全部。"),
    )
    highlights = ListOf(
        Reference("path"),
        10,
        load_default=list,
        metadata=about("Highlights", "摘要字段", "Shown at the head of the page.", "显示在页面顶部。", "field_list"),
    )
    path = Reference(
        "picklist_field",
        metadata=about("Path", "阶段路径", "A picklist field shown as steps.", "以步骤显示的选项字段。", "field"),
    )
    sections = ListOf(Part(SectionKeys), 100, required=True, metadata=about("Sections", "分区", widget="sections"))
    related = ListOf(Part(RelatedKeys), 50, load_default=list, metadata=about("Related lists", "相关列表"))
    quick = ListOf(
        Reference("field"),
        30,
        load_default=list,
        metadata=about("Quick create", "快速新建", "Fields of the small form.", "快速新建时的字段。", "field_list"),
    )


class LayoutKind(Kind):
    name = "layout"
    folder = "layouts"
    label = {"en": "Layout", "zh": "页面布局"}
    plural = {"en": "Layouts", "zh": "页面布局"}
    help = {
        "en": "How the form and the page of an object's records are arranged.",
        "zh": "对象记录的表单与页面如何排列。",
    }
    icon = "layout"
    schema = LayoutKeys
