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


@dataclass(slots=True)
class _Column:
    """One field's values of a batch, and the rows (by index) that its texts refuse or skip."""

    values: list[Any]
    faults: dict[int, FieldError]
    skipped: set[int]


class Transform:
    """Works column by column and reads each different text once: most columns of a file repeat theirs.

    `loaded` names the fields whose values come out canonical, so that the write path need not load them again.
    """

    def __init__(self, caller: Caller, object: ObjectModel, mapping: FileMapping) -> None:
        self.caller, self.object, self.mapping = caller, object, mapping
        self.columns = [
            (place, object.fields[column.field], self._reader(column, object.fields[column.field]))
            for place, column in mapping.columns.items()
        ]
        self.loaded = frozenset(f.name for _, f, _ in self.columns if f.to is None and f.name not in mapping.defaults)

        # Said here too, so that a row with an unreadable cell is told all its errors at once.
        self.needed = frozenset(
            f.name for f in object.own_fields if f.required and f.default is None and f.visible_when is None
        )

    def __call__(self, lines: Sequence[Line]) -> Transformed:
        """Lines with an unreadable cell have all their errors reported and are not among the rows."""
        columns = [
            self._column(target, read, [cells[place] for _, cells in lines]) for place, target, read in self.columns
        ]
        names = [target.name for _, target, _ in self.columns]
        every = [
            {**self.mapping.defaults, **dict(zip(names, v, strict=True))}
            for v in zip(*(c.values for c in columns), strict=True)
        ]
        skipped = set().union(*(column.skipped for column in columns))
        refused = set().union(*(column.faults for column in columns)) - skipped
        done = Transformed(skipped=len(skipped))
        done.errors = [(lines[i], c.faults[i]) for i in sorted(refused) for c in columns if i in c.faults]
        if not skipped and not refused:
            done.rows, done.lines = every, list(lines)
        else:
            kept = [i for i in range(len(lines)) if i not in skipped and i not in refused]
            done.rows, done.lines = [every[i] for i in kept], [lines[i] for i in kept]
        return done

    def _column(self, target: FieldModel, read: Callable[[str], Any], texts: list[str]) -> _Column:
        known: dict[str, Any] = {}
        wrong: dict[str, FieldError] = {}
        skips: set[str] = set()
        fallback = self.mapping.defaults.get(target.name)
        needed = target.name in self.needed and target.name not in self.mapping.defaults
        for text in dict.fromkeys(texts):
            try:
                value = read(text)
            except FieldValueError as fault:
                wrong[text] = FieldError(target.name, fault.code, self._sentence(fault, target))
                value = BLANK
            if value is None:
                value = fallback
                if needed:
                    wrong[text] = FieldError(target.name, "required", self._required(target))
            elif value is SKIP:
                skips.add(text)
                value = None
            known[text] = None if value is BLANK else value
        found = _Column([known[text] for text in texts], {}, set())
        if wrong:
            found.faults = {index: wrong[text] for index, text in enumerate(texts) if text in wrong}
        if skips:
            found.skipped = {index for index, text in enumerate(texts) if text in skips}
        return found

    def _sentence(self, fault: FieldValueError, target: FieldModel) -> str:
        return message(fault.code, fault.data, target.label.text(self.caller.locale), self.caller.locale)

    def _required(self, target: FieldModel) -> str:
        return error("required", self.caller.locale, None, target).message

    def _reader(self, column: Column, target: FieldModel) -> Callable[[str], Any]:
        """How a cell of this column is read."""
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

        return read
