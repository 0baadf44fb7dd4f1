"""Turns rows of text into what the write path takes, by a checked mapping. Called for every batch and for previews."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.messages import message
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.errors import FieldError
from dougong_platform.http.caller import Caller
from dougong_platform.imports.mapping import Column, FileMapping
from dougong_platform.records.messages import error

Line = tuple[int, Sequence[str]]  # (line in the file, cells)
BLANK, SKIP = object(), object()  # what an unmatched text does to its cell or to its row


@dataclass(slots=True)
class Transformed:
    """`rows` go to the write path; `lines[i]` is the line in the file of `rows[i]`. `errors` and `skipped` by line."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    errors: list[tuple[Line, FieldError]] = field(default_factory=list)
    skipped: int = 0


class Transform:
    """Made once per import; remembers every text that it has read."""

    def __init__(self, caller: Caller, object: ObjectModel, mapping: FileMapping) -> None:
        self.caller, self.object, self.mapping = caller, object, mapping
        self.readers = [
            (place, object.fields[column.field], self._reader(column, object.fields[column.field]))
            for place, column in mapping.columns.items()
        ]

        # Said here too, so that a row with an unreadable cell is told all its errors at once.
        self.needed = frozenset(
            f.name for f in object.own_fields if f.required and f.default is None and f.visible_when is None
        )

    def __call__(self, lines: Sequence[Line]) -> Transformed:
        """Lines with an unreadable cell have all their errors reported and are not among the rows."""
        done = Transformed()
        for line in lines:
            row, faults, skip = dict(self.mapping.defaults), [], False
            cells = line[1]
            for place, target, read in self.readers:
                try:
                    value = read(cells[place])
                except FieldValueError as fault:
                    faults.append(FieldError(target.name, fault.code, self._sentence(fault, target)))
                    continue
                if value is None and target.name in self.needed and target.name not in row:
                    faults.append(FieldError(target.name, "required", self._required(target)))
                elif value is SKIP:
                    skip = True
                elif value is not None or target.name not in row:
                    row[target.name] = None if value is BLANK else value
            if skip:
                done.skipped += 1
            elif faults:
                done.errors.extend((line, fault) for fault in faults)
            else:
                done.rows.append(row)
                done.lines.append(line)
        return done

    def _sentence(self, fault: FieldValueError, target: FieldModel) -> str:
        return message(fault.code, fault.data, target.label.text(self.caller.locale), self.caller.locale)

    def _required(self, target: FieldModel) -> str:
        return error("required", self.caller.locale, None, target).message

    def _reader(self, column: Column, target: FieldModel) -> Callable[[str], Any]:
        """How a cell of this column is read; each different text is read once."""
        known: dict[str, Any] = {}
        read_text, load, zone = target.type.read_text, target.type.load, self.caller.timezone
        replaced = {text.strip(): value for text, value in column.values.items()}
        unmatched = {"blank": BLANK, "skip": SKIP}.get(column.unmatched)

        def read(text: str) -> Any:
            text = text.strip()
            if text in replaced:
                chosen = replaced[text]
                if chosen is None:
                    return None
                text = chosen
            if not text:
                return None
            if target.to is not None:
                return text if column.by == "id" else {column.by: text}
            try:
                value = read_text(text, target, zone)
                return None if value is None else load(value, target)
            except FieldValueError:
                if unmatched is None or target.picklist is None:
                    raise
                return unmatched

        def remembered(text: str) -> Any:
            if text in known:
                return known[text]
            value = read(text)
            if len(known) < 100_000 and len(text) < 200:
                known[text] = value
            return value

        return remembered
