"""How records were: for filters and reports, whose rows know it from stays at stages and from history."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, declare
from dougong_metadata.label import Label

declare(
    "STOOD(field: field, value: choice, date: day) -> boolean",
    "Whether the record stood at this stage at the end of that day. The field has a pipeline.",
    "该日结束时记录是否处于此阶段。字段须有业务流程。",
    {},
    blank=NEVER_BLANK,
    group="past",
    operation="stood",
    past=True,
)
declare(
    "ENTERED(field: field, value: choice, from: day, to: day) -> boolean",
    "Whether the record came to this stage on one of these days, the last included. The field has a pipeline.",
    "记录是否在这段日期内（含最后一天）进入此阶段。字段须有业务流程。",
    {},
    blank=NEVER_BLANK,
    group="past",
    operation="entered",
    past=True,
)
declare(
    "WENT_ON(field: field, value: choice, from: day, to: day, ...later: choice) -> boolean",
    "Whether the record came to this stage on one of these days and afterwards, whenever, to one of the later ones.",
    "记录是否在这段日期内进入此阶段，并在此后（不限时间）进入其后任一阶段。",
    {},
    blank=NEVER_BLANK,
    group="past",
    operation="went_on",
    past=True,
)
declare(
    "VALUE_ON(field: field, date: day) -> first",
    "What the field held at the end of that day, as history tells it; on days to come, what it holds now.",
    "该日结束时字段的值（依据历史记录）；日期在未来时为当前值。",
    {},
    blank=Label(
        "Blank if it was then. Before the record was created: what it was created with.",
        "当时为空时为空；早于记录创建的日期取创建时的值。",
    ),
    group="past",
    operation="value_on",
    past=True,
)
