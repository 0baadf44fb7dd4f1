"""A report's answer as a table for mails: inline styles, the first rows, the totals; and the same as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from dougong_metadata.label import Label
from dougong_platform.exports.columns import Cell, Cells, Column, export_columns, safe
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import Answer, ListAnswer, ValueHead
from dougong_platform.reports.number_texts import as_decimal, grouped, money, percent, said
from dougong_platform.reports.sheets import sheet_of
from dougong_platform.reports.subscriptions import words

MOST_ROWS = 50
MOST_COLUMNS = 7
_SHORT = 12  # characters that stay in one line; Chinese ones are twice as wide
_LAST_NARROW = 0x2E7F
_LONGEST = 200  # characters of a cell
_FEW = 5  # columns that have the room of the whole width
_EDGE = "border-bottom:1px solid #E8E8E3;"
_CELL = f"{_EDGE}vertical-align:top;"
_HEAD = f"{_EDGE}vertical-align:bottom;color:#5F6670;font-weight:500;"
_FIRST = "min-width:88px;"  # a name is no column of single words
_NUMBER = "text-align:right;font-variant-numeric:tabular-nums;"
_ONE_LINE = "white-space:nowrap;"
_TOTAL = "font-weight:600;"


@dataclass(frozen=True, slots=True)
class MailTable:
    """`titles` and `lines` are ready texts; `numbers` says which columns are set to the right; the last `below` lines
    are totals; `notes` stand under it."""

    titles: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    below: int = 0
    notes: tuple[str, ...] = ()

    def html(self) -> Markup:
        """A table that needs no style sheet."""
        if not self.lines:
            return _notes(self.notes)
        few = len(self.titles) <= _FEW
        room = "padding:6px 8px;" if few else "padding:6px 4px;"
        heads = Markup("").join(
            Markup("<th scope='col' align='{}' style='{}'>{}</th>").format(
                "right" if number else "left", room + _HEAD + (_NUMBER if number else "") + _line(title, False), title
            )
            for title, number in zip(self.titles, self.numbers, strict=True)
        )
        body = Markup("").join(self._rows(room))
        head = Markup("<thead><tr>{}</tr></thead>").format(heads) if any(self.titles) else Markup()
        table = Markup(
            "<div style='overflow-x:auto'><table cellspacing='0' style='border-collapse:collapse;width:100%;"
            "font-size:{}px'>{}<tbody>{}</tbody></table></div>"
        ).format(13 if few else 12, head, body)
        return table + _notes(self.notes)

    def text(self) -> str:
        """Tab between cells, one line a row."""
        lines = [
            " \t".join(line) for line in (*([self.titles] if self.lines and any(self.titles) else []), *self.lines)
        ]
        return "\n".join([*lines, *self.notes])

    def _rows(self, room: str) -> Iterable[Markup]:
        for place, line in enumerate(self.lines):
            bold = _TOTAL if place >= len(self.lines) - self.below else ""
            cells = Markup("").join(
                Markup("<td align='{}' style='{}'>{}</td>").format(
                    "right" if number else "left",
                    room + _CELL + (_NUMBER if number else "") + _line(text, number) + bold + ("" if at else _FIRST),
                    text,
                )
                for at, (text, number) in enumerate(zip(line, self.numbers, strict=True))
            )
            yield Markup("<tr>{}</tr>").format(cells)


def of_answer(caller: Caller, answer: Answer, most: int = MOST_ROWS) -> MailTable:
    """The first rows of a grid and its total."""
    sheet = sheet_of(answer, caller.locale)
    shown = _shown(sheet.values)
    end = len(sheet.lines) - sheet.below
    kept = (*sheet.lines[: min(most, end)], *sheet.lines[end:])
    heads = [_with_cents(head, [line[at] for line in kept]) for at, head in enumerate(sheet.values)]
    notes = [*sheet.notes]
    if end > most:
        notes.append(words.MORE_ROWS.text(caller.locale).format(shown=most, count=f"{end:,}"))
    if len(sheet.titles) > len(shown):
        notes.append(words.MORE_COLUMNS.text(caller.locale))
    if not end:
        notes.append(words.NOTHING.text(caller.locale))
    return MailTable(
        tuple(sheet.titles[at] for at in shown),
        tuple(tuple(_said(caller, line[at], heads[at]) for at in shown) for line in kept),
        tuple(heads[at] is not None for at in shown),
        sheet.below,
        tuple(notes),
    )


def of_list(caller: Caller, labelled: Mapping[str, Label], answer: ListAnswer, most: int = MOST_ROWS) -> MailTable:
    """The first records of a list, as an export writes them; `labelled`: columns with words of their own."""
    columns = export_columns(caller, answer.object, answer.fields)
    wide = _columns(len(columns))
    cells = Cells(caller.locale, caller.timezone)
    labels = {path: label.text(caller.locale) for path, label in labelled.items()}
    shown = answer.records[:most]
    notes = []
    if len(answer.records) > most or answer.next is not None or (answer.count or 0) > len(shown):
        counted = answer.count is not None and not answer.count_capped
        notes.append(
            words.MORE_ROWS.text(caller.locale).format(shown=len(shown), count=f"{answer.count:,}")
            if counted
            else words.MORE_LINES.text(caller.locale)
        )
    if not shown:
        notes.append(words.NOTHING.text(caller.locale))
    return MailTable(
        tuple(labels.get(path, column.heading) for path, column in zip(answer.fields, columns, strict=False))[:wide],
        tuple(
            tuple(
                _written(caller, column, cell) for column, cell in zip(columns, cells.of(columns, record), strict=True)
            )[:wide]
            for record in shown
        ),
        tuple(column.field.type.expression_type in ("number", "money") for column in columns)[:wide],
        0,
        tuple(notes),
    )


def _written(caller: Caller, column: Column, cell: Cell) -> str:
    """A cell of an export as people read it: numbers with their signs, moments without seconds, no apostrophe."""
    if isinstance(cell, Decimal):
        of = column.field.settings
        if column.field.type.name == "percent":
            return percent(cell)
        if column.field.type.name == "currency" and not of.get("currency_field"):
            return money(cell, str(of.get("currency") or caller.tenant.currency))
        return grouped(cell, None)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    text = _short(cell)
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text


def _with_cents(head: ValueHead | None, values: Sequence[Any]) -> ValueHead | None:
    """Amounts of one column are written alike: with cents, as soon as one of them has any."""
    if head is None or head.format != "money" or head.decimals is not None:
        return head
    found = (as_decimal(value) for value in values)
    return replace(head, decimals=2) if any(one is not None and one % 1 for one in found) else head


def _columns(count: int) -> int:
    return min(count, MOST_COLUMNS)


def _shown(values: Sequence[ValueHead | None]) -> list[int]:
    """The columns that fit: where there are too many, without the earlier period's own numbers, of which the change
    tells."""
    every = list(range(len(values)))
    if len(every) > MOST_COLUMNS:
        every = [at for at in every if (head := values[at]) is None or head.role != "before"]
    return every[:MOST_COLUMNS]


def _line(text: str, number: bool) -> str:
    wide = sum(2 if ord(sign) > _LAST_NARROW else 1 for sign in text[: _SHORT + 1])
    return _ONE_LINE if number or wide <= _SHORT else ""


def _said(caller: Caller, value: Any, head: ValueHead | None) -> str:
    if head is None:
        return _short(value)
    return said(value, head.format, caller.locale, head.currency or caller.tenant.currency, head.decimals)


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _notes(notes: Sequence[str]) -> Markup:
    return Markup("").join(
        Markup("<p style='margin:8px 0 0;color:#5F6670;font-size:12px'>{}</p>").format(note) for note in notes
    )
