"""What the builder's panel shows of a body: its items with words and icons, and what their forms offer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.report_order import BESIDE, sort_key
from dougong_metadata.report_words import CHARTS, CYCLES, MADE_ALONE, SPANS, TYPES
from dougong_platform.reports import periods
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.screens.reports.designing.body import (
    ZONES,
    chart_of,
    part,
    sort_of,
    steps_of,
    type_of,
    values_of,
)
from dougong_ui_builder.screens.reports.designing.filters import Filters
from dougong_ui_builder.screens.reports.designing.known import NUMBERS, Found, Known
from dougong_ui_builder.screens.reports.designing.places import items_of
from dougong_ui_builder.screens.reports.designing.suggesting import drawable, suggested
from dougong_ui_builder.screens.reports.designing.value_text import (
    OF_DATES,
    OF_NUMBERS,
    OF_WORDS,
    Aggregate,
    aggregate_of,
)
from dougong_ui_builder.screens.reports.figures import role_words
from dougong_ui_builder.words import gettext

CHART_ICONS = {
    "bar": "align-left",
    "column": "chart-bar",
    "line": "chart-line",
    "area": "chart-area-line",
    "pie": "chart-pie",
    "funnel": "chart-funnel",
    "gauge": "gauge",
    "scatter": "chart-dots",
    "heat": "grid-dots",
    "map": "map-2",
    "number": "number",
}
# Parts of the builder; words that elsewhere mean other things in Chinese.
ZONE_WORDS = {
    "from": ("From", "数据来源"),
    "palette": ("Fields", "字段"),
    "rows": ("Rows", "行"),
    "columns": ("Columns", "列"),
    "fields": ("Columns", "列"),
    "values": ("Values", "数值"),
    "where": ("Filters", "筛选"),
    "steps": ("Steps", "步骤"),
    "cross": ("Related records", "关联记录"),
}
MADE_WORDS = {"won": ("Won", "赢单数"), "lost": ("Lost", "输单数"), "win_rate": ("Win rate", "赢率")}
MOST_CHOICES = 400  # fields of a select


@dataclass(frozen=True, slots=True)
class Chip:
    """An item of a zone. `item` is its mapping of the body; `found` the field it is about, None where that is gone;
    `aggregate` None of a value that is a formula."""

    address: str
    zone: str
    icon: str
    text: str
    item: Mapping[str, Any]
    note: str = ""
    name: str = ""
    found: Found | None = None
    aggregate: Aggregate | None = None
    label: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Of its element; ids may hold no dots where CSS names them."""
        return self.address.replace(".", "-")


