"""Number: one value, of a report or of an object's records, with how it has changed, how far its target is, and how it
stands beside what others have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Expression, Number, OneOf, Part, Reference, about
from dougong_metadata.report_words import FORMATS, GOOD, MAX_NUMBER, PeriodKeys
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget

_OF_OBJECT = ("where", "period", "owner")


class BesideKeys(Body):
    by = Reference(
        "path",
        required=True,
        metadata=about(
            "Person", "人员字段", "Whose number it is: a path to a user.", "数值属于谁：指向人员的路径。", "field"
        ),
    )


class NumberWidgetKeys(Body):
    report = Reference(
        "report", metadata=about("Report", "报表", "Whose value it shows.", "显示其数值的报表。", "report")
    )
    value = Expression(
        "aggregate",
        metadata=about(
            "Value",
            "数值",
            "The name of the report's value, its first when absent; of an object, such as SUM(price) or COUNT().",
            "报表数值的名称，缺省为第一个；统计对象时如 SUM(price)、COUNT()。",
        ),
    )
    object = Reference("object", metadata=about("Object", "对象", "Instead of a report.", "代替报表。", "object"))
    where = Expression("filter", metadata=about("Filter", "筛选", "Of which records.", "统计哪些记录。"))
    period = Part(
        PeriodKeys,
        short="field",
        metadata=about(
            "Period",
            "期间",
            "Of an object: the date that the dashboard's period means, and the range where it has none.",
            "统计对象时，仪表盘期间所指的日期字段，以及未选期间时的范围。",
        ),
    )
    owner = Reference(
        "path",
        metadata=about(
            "Owner",
            "负责人字段",
            "Of an object: what the filters by person and department mean; owner when absent.",
            "统计对象时，按人员和部门筛选所指的字段；缺省为 owner。",
            "field",
        ),
    )
    format = OneOf(FORMATS, metadata=about("Format", "格式", "That of the value when absent.", "缺省为数值的格式。"))
    decimals = Number(0, 10, metadata=about("Decimals", "小数位数"))
    good = OneOf(GOOD, metadata=about("Good", "好坏", "How a change is coloured.", "变化的颜色。"))
    target = Number(
        -MAX_NUMBER, MAX_NUMBER, whole=False, metadata=about("Target", "目标", "How far it is there.", "显示完成进度。")
    )
    beside = Part(
        BesideKeys,
        short="by",
        metadata=about(
            "Beside the others",
            "与他人对照",
            "Shows the viewer's own number, with the average and the best of all people.",
            "显示查看者本人的数值，并附所有人员的人均值与最佳值。",
        ),
    )


class NumberWidget(Widget):
    name = "number"
    label = {"en": "Number", "zh": "数字"}
    help = {"en": "One value, its change and its target.", "zh": "单个数值及其变化与目标。"}
    icon = "number"
    size, least = (3, 3), (2, 2)
    options = NumberWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        said = given.said
        if not given.one_of("report", "object"):
            return given.settings()
        if given.gives("report"):
            for key in _OF_OBJECT:
                given.not_with(key, "object")
            found = given.report()
            given.numbers("report", found)
            given.report_value("value", found)
        else:
            given.needed("value")
            given.aggregate("value", said.get("object"))
            given.condition("where", said.get("object"))
            given.period("period", said.get("object"))
            given.person("owner", said.get("object"))
        given.beside("beside")
        return given.settings()
