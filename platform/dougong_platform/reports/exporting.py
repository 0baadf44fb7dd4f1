"""Reports as files: CSV and XLSX of any answer, and all rows of a list. Called by screens and by mails that carry them.

A summary's numbers may be taken away by whoever may see them; rows of records need the right to export their object.
Either is told to the audit log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from flask import Response

from dougong_metadata.model.report_types import ReportModel
from dougong_platform import reports
from dougong_platform.errors import BadRequest
from dougong_platform.exports.columns import now_in
from dougong_platform.exports.files import Export, csv_chunks, rows, xlsx_file
from dougong_platform.exports.noting import Noted
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import Answer, ListAnswer
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.sheets import answer_csv, answer_xlsx
from dougong_tenants import audit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CELLS = 500_000  # numbers of one spreadsheet: some 100 MB while it is made
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to send: either `file`, or `chunks` that are made while they are sent."""

    name: str
    content_type: str
    file: IO[bytes] | None = None
    chunks: Iterator[bytes] | None = None

    def read(self) -> bytes:
        """All of it."""
        if self.file is not None:
            with self.file as file:
                return file.read()
        return b"".join(self.chunks or ())


def export(caller: Caller, report: ReportModel, asked: Asked, kind: str) -> Exported:
    """The report, run and written as `kind` (csv or xlsx). Raises NotAllowed for a list whose object the caller may not
    export, and what `run` raises."""
    answer = reports.run(caller, report, asked)
    name = f"{report.label.text(caller.locale)} {now_in(caller.timezone):%Y-%m-%d %H%M}.{kind}"
    if isinstance(answer, ListAnswer):
        return _list(caller, report, asked, answer, kind, name)
    if kind == "xlsx":
        require_room(answer)
    _note(caller, report, asked, kind, len(answer.rows))
    if kind == "csv":
        return Exported(name, TYPES[kind], chunks=answer_csv(report, answer, caller.locale))
    return Exported(name, TYPES[kind], file=answer_xlsx(report, answer, caller.locale))


def require_room(answer: Answer) -> None:
    """Raise BadRequest for more cells than a spreadsheet is made of: it is held in memory until it is whole."""
    cells = (len(answer.rows) + 1) * max(1, len(answer.columns)) * len(answer.values)
    if cells > MOST_CELLS:
        raise BadRequest(
            en=f"More than {MOST_CELLS:,} numbers: export as CSV, or choose fewer groups.",
            zh=f"超过 {MOST_CELLS:,} 个数值，请导出为 CSV 或减少分组。",
        )


def export_response(caller: Caller, report: ReportModel, asked: Asked, kind: str) -> Response:
    """The same as an attachment."""
    made = export(caller, report, asked, kind)
    response = (
        Response(made.chunks, content_type=made.content_type)
        if made.file is None
        else Response(made.file, content_type=made.content_type, direct_passthrough=True)
    )
    plain = report.name if report.name.isascii() else "report"
    both = f"filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(made.name)}"
    response.headers["Content-Disposition"] = f"attachment; {both}"
    return response


def _list(caller: Caller, report: ReportModel, asked: Asked, answer: ListAnswer, kind: str, name: str) -> Exported:
    sort = asked.sort if asked.sort is not None else report.sort
    question = Export(answer.object, answer.fields, answer.filter, sort)
    columns, lines = rows(caller, question)
    noted = Noted(caller, question, kind, columns, lines)
    if kind == "csv":
        return Exported(name, TYPES[kind], chunks=noted.while_sent(csv_chunks(columns, noted)))
    return Exported(name, TYPES[kind], file=noted.once_made(xlsx_file(columns, noted)))


def _note(caller: Caller, report: ReportModel, asked: Asked, kind: str, count: int) -> None:
    present = audit.circumstances()
    actor = present.actor
    about = {} if actor in (None, caller.user) else {"previewed_as": caller.user}
    given = {name: getattr(asked, name) for name in ("period", "compare", "owner", "department", "where")}
    audit.note_apart(
        caller.database,
        caller.tenant,
        "export.made",
        actor=actor or caller.user,
        target_kind="report" if report.name in caller.model.reports else "own_report",
        target=report.name,
        label=report.label.text(caller.locale),
        ip=present.ip,
        via=present.via,
        details={"rows": count, "format": kind} | {k: v for k, v in given.items() if v is not None} | about,
    )
