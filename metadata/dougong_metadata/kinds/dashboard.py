"""Dashboards: widgets on a grid, with filters that apply to all of them."""

from __future__ import annotations

from typing import cast

from dougong_metadata.keys import (
    Body,
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
from dougong_metadata.report_words import COMPARE, Period
from dougong_metadata.widgets.keys import WidgetPart

MAX_WIDGETS = 60


class DashboardFilterKeys(Body):
    """What stands in the bar above."""

    period = Period(
        metadata=about(
            "Period",
            "期间",
            "The first choice, such as this_year; not offered when absent.",
            "初始选择，如 this_year；缺省则不提供。",
        )
    )
    compare = OneOf(
        COMPARE,
        metadata=about("Compare with", "对比", "The first choice; none when absent.", "初始选择；缺省为不对比。"),
    )
    owner = Flag(load_default=False, metadata=about("By person", "按人员"))
    department = Flag(load_default=False, metadata=about("By department", "按部门"))


class _DashboardBase(Body):
    label = LabelText(metadata=about("Label", "标签"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    position = Number(
        0, 10_000, load_default=0, metadata=about("Position", "位置", "Smaller ones come first.", "数值小的在前。")
    )
    only = Flag(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        load_default=False,
        metadata=about("For these alone", "仅限这些权限集", "Nobody else opens it.", "其他人不能打开。"),
    )
    view_as = Text(
        254,
        r"[^@\s]+@[^@\s]+\Z",
        "boss@example.com",
        metadata=about(
            "Viewed as",
            "以此人的权限查看",
            "E-mail of the user under whose access everybody sees it; one's own when absent.",
            "所有人均以此邮箱对应人员的权限查看；缺省为各自的权限。",
        ),
    )
    beside_as = Text(
        254,
        r"[^@\s]+@[^@\s]+\Z",
        "boss@example.com",
        metadata=about(
            "Average and best as",
            "对照值的统计权限",
            "E-mail of the user under whose access the average and the best beside one's own numbers are worked out;"
            " over what one sees oneself when absent.",
            "以此邮箱对应人员的权限统计人均值与最佳值；缺省为查看者可见的范围。",
        ),
    )
    filters = Part(
        DashboardFilterKeys, metadata=about("Filters", "筛选器", "They apply to all widgets.", "应用于全部组件。")
    )
    widgets = MapOf(
        Name(),
        WidgetPart(),
        MAX_WIDGETS,
        load_default=dict,
        metadata=about(
            "Widgets", "组件", "Name: what is shown, and where.", "名称：显示的内容及位置。", "dashboard_widgets"
        ),
    )


DashboardKeys = _DashboardBase.from_dict(  # `for` is a word of Python's
    {
        "for": ListOf(
            Reference("permission_set"),
            50,
            load_default=list,
            metadata=about(
                "For",
                "适用权限集",
                "Permission sets whose holders have it as their home.",
                "以此为工作台的权限集。",
            ),
        )
    },
    name="DashboardKeys",
)


class DashboardKind(Kind):
    name = "dashboard"
    folder = "dashboards"
    label = {"en": "Dashboard", "zh": "仪表盘"}
    plural = {"en": "Dashboards", "zh": "仪表盘"}
    help = {
        "en": "Numbers, charts and lists on one page, with filters for all of them.",
        "zh": "在一页上展示数字、图表与列表，并统一筛选。",
    }
    icon = "layout-dashboard"
    schema = cast("type[Body]", DashboardKeys)
