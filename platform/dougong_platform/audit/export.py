"""The audit log as CSV, page by page; that it was taken away is itself an entry. Called by the API."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import orjson

from dougong_platform.audit.asking import MOST_ENTRIES, Answer, answer
from dougong_platform.exports.columns import safe
from dougong_platform.http.caller import Caller
from dougong_tenants import audit
from dougong_tenants.audit.reading import AuditEntry, Question

_HEADINGS = {
    "en": ("Time", "Person", "Action", "What happened", "Kind", "Target", "Name", "Details", "Address", "By", "Number"),
    "zh": ("时间", "人员", "操作", "事件", "对象类型", "对象", "名称", "详情", "地址", "途径", "序号"),
}


def csv_chunks(caller: Caller, asked: Question) -> Iterator[bytes]:
    """UTF-8 with a byte order mark. The first page is read at once, so that its errors come before any output."""
    first = answer(caller, asked, limit=MOST_ENTRIES)
    return _noted(caller, asked, first, audit.circumstances())


def _noted(caller: Caller, asked: Question, first: Answer, present: audit.Circumstances) -> Iterator[bytes]:
    """The chunks; noted when all are sent, and also when the receiver goes away."""
    count, complete = 0, False
    try:
        yield b"\xef\xbb\xbf" + _line(_HEADINGS["zh" if caller.locale.startswith("zh") else "en"])
        for page in _pages(caller, asked, first):
            count += len(page.entries)
            yield b"".join(_line(_cells(page, entry)) for entry in page.entries)
        complete = True
    finally:
        audit.note_apart(
            caller.database,
            caller.tenant,
            "audit.exported",
            actor=present.actor or caller.user,
            target_kind="policy",
            target="audit",
            ip=present.ip,
            via=present.via,
            details={"rows": count, "complete": complete, "filter": _asked(asked)},
        )


def _pages(caller: Caller, asked: Question, first: Answer) -> Iterator[Answer]:
    page = first
    yield page
    while page.next is not None:
        page = answer(caller, asked, limit=MOST_ENTRIES, cursor=page.next, verified=True)
        yield page


def _asked(asked: Question) -> dict[str, object]:
    """What the log was narrowed down by, without what was not asked."""
    found: dict[str, object] = {
        name: value
        for name in ("actions", "actor", "person", "target", "since", "until")
        if (value := getattr(asked, name))
    }
    return found | {"words": [word.text for word in asked.words]} if asked.words else found


def _cells(page: Answer, entry: AuditEntry) -> tuple[str, ...]:
    wording = page.wording
    return (
        entry.at,
        wording.actor(entry),
        entry.action,
        wording.text(entry),
        entry.target_kind or "",
        entry.target or "",
        entry.label or "",
        orjson.dumps(entry.details).decode() if entry.details else "",
        entry.ip or "",
        entry.via or "",
        str(entry.seq),
    )


def _line(cells: tuple[str, ...]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe(cell) for cell in cells])
    return buffer.getvalue().encode()
