"""What a grid of numbers has to be, worked out of the records in plain Python: groups, numbers and conditions as pairs
of a text of the expression language and a function that means the same. Written from the documentation, not the engine.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bookshop import ZONE

Record = dict[str, Any]


@dataclass(frozen=True)
class AGroup:
    """`given` is the row of a report's document."""

    given: dict[str, Any]
    key: Callable[[Record], Any]


@dataclass(frozen=True)
class ANumber:
    """`of`: book, page or loan, whose records `number` is worked out of."""

    text: str
    of: str
    number: Callable[[list[Record]], Any]


@dataclass(frozen=True)
class ACondition:
    text: str | None
    holds: Callable[[Record, World], bool]


@dataclass
class World:
    books: list[Record]
    pages: list[Record]
    loans: list[Record]

    def related(self, of: str, book: str) -> list[Record]:
        return [one for one in getattr(self, f"{of}s") if one["book"] == book]


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(ZONE))


def _first(day: date, every: str) -> str:
    if every == "day":
        return str(day)
    if every == "week":
        return str(day - timedelta(day.weekday()))
    if every == "month":
        return str(day.replace(day=1))
    if every == "quarter":
        return str(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
    return str(day.replace(month=1, day=1))


def _span(field: str, every: str) -> AGroup:
    def key(record: Record) -> Any:
        value = record[field]
        if value is None:
            return None
        local = _local(value) if "T" in value else datetime.fromisoformat(value)
        if every == "hour":
            return local.hour
        if every == "weekday":
            return local.isoweekday()
        if every == "month_of_year":
            return local.month
        return _first(local.date(), every)

    return AGroup({"by": field, "every": every}, key)


def _plain(field: str) -> AGroup:
    return AGroup({"by": field}, lambda record: record[field])


def _step(field: str, step: int) -> AGroup:
    return AGroup(
        {"by": field, "step": step},
        lambda r: (
            None
            if r[field] is None
            else Decimal(Decimal(str(r[field])) // step - (Decimal(str(r[field])) % step < 0)) * step
        ),
    )


def _edges(field: str, edges: list[int]) -> AGroup:
    return AGroup(
        {"by": field, "edges": edges},
        lambda r: None if r[field] is None else sum(1 for edge in edges if Decimal(str(r[field])) >= edge),
    )


GROUPS = [
    *(_plain(f) for f in ("genre", "shelf", "shelf.region", "owner", "done", "word", "pages", "weight")),
    *(_span("bought", every) for every in ("day", "week", "month", "quarter", "year", "weekday", "month_of_year")),
    *(_span("sold_at", every) for every in ("week", "month", "year", "hour", "weekday")),
    _step("price", 25),
    _edges("pages", [0, 3, 6]),
]


def money(record: Record) -> Decimal | None:
    """The price in the tenant's currency."""
    if record["price"] is None:
        return None
    price = Decimal(record["price"])
    if record["currency"] in (None, "CNY"):
        return price
    return None if record["rate"] is None else price * Decimal(record["rate"])


def _values(records: list[Record], field: str) -> list[Decimal]:
    return [Decimal(str(r[field])) for r in records if r[field] is not None]


def _average(values: list[Decimal]) -> Decimal | None:
    return sum(values) / len(values) if values else None


def _prices(records: list[Record]) -> list[Decimal]:
    return [found for r in records if (found := money(r)) is not None]


NUMBERS = [
    ANumber("COUNT()", "book", len),
    ANumber("SUM(price)", "book", lambda rs: sum(_prices(rs), Decimal(0))),
    ANumber("SUM(price, done)", "book", lambda rs: sum(_prices([r for r in rs if r["done"]]), Decimal(0))),
    ANumber("AVG(pages)", "book", lambda rs: _average(_values(rs, "pages"))),
    ANumber("AVG(price)", "book", lambda rs: _average(_prices(rs))),
    ANumber("AVG(price, done)", "book", lambda rs: _average(_prices([r for r in rs if r["done"]]))),
    ANumber("AVG(pages, pages > 2)", "book", lambda rs: _average([v for v in _values(rs, "pages") if v > 2])),
    ANumber("MIN(bought)", "book", lambda rs: min((r["bought"] for r in rs if r["bought"]), default=None)),
    ANumber("MAX(price)", "book", lambda rs: max(_prices(rs), default=None)),
    ANumber("MEDIAN(pages)", "book", lambda rs: statistics.median(v) if (v := _values(rs, "pages")) else None),
    ANumber("COUNT_DISTINCT(shelf)", "book", lambda rs: len({r["shelf"] for r in rs if r["shelf"]})),
    ANumber("COUNT(done)", "book", lambda rs: sum(1 for r in rs if r["done"])),
    ANumber("COUNT(bought)", "book", lambda rs: sum(1 for r in rs if r["bought"])),
    ANumber(
        'COUNT(genre = "novel" and pages > 2)',
        "book",
        lambda rs: sum(1 for r in rs if r["genre"] == "novel" and (r["pages"] or 0) > 2),
    ),
    ANumber("SUM(page.words)", "page", lambda rs: sum(_values(rs, "words"), Decimal(0))),
    ANumber("COUNT(page, words > 40)", "page", lambda rs: sum(1 for r in rs if (r["words"] or 0) > 40)),
    ANumber("COUNT(page)", "page", len),
    ANumber("AVG(page.words)", "page", lambda rs: _average(_values(rs, "words"))),
    ANumber("SUM(loan.days)", "loan", lambda rs: sum(_values(rs, "days"), Decimal(0))),
    ANumber("COUNT(loan)", "loan", len),
    ANumber("MAX(loan.at)", "loan", lambda rs: max((r["at"] for r in rs if r["at"]), default=None)),
    ANumber("MEDIAN(loan.days)", "loan", lambda rs: statistics.median(v) if (v := _values(rs, "days")) else None),
]

CONDITIONS = [
    ACondition(None, lambda r, w: True),
    ACondition("pages > 2", lambda r, w: (r["pages"] if r["pages"] is not None else 0) > 2),
    ACondition('genre = "novel" or ISBLANK(genre)', lambda r, w: r["genre"] in ("novel", None)),
    ACondition('shelf.region = "north"', lambda r, w: r["shelf.region"] == "north"),
    ACondition("COUNT(loan, days > 10) > 0", lambda r, w: any(one["days"] > 10 for one in w.related("loan", r["id"]))),
    ACondition(
        "SUM(page.words) >= 50 and done",
        lambda r, w: bool(r["done"]) and sum(_values(w.related("page", r["id"]), "words")) >= 50,
    ),
]


def records_of(world: World, number: ANumber, books: list[Record]) -> list[Record]:
    """The records that a number is over, where these books are."""
    if number.of == "book":
        return books
    return [one for book in books for one in world.related(number.of, book["id"])]


NARROW = [group for group in GROUPS if group.given.get("every") not in ("day", "week")]  # at most 100 columns


def name_of(group: AGroup) -> str:
    return ".".join(filter(None, (group.given["by"], group.given.get("every"))))


def bodies(
    rows: list[AGroup], columns: list[AGroup], numbers: list[ANumber], where: ACondition, **more: Any
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "object": "book",
        "type": "matrix" if columns else "summary",
        "rows": [dict(group.given) for group in rows],
        "values": {f"v{i}": {"value": number.text} for i, number in enumerate(numbers)},
        **more,
    }
    if columns:
        body["columns"] = [dict(group.given) for group in columns]
    if where.text:
        body["where"] = where.text
    return body


def key_of(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


def keys_of(groups: list[AGroup], book: Record) -> tuple[Any, ...]:
    return tuple(key_of(group.key(book)) for group in groups)


def read_keys(keys: tuple[Any, ...], groups: list[AGroup]) -> tuple[Any, ...]:
    return tuple(
        key_of(Decimal(str(key))) if key is not None and "step" in group.given else key
        for key, group in zip(keys, groups, strict=False)
    )


def in_order(rows: list[tuple[Any, ...]], wanted: Callable[[tuple[Any, ...]], Any], down: bool) -> bool:
    """Whether keys of rows stand by a number that each of them has, level by level under equal ones; blank last."""
    if not rows or not rows[0]:
        return True
    firsts = list(dict.fromkeys(keys[:1] for keys in rows))
    if sum(rows[at - 1][:1] != keys[:1] for at, keys in enumerate(rows) if at) != len(firsts) - 1:
        return False  # siblings apart
    numbers = [None if n is None else Decimal(str(n)) for n in map(wanted, firsts)]
    filled = [n for n in numbers if n is not None]
    ordered = all((a >= b if down else a <= b) or abs(a - b) < Decimal("1e-9") for a, b in pairwise(filled))
    if not ordered or any(n is not None for n in numbers[len(filled) :]):
        return False
    return all(
        in_order(
            [keys[1:] for keys in rows if keys[:1] == first], lambda keys, first=first: wanted((*first, *keys)), down
        )
        for first in firsts
    )


def same(found: Any, wanted: Any) -> bool:
    """Whether a cell says this: numbers as decimals, to twelve digits behind the point."""
    if found is None or wanted is None:
        return found is None and wanted is None
    if isinstance(wanted, (int, Decimal, float)) and not isinstance(wanted, bool):
        return abs(Decimal(str(found)) - Decimal(str(wanted))) < Decimal("1e-9")
    return bool(found == wanted)
