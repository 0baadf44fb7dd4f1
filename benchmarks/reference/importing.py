"""An import pipeline as a good engineer writes it for this one table: batches of 5,000 rows, COPY, history and search.

Called by the benchmark as two processes, each taking every second batch: DSN FILE HALF USER.
"""

from __future__ import annotations

import csv
import os
import re
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import psycopg

STAGES = {"open", "quoted", "won", "lost"}
BATCH = 5_000
WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")


def words(text: str) -> str:
    """A tsvector literal: words, and pairs of Chinese characters."""
    found: set[str] = set()
    for run in WORD.findall(text.lower()):
        if "\u4e00" <= run[0] <= "\u9fff":
            found.update(run[i : i + 2] for i in range(len(run)))
        else:
            found.add(run)
    return " ".join(f"'{word}'" for word in found)


def time_ordered_id() -> uuid.UUID:
    """A version 7 id."""
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(raw))


def check(row: dict[str, str], companies: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values of one row and what is wrong with it."""
    wrong = []
    values: dict[str, Any] = {
        "title": row["title"].strip(),
        "stage": row["stage"],
        "note": row["note"] or None,
        "source_key": row["source_key"],
    }
    if not 0 < len(values["title"]) <= 200:
        wrong.append("title")
    if row["stage"] not in STAGES:
        wrong.append("stage")
    try:
        values["amount"] = Decimal(row["amount"]) if row["amount"] else None
        values["probability"] = Decimal(row["probability"]) if row["probability"] else None
    except InvalidOperation:
        wrong.append("amount")
    else:
        if (values["amount"] or 0) < 0:
            wrong.append("amount")
    try:
        values["close_date"] = date.fromisoformat(row["close_date"]) if row["close_date"] else None
    except ValueError:
        wrong.append("close_date")
    values["company"] = companies.get(row["company"])
    if row["company"] and values["company"] is None:
        wrong.append("company")
    return values, wrong


def batches(path: Path, half: int) -> Iterator[list[dict[str, str]]]:
    """Every second batch of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        number = 0
        while rows := list(islice(reader, BATCH)):
            if number % 2 == half:
                yield rows
            number += 1


def main() -> None:
    """Write the batches of this half."""
    dsn, path, half, user = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), uuid.UUID(sys.argv[4])
    with psycopg.connect(dsn) as connection:
        print("ready", flush=True)
        sys.stdin.readline()
        for rows in batches(path, half):
            codes = list({row["company"] for row in rows})
            companies: dict[str, uuid.UUID] = dict(
                connection.execute(
                    "select code, id from reference.company where code = any(%s) and deleted_at is null", (codes,)
                ).fetchall()
            )
            keys = [row["source_key"] for row in rows]
            taken = {
                key
                for (key,) in connection.execute(
                    "select source_key from reference.deal where source_key = any(%s) and deleted_at is null", (keys,)
                ).fetchall()
            }
            good = []
            for row in rows:
                values, wrong = check(row, companies)
                if not wrong and values["source_key"] not in taken:
                    good.append((time_ordered_id(), values))
            write(connection, good, user)
            connection.commit()


def write(connection: psycopg.Connection[Any], good: list[tuple[uuid.UUID, dict[str, Any]]], user: uuid.UUID) -> None:
    """The rows, their history and their search words."""
    names = ("title", "company", "stage", "amount", "close_date", "probability", "note", "source_key")
    with connection.cursor().copy(
        f"copy reference.deal (id, owner, created_by, updated_by, {', '.join(names)}) from stdin"
    ) as copy:
        for record, values in good:
            copy.write_row((record, user, user, user, *(values[name] for name in names)))
    with connection.cursor().copy(
        "copy reference.history (object, record, version, actor, op, changes) from stdin"
    ) as copy:
        for record, values in good:
            changes = orjson.dumps({name: [None, value] for name, value in values.items()}, str).decode()
            copy.write_row(("deal", record, 1, user, "create", changes))
    with connection.cursor().copy("copy reference.search from stdin") as copy:
        for record, values in good:
            text = f"{values['title']} {values['note'] or ''}"
            copy.write_row((record, "deal", values["title"], text, words(text)))


if __name__ == "__main__":
    main()