@dataclass
class Panel:
    """Everything that the templates of the builder read."""

    body: Mapping[str, Any]
    known: Known
    filters: Filters
    problems: Mapping[str, list[str]] = field(default_factory=dict)
    touched: str = ""  # the address of what was just added or changed: its form is open

    @property
    def type(self) -> str:
        return type_of(self.body)

    @property
    def zones(self) -> tuple[str, ...]:
        return ZONES[self.type]

    @property
    def chart(self) -> str:
        return chart_of(self.body)

    @property
    def title(self) -> str:
        return said(self.body.get("label"))

    def part(self, key: str) -> dict[str, Any]:
        """A mapping inside the body."""
        return part(self.body, key)

    def chips(self, zone: str) -> list[Chip]:
        """The items of a zone; formulas are values too."""
        makers: dict[str, Callable[[str, int, Any], Chip]] = {
            "values": self._value,
            "steps": self._step,
            "cross": self._cross,
            "fields": self._column,
            "rows": self._group,
            "columns": self._group,
        }
        return [makers[zone](zone, at, item) for at, item in enumerate(items_of(self.body, zone))]

    @property
    def values(self) -> list[tuple[str, str]]:
        """(name, words) of the values, for sorts and charts."""
        return [(chip.name, chip.text) for chip in self.chips("values")]

    @property
    def sorted_by(self) -> list[tuple[str, str]]:
        """`values`, with those that wins and losses are made of where none are given."""
        made = MADE_ALONE.get(self.type, ()) if not self.values else ()
        return [*self.values, *((name, word(MADE_WORDS, name)) for name in made)]

    @property
    def charts(self) -> list[tuple[str, str, str, bool]]:
        """(type, words, icon, whether it suits) of all chart types, those that suit in front."""
        fit = suggested(self.body)
        order = [*fit, *(one for one in drawable(self.body) if one not in fit)]
        return [(one, word(CHARTS, one), CHART_ICONS[one], one in fit) for one in order]

    @property
    def types(self) -> list[tuple[str, str]]:
        """(type, words)."""
        return [(one, word(TYPES, one)) for one in TYPES]

    @property
    def has_steps(self) -> bool:
        """Whether the funnel is made of conditions."""
        return bool(steps_of(self.body))

    def _group(self, zone: str, at: int, item: Mapping[str, Any]) -> Chip:
        found = self.known.find(str(item["by"]))
        base = said(item.get("label")) or (found.words if found else str(item["by"]))
        if every := str(item.get("every") or ""):
            base = gettext("%(field)s, by %(span)s", field=base, span=word({**SPANS, **CYCLES}, every).lower())
        note = gettext("top %(n)s", n=item["top"]) if item.get("top") else ""
        return self._chip(zone, str(at), item, base, found, note)

    def _value(self, zone: str, at: int, item: tuple[str, dict[str, Any]]) -> Chip:
        name, value = item
        aggregate = aggregate_of(str(value["value"]))
        found = self.known.find(aggregate.path) if aggregate is not None and aggregate.path else None
        text = said(value.get("label")) or str(value["value"])
        note = "" if aggregate is not None and not aggregate.where else str(value["value"])
        icon = "math-function" if aggregate is None else "filter" if aggregate.where else "sum"
        address = f"{zone}.{name}"
        label = said(value.get("label"))
        return Chip(
            address, zone, icon, text, value, note, name, found, aggregate, label, self.problems.get(address, [])
        )

    def _step(self, zone: str, at: int, item: tuple[str, dict[str, Any]]) -> Chip:
        name, step = item
        text, address = said(step.get("label")) or name, f"{zone}.{name}"
        note, wrong = str(step.get("where") or ""), self.problems.get(address, [])
        return Chip(address, zone, "filter", text, step, note, name, label=text, problems=wrong)

    def _cross(self, zone: str, at: int, item: Mapping[str, Any]) -> Chip:
        found = self.known.find(str(item["of"]))
        words = found.words if found else str(item["of"])
        none, some = gettext("and no %(things)s", things=words), gettext("with %(things)s", things=words)
        text = none if item.get("none") else some
        return self._chip(zone, str(at), item, text, found, str(item.get("where") or ""))

    def _column(self, zone: str, at: int, item: Mapping[str, Any]) -> Chip:
        found = self.known.find(str(item["field"]))
        text = said(item.get("label")) or (found.words if found else str(item["field"]))
        return self._chip(zone, str(at), item, text, found)

    def _chip(
        self, zone: str, key: str, item: Mapping[str, Any], text: str, found: Found | None, note: str = ""
    ) -> Chip:
        address = f"{zone}.{key}"
        problems = self.problems.get(address, [])
        icon = found.icon if found is not None else "alert-circle"
        return Chip(address, zone, icon, text, item, note, "", found, None, said(item.get("label")), problems)

    # what forms offer

    def functions(self, chip: Chip) -> list[tuple[str, str]]:
        """(function, words) for a value of this field."""
        words = function_words(chip.found is not None and chip.found.kind == "date")
        aggregate = chip.aggregate
        if aggregate is None or not aggregate.path or (chip.found is not None and chip.found.field is None):
            return [("COUNT", words["COUNT"])]
        kind = chip.found.kind if chip.found is not None else "number"
        offered = {"number": OF_NUMBERS, "date": OF_DATES}.get(kind, OF_WORDS)
        return [(one, words[one]) for one in offered]

    def condition_object(self, chip: Chip) -> str:
        """Of whose records a condition inside a value or a cross filter speaks."""
        path = chip.item.get("of") or (chip.aggregate.path if chip.aggregate is not None else "")
        first = str(path or "").partition(".")[0]
        return (self.known.relation_object(first) if self.known.object and first else None) or self.known.object

    def dates(self, relations: bool = False) -> list[tuple[str, str]]:
        """(path, words) of dates; `relations`: those of related records too."""
        found = [(one.path, one.words) for one in self.known.dates()]
        if relations:
            for name in self.known.relations():
                found += [(one.path, one.words) for one in self.known.below(name) if one.kind == "date"]
        return found[:MOST_CHOICES]

    def stage_fields(self) -> list[tuple[str, str]]:
        return [(one.path, one.words) for one in self.known.pipeline_fields()]

    def stages(self, field: str) -> list[tuple[str, str]]:
        """(value, words) of a picklist field."""
        found = self.known.find(field) if field else None
        picklist = found.field.picklist if found is not None and found.field is not None else None
        return [(one.value, said(one.label)) for one in picklist.values.values()] if picklist is not None else []

    def amounts(self) -> list[tuple[str, str]]:
        """(path, words) of the object's own numbers."""
        below = list(self.known.below())
        fits = [one for one in below if one.field is not None and one.field.type.expression_type in NUMBERS]
        return [(one.path, one.words) for one in fits]

    def period_words(self) -> list[tuple[str, str]]:
        """(range, words)."""
        return [(name, said(label)) for name, label in periods.LABELS.items()]

    def sorts(self) -> list[tuple[str, str]]:
        """(key, words) by which a report of values can be sorted; of a list its columns."""
        if self.type == "list":
            pairs = [(str(chip.item["field"]), chip.text) for chip in self.chips("fields")]
        else:
            pairs = [one for key, text in self.sorted_by for one in self._sorted_beside(key, text)]
        present = sort_of(self.body)
        if present and present.removeprefix("-") not in dict(pairs):  # one column of a matrix, chosen on its page
            key = sort_key(present)
            text = dict(self.sorted_by).get(key.name, key.name) if key is not None else present
            pairs.append((present.removeprefix("-"), gettext("%(value)s in one column", value=text)))
        down, up = gettext("descending"), gettext("ascending")
        return [one for key, text in pairs for one in ((f"-{key}", f"{text}, {down}"), (key, f"{text}, {up}"))]

    def _sorted_beside(self, name: str, text: str) -> Iterator[tuple[str, str]]:
        """A value, and what stands beside it that rows can be sorted by."""
        yield name, text
        shown = values_of(self.body).get(name, {}).get("show") or ()
        for role in BESIDE:
            if "share" in shown if role == "share" else self.body.get("compare"):
                yield f"{name}@{role}", f"{text} · {role_words()[role]}"


def word(words: Mapping[str, tuple[str, str]], key: str) -> str:
    """One of the words of reports in the page's language."""
    return words[key][current_locale() == "zh"] if key in words else key


def said(label: Any) -> str:
    """A label of a body in the page's language; "" without one."""
    if isinstance(label, Label):
        return label.text(current_locale())
    if isinstance(label, Mapping):
        return str(label.get(current_locale()) or next((one for one in label.values() if one), ""))
    return str(label or "")


def function_words(of_dates: bool = False) -> dict[str, str]:
    """What aggregates are called."""
    return {
        "COUNT": gettext("Number of records"),
        "COUNT_DISTINCT": gettext("Number of different values"),
        "SUM": gettext("Sum"),
        "AVG": gettext("Average"),
        "MIN": gettext("First") if of_dates else gettext("Least"),
        "MAX": gettext("Last") if of_dates else gettext("Greatest"),
        "MEDIAN": gettext("Median"),
        "PERCENTILE": gettext("Percentile"),
    }


__all__ = ["Chip", "Panel", "function_words", "said", "values_of", "word"]
