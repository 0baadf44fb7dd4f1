"""What stands on a card and at the head of a lane. Called by the board's views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dougong_ui_builder.components import label_text, tenant_currency
from dougong_ui_builder.formats import as_date, kpi_money, number, today
from dougong_ui_builder.screens.lists.columns import Column, cell_value, columns_of
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.pipelines.lanes import Card, Lane
    from dougong_ui_builder.screens.lists.state import ListState

PEOPLE = frozenset({"user"})


@dataclass(frozen=True, slots=True)
class Parts:
    """The columns that a card shows, each in its place; None where the view has none of that kind."""

    title: Column | None
    where: Column | None
    amount: Column | None
    note: Column | None
    due: Column | None
    person: Column | None

    @property
    def all(self) -> tuple[Column, ...]:
        """Those that are there."""
        named = (self.title, self.where, self.amount, self.note, self.due, self.person)
        return tuple(one for one in named if one is not None)


def parts_of(caller: Caller, state: ListState, field: str, total: FieldModel | None) -> Parts:
    """A card's columns, out of the view's: the first link, amount, text, date and person."""
    model = state.object
    extra = [total.name] if total is not None else []
    columns = columns_of(caller, model, [model.name_field, *state.columns, *extra, "owner"])
    title = next((c for c in columns if c.path == model.name_field), None)
    rest = [c for c in columns if c is not title and c.path != field]

    def first(fits: Callable[[Column], bool]) -> Column | None:
        return next((c for c in rest if fits(c)), None)

    return Parts(
        title,
        first(lambda c: c.field.type.name in ("lookup", "detail")),
        first(lambda c: total is not None and c.path == total.name),
        first(lambda c: c.field.type.name == "text"),
        first(lambda c: c.field.type.name in ("date", "datetime") and not c.field.system),
        first(lambda c: c.field.type.name in PEOPLE),
    )


def flag(parts: Parts, lane: Lane, card: Card) -> tuple[str, str] | None:
    """(text, tone) of the one thing that a card warns of."""
    if card.stalled and card.days is not None:
        return ngettext("stalled %(num)d day", "stalled %(num)d days", card.days), "bad"
    if parts.due is None or lane.stage is None or lane.stage.is_closed:
        return None
    due = as_date(card.record.get(parts.due.path))
    return (gettext("overdue"), "bad") if due is not None and due < today() else None


def shown(column: Column | None, record: Mapping[str, Any]) -> Any:
    """The text behind a column: the name that a link leads to, or the value."""
    if column is None:
        return None
    value, display = cell_value(column, dict(record))
    return display if column.shown else value


def lane_name(lane: Lane) -> str:
    """The stage, or that there is none."""
    return label_text(lane.stage) if lane.stage is not None else gettext("No stage")


def sums_said(lane: Lane, total: FieldModel | None, share: Decimal = Decimal(1)) -> str:
    """The lane's sum, by currency where there are several."""
    if total is None:
        return ""
    found = {unit: value * share for unit, value in lane.sums.items() if value}
    if total.type.name != "currency":
        return number(sum(found.values(), Decimal(0))) if found else ""
    own = total.settings.get("currency") or tenant_currency()
    return " + ".join(kpi_money(value, unit or own) for unit, value in sorted(found.items()))


def weighted_said(lane: Lane, total: FieldModel | None) -> str:
    """The sum by its probability, where that says more than the sum."""
    chance = lane.stage.probability if lane.stage is not None else None
    if not chance or chance == 100:
        return ""
    text = sums_said(lane, total, Decimal(chance) / 100)
    return gettext("weighted %(amount)s", amount=text) if text else ""
