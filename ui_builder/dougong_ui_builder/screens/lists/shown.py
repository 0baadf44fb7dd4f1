"""The rows of a list as the templates draw them. Equal values are drawn once per page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import current_app
from markupsafe import Markup, escape

from dougong_ui_builder.components import Components
from dougong_ui_builder.marks import icon
from dougong_ui_builder.screens.lists.columns import LINKS, WIDTHS, Column, cell_value
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.query.listing import Page
    from dougong_ui_builder.screens.lists.state import ListState

NOTHING = Markup('<span class="dg-none" aria-hidden="true">—</span>')
_EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass
class Shown:
    """`problem` stands in place of rows when the list cannot be asked; `sums` are the paths that are summed."""

    state: ListState
    columns: tuple[Column, ...]
    found: Page | None = None
    totals: dict[str, str] = field(default_factory=dict)
    sums: frozenset[str] = frozenset()
    problem: str | None = None
    _drawn: dict[tuple[Any, ...], Markup] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Pixels below which the table scrolls sideways: boxes, columns, the row's menu."""
        return 56 + sum(WIDTHS[column.width] for column in self.columns)

    @property
    def more(self) -> str | None:
        """The address of the next page."""
        return self.state.url(cursor=self.found.next) if self.found is not None and self.found.next else None

    @cached_property
    def no_name(self) -> str:
        return gettext("(no name)")

    @cached_property
    def dots(self) -> Markup:
        """The button of a row's menu, the same in each."""
        return Markup(
            '<button class="dg-btn dg-btn-icon dg-btn-quiet dg-btn-small" type="button" data-row-menu'
            ' aria-haspopup="true" aria-label="{}">{}</button>'
        ).format(gettext("More"), icon("dots"))

    @cached_property
    def _given(self) -> list[tuple[Column, Markup]]:
        """The attributes of each column's cells."""
        found = []
        for column in self.columns:
            parts = [Markup(' class="dg-num"')] if column.numeric else []
            if column.editable:
                parts.append(Markup(' data-cell="{}"').format(column.path))
            if column.place:
                parts.append(Markup(' data-place="{}"').format(column.place))
            found.append((column, Markup("").join(parts)))
        return found

    def cells(self, record: Mapping[str, Any]) -> Iterator[tuple[Column, Markup]]:
        """Each column with its cell's attributes; amounts that are summed carry their value and currency."""
        for column, given in self._given:
            value = record.get(column.path) if column.path in self.sums else None
            if value is not None:
                currency = record.get(column.field.settings.get("currency_field") or "") or ""
                given += Markup(' data-sum="{}" data-currency="{}"').format(value, currency)
            yield column, given

    def cell(self, column: Column, record: dict[str, Any]) -> Markup:
        """What stands in a cell."""
        value, display = cell_value(column, record)
        if column.link:
            return Markup('<a href="/o/{}/{}">{}</a>').format(
                self.state.object.name, record["id"], self._title(column, value, display, record)
            )
        if value in _EMPTY:
            return NOTHING
        return self._value(column, value, display, record)

    def _title(self, column: Column, value: Any, display: Any, record: dict[str, Any]) -> Markup:
        if value in _EMPTY:
            return Markup('<span class="dg-muted">{}</span>').format(
                record.get(self.state.object.name_field) or self.no_name
            )
        if column.field.type.name in LINKS:
            return escape(display or self.no_name)
        return self._value(column, value, display, record)

    def _value(self, column: Column, value: Any, display: Any, record: dict[str, Any]) -> Markup:
        if column.field.type.name == "text":
            return escape(value)
        other = column.field.settings.get("currency_field")
        currency = record.get(other) if other else None
        key = (column.path, str(value), display, currency)
        drawn = self._drawn.get(key)
        if drawn is None:
            ui = current_app.jinja_env.globals["ui"]
            assert isinstance(ui, Components)
            drawn = self._drawn[key] = ui.value(column.field, value, display, "list", record)
        return drawn
