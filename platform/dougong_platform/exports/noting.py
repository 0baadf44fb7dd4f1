"""Tells the audit log who took which list away, and how many rows of it. Called by the endpoint of exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from dougong_platform.exports.columns import Cell, Column
from dougong_platform.exports.files import Export
from dougong_platform.http.caller import Caller
from dougong_tenants import audit

File = TypeVar("File")


class Noted:
    """The rows of an export, counted as they are taken. Made within the request: it is over when the rows are sent."""

    def __init__(
        self, caller: Caller, export: Export, format: str, columns: Sequence[Column], lines: Iterator[list[Cell]]
    ) -> None:
        self._caller, self._export, self._format, self._columns = caller, export, format, columns
        self._lines, self._count, self._ended = lines, 0, False
        self._present = audit.circumstances()

    def __iter__(self) -> Noted:
        return self

    def __next__(self) -> list[Cell]:
        try:
            line = next(self._lines)
        except StopIteration:
            self._ended = True
            raise
        self._count += 1
        return line

    def while_sent(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks; noted when all are sent, and also when the receiver goes away or the database does."""
        try:
            yield from chunks
        finally:
            self._note()

    def once_made(self, file: File) -> File:
        """A file that holds all rows already."""
        self._note()
        return file

    def _note(self) -> None:
        caller, asked, actor = self._caller, self._export, self._present.actor
        about = {} if actor in (None, caller.user) else {"previewed_as": caller.user}
        audit.note_apart(
            caller.database,
            caller.tenant,
            "export.made",
            actor=actor or caller.user,
            target_kind="object",
            target=asked.object,
            label=caller.model.objects[asked.object].plural.text(caller.locale),
            ip=self._present.ip,
            via=self._present.via,
            details={
                "rows": self._count,
                "filter": asked.filter,
                "sort": list(asked.sort),
                "columns": [column.path for column in self._columns],
                "format": self._format,
                "complete": self._ended,
            }
            | about,
        )
