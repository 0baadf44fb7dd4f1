"""A widget as its card shows it: what it is called before anything is known, where it goes, and its data in words."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from dougong_metadata.errors import Fault, InvalidDocuments
from dougong_metadata.label import Label
from dougong_platform.dashboards.listed import LIMIT, object_of
from dougong_platform.dashboards.widget_data import (
    ApprovalsData,
    CalendarData,
    ChangeData,
    NumberData,
    RecordsData,
    ReportData,
    WordsData,
)
from dougong_platform.errors import NotFound
from dougong_platform.reports.finding import find
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.dashboards import figures, records
from dougong_ui_builder.screens.dashboards.days import is_late
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.dashboard_types import WidgetModel
    from dougong_metadata.model.report_types import ReportModel
    from dougong_platform.dashboards import Answered, Found
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.dashboards.visit import DashboardVisit

_FEW = 2  # lines that most have who have any, of what is due and of what stands in a narrow card
_ROW, _BESIDES = 52, 66  # pixels on a phone, of a row and of what stands above and below rows
TITLELESS = frozenset({"text", "announcement"})


@dataclass(slots=True)
class Card:
    """`kind` names the template; `opens`: the page of what is shown, with its text; `more` is what the template draws.
    `fault`: why there is nothing to draw; `inside`: all of it, where it comes with the page."""

    widget: WidgetModel
    kind: str
    title: str
    url: str
    opens: str | None = None
    opens_text: str = ""
    icon: str = "external-link"
    fault: Fault | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    inside: Markup | None = None

    @property
    def style(self) -> str:
        """Where it stands on the grid; of a list, too, how high it waits on a phone, where it is as its rows."""
        at, said = self.widget.place, self.widget.settings
        waits = ""
        if self.kind == "list":
            limit = int(said.get("limit") or LIMIT)
            due = said.get("when") and not said.get("done")
            rows = min(limit, _FEW) if due or at.width <= records.NARROW else limit
            waits = f";--waits:{rows * _ROW + _BESIDES}px"
        return f"--x:{at.x + 1};--y:{at.y + 1};--w:{at.width};--h:{at.height}{waits}"


def empty_card(caller: Caller, found: Found, visit: DashboardVisit, widget: WidgetModel) -> Card:
    """The card before its data is there."""
    title = label_text(widget.label) if widget.label else _title(caller, widget)
    card = Card(widget, widget.type, title, visit.widget_url(widget.name))
    report = widget.settings.get("report")
    if report:
        card.opens = visit.report(found, str(report)).url()
        card.opens_text = gettext("Open the report")
    return card


def card_of(caller: Caller, found: Found, visit: DashboardVisit, answered: Answered) -> Card:
    """The card with what the widget answered."""
    card, data = empty_card(caller, found, visit, answered.widget), answered.data
    if answered.fault is not None:
        card.fault = answered.fault
        return card
    match data:
        case NumberData():
            card.more = figures.number(caller, found, visit, data)
        case ReportData():
            draw = {"chart": figures.chart, "leaderboard": figures.leaders}.get(card.kind)
            wide = answered.widget.place.width
            card.more = draw(caller, found, visit, data) if draw else figures.table(caller, found, visit, data, wide)
        case RecordsData():
            card.more = records.listed(caller, data, answered.widget)
            card.opens, card.opens_text = card.more["url"], gettext("Open the list")
        case CalendarData():
            card.more = records.calendar(caller, data, answered.widget, visit)
            card.opens, card.opens_text = f"/o/{data.object}", gettext("Open the list")
        case ApprovalsData():
            card.more = {"rows": data.rows, "waiting": data.waiting, "is_late": is_late}
            card.opens, card.opens_text = "/approvals", gettext("All approvals")
        case ChangeData():
            card.more = {"changes": [{**one, "model": caller.model.objects[one["object"]]} for one in data.changes]}
        case WordsData():
            card.more = {"paragraphs": _paragraphs(data.text), "tone": data.tone, "over": data.over}
    return card


def _title(caller: Caller, widget: WidgetModel) -> str:
    """What a widget without a label is called: by what it shows."""
    said = widget.settings
    if said.get("report"):
        report = _report(caller, str(said["report"]))
        name = said.get("value") if widget.type == "number" else None
        return _value_label(report, name, caller.locale) if report is not None else ""
    if said.get("list_view"):
        return _view_title(caller, str(said["list_view"]))
    object = caller.model.objects.get(object_of(caller, widget) or "")
    if object is not None:
        return label_text(object.plural)
    return {"approvals": gettext("Waiting for me"), "changes": gettext("Changed lately")}.get(widget.type, "")


def _view_title(caller: Caller, name: str) -> str:
    """A list view with whose it is: many are called “All”."""
    view = next((one for views in caller.model.list_views.values() for one in views if one.name == name), None)
    if view is None:
        return ""
    title, plural = label_text(view), label_text(caller.model.objects[view.object].plural)
    return title if plural.casefold() in title.casefold() else f"{plural} · {title}"


def _report(caller: Caller, key: str) -> ReportModel | None:
    """The report, where the reader may see it; those of the company are at hand."""
    found = caller.model.reports.get(key)
    if found is not None:
        return found
    with suppress(NotFound, InvalidDocuments):
        return find(caller, key).report
    return None


def _value_label(report: ReportModel, name: str | None, locale: str) -> str:
    """A number is called as its value, anything else as its report."""
    value = next((one for one in report.values if one.name == name), None)
    label: Label = value.label if value is not None else report.label
    return label.text(locale)


def _paragraphs(text: str) -> list[list[str]]:
    """Paragraphs of lines: blank lines part them."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    return [block.split("\n") for block in blocks if block]
