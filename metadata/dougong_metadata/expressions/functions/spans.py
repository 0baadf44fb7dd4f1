"""What a report's period says, in its values: the engine writes the days of the visit in its place (`in_span`)."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import declare
from dougong_metadata.label import Label

declare(
    "IN_PERIOD(date: moment) -> boolean",
    "Whether the date lies in the period that the reader looks at; moments by the days of his time zone. In the "
    "numbers that these are compared with: in the earlier period. Of all time every date does.",
    "日期是否位于读者所选的期间内；时间按其时区的日期计算。在对比数值中指对比期间；期间为全部时间时，任何日期都算在内。",
    {},
    blank=Label("Unknown where the date is blank, which counts as false.", "日期为空时结果未知，视为否。"),
    group="dates",
    operation="in_period",
    spanned=True,
)
