"""Subscriptions over the tenant of kept_reports: set up, made due, looked at, and what stands in their mails."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl

from dougong_platform.jobs.relay import relay
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.clock import send_due
from dougong_platform.reports.subscriptions.stored import Subscription
from dougong_tenants import people
from kept_reports import Kept

DAILY = {"cadence": "daily", "hour": 8}


def fresh(kept: Kept) -> Iterator[None]:
    """Nothing sent and nothing kept; books of bob and of dan. Afterwards everybody is here again."""
    for table in ("_outbox", "_notification", "_report_subscription", "_own_document", "_search", "book"):
        kept.reading.run(f"delete from {table} returning 1")
    kept.make("bob", title="Bob's novel", genre="novel", price="10.50")
    kept.make("bob", title="Bob's manual", genre="manual", price="4.00")
    kept.make("dan", title="Dan's novel", genre="novel", price="7.00")
    kept.reading.run("delete from _outbox returning 1")
    yield
    for name in ("dan", "fay"):
        people.activate_user(kept.reading.database, kept.reading.tenant, kept[name])
    people.set_permission_sets(kept.reading.database, kept.reading.tenant, kept["dan"], ["reader"])


def to(kept: Kept, *names: str) -> list[dict[str, str]]:
    return [{"kind": "user", "id": kept[name]} for name in names]


def subscribe(kept: Kept, who: str = "bob", key: str = "by_genre", **given: Any) -> Subscription:
    return keeping.create(kept.caller(who), "report", key, {**DAILY, **given})


def look(kept: Kept, now: str | None = None) -> int:
    """The clock's look, then whatever the outbox holds."""
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC) if now else None
    sent = send_due(kept.reading.database, kept.reading.tenant, now=moment)
    relay(kept.reading.database, kept.reading.tenant)
    return sent


def make_due(kept: Kept, at: str = "now() - interval '1 minute'") -> None:
    kept.reading.run(f"update _report_subscription set next_at = {at} returning 1")


def told(kept: Kept, who: str) -> list[tuple[str, str]]:
    return kept.reading.run(
        "select title ->> 'en', body ->> 'en' from _notification where \"user\" = %s order by id", [kept[who]]
    )


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def sheet_of(mail: EmailMessage) -> list[tuple[Any, ...]]:
    (file,) = [part for part in mail.iter_attachments() if (part.get_filename() or "").endswith(".xlsx")]
    book = openpyxl.load_workbook(io.BytesIO(file.get_content()))
    return [tuple(cell for cell in row) for row in book.active.iter_rows(values_only=True)]


def keep_letter(mail: EmailMessage) -> None:
    """For those who want to look at it: DOUGONG_PICTURES names a folder."""
    folder = os.environ.get("DOUGONG_PICTURES")
    if folder:
        (Path(folder) / "letter.eml").write_bytes(bytes(mail))
