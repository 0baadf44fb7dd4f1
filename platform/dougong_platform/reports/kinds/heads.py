"""What the numbers and groups of a grid are called, and how they are to be written."""

from __future__ import annotations

from collections.abc import Mapping

from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportValue
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import ValueHead
from dougong_platform.reports.grouped.group import Group
from dougong_platform.reports.kinds.asking import Grid
from dougong_platform.reports.kinds.currencies import currency_of, texts_of


def heads(caller: Caller, grid: Grid, types: Mapping[str, Type]) -> list[ValueHead]:
    """The numbers of each cell: every shown value, what it is compared with, its shares and running sums."""
    found = []
    texts = texts_of(grid.values)
    for value in grid.values:
        if value.hidden:
            continue
        label, kind = value.label.text(caller.locale), _format(value, types)
        currency = currency_of(caller, grid.question.object, value.name, texts) if kind == "money" else None
        common = (value.good, value.decimals, currency)
        found.append(ValueHead(value.name, label, kind, "value", None, *common))
        for role in roles_of(grid, value):
            said = kind if role in ("before", "running") else "percent"
            if role == "change" and value.by_gap:
                said = "points" if kind == "percent" else kind
            found.append(ValueHead(f"{value.name}@{role}", label, said, role, value.name, *common))
    return found


def roles_of(grid: Grid, value: ReportValue) -> list[str]:
    """What stands beside a value: before and change where it is compared, then what it is to be shown as."""
    compared = ["before", "change"] if grid.question.compared is not None else []
    return [*compared, *(one for one in value.show if one in ("share", "running"))]


def _format(value: ReportValue, types: Mapping[str, Type]) -> str:
    if value.format != "auto":
        return value.format
    kind = types[value.name].name
    return {"money": "money", "number": "number", "date": "date", "datetime": "date"}.get(kind, "text")


def path_label(caller: Caller, object: str, group: Group) -> Label:
    """ "Shelf, Name": what a path goes through, without the name field at its end."""
    model, names = caller.model.objects, []
    at = object
    for name in group.path:
        field = model[at].fields[name]
        names.append(field.label)
        at = field.to or at
    if len(names) > 1 and group.path[-1] == model[group.field.object].name_field:
        names.pop()
    return Label(" › ".join(n.en for n in names), " › ".join(n.zh for n in names))
