"""Walking pages by cursor gives exactly the sorted list, whatever the sort, blanks and changes in between."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_platform.errors import BadCursor, BadField, BadFilter, BadRequest, BadSort
from dougong_platform.query import list_records
from dougong_platform.query.cursor import decode, encode
from dougong_platform.query.filter import needs_value, parse_filter
from reading import Reading

TITLES = ("上海", "北京", "安徽", "Zebra", "apple", "Apple", "éclair", "", "苹果 2", "x" * 190, "x" * 189 + "y")
SORTS = st.lists(
    st.sampled_from(
        [
            "title",
            "price",
            "bought",
            "pages",
            "in_print",
            "genre",
            "shelf",
            "shelf.room",
            "owner.name",
            "created_at",
            "score",
            "discount",
        ]
    ).flatmap(lambda name: st.sampled_from([name, "-" + name])),
    max_size=4,
)


@pytest.fixture(scope="module")
def books(reading: Reading) -> list[dict[str, Any]]:
    """Eighty books with many blanks and repetitions."""
    shelves = [str(uuid.uuid4()) for _ in range(4)]
    for number, id in enumerate(shelves):
        reading.run(
            "insert into shelf (id, owner, name, room) values (%s, %s, %s, %s) returning 1",
            [id, reading.ann, ("北", "A", "b", "东")[number], None if number % 2 else "r"],
        )
    for n in range(80):
        reading.run(
            "insert into book (id, owner, title, shelf, genre, price, discount, pages, bought, in_print, score, tags)"
            " values (%s, %s, nullif(%s, ''), %s, %s, %s, %s, %s, %s, %s, %s, '{}') returning 1",
            [
                str(uuid.uuid4()),
                (reading.ann, reading.bob)[n % 2],
                TITLES[n % len(TITLES)],
                [*shelves, None][n % 5],
                [None, "novel", "manual"][n % 3],
                [None, "12.50", "3", "-7.1"][n % 4],
                [None, "0.25"][n % 2],
                [None, 1, 2][n * 7 % 3],
                [None, "2026-01-02", "1999-12-31"][n * 5 % 3],
                [None, True, False][n * 11 % 3],
                [None, 3, 5][n % 3],
            ],
        )
    return list_records(
        reading.admin,
        "book",
        limit=1000,
        fields=[
            "title",
            "price",
            "bought",
            "pages",
            "in_print",
            "genre",
            "shelf",
            "shelf.name",
            "shelf.room",
            "owner.name",
            "created_at",
            "score",
            "discount",
        ],
    ).records


def compare(one: Any, other: Any, descending: bool) -> int:
    """Blank last in both directions."""
    if one is None or other is None:
        return (one is None) - (other is None)
    order = (one > other) - (one < other)
    return -order if descending else order


def value(record: dict[str, Any], name: str) -> Any:
    found = record["shelf.name" if name == "shelf" else name]
    if found is None:
        return None
    if name in ("price", "discount"):
        return Decimal(found)
    if name == "created_at":
        return datetime.fromisoformat(found)  # as text, 05.1Z would come after 05.12Z
    if name in ("title", "shelf", "shelf.room", "owner.name"):
        return found[:200].lower().encode("gb18030")
    return found


def oracle(records: list[dict[str, Any]], sort: list[str]) -> list[str]:
    keys = sort or ["-created_at"]
    last = keys[-1].startswith("-")

    def order(one: dict[str, Any], other: dict[str, Any]) -> int:
        for key in keys:
            name = key.removeprefix("-")
            found = compare(value(one, name), value(other, name), key.startswith("-"))
            if found:
                return found
        return compare(one["id"], other["id"], last)

    return [record["id"] for record in sorted(records, key=cmp_to_key(order))]


def walk(reading: Reading, sort: list[str], limit: int, filter: str | None = None) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = list_records(
            reading.admin, "book", fields=["title"], filter=filter, sort=sort, limit=limit, cursor=cursor
        )
        assert len(page.records) <= limit
        found += [record["id"] for record in page.records]
        cursor = page.next
        if cursor is None:
            return found
        assert len(page.records) == limit


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sort=SORTS, limit=st.integers(3, 90))
def test_walking_all_pages_gives_exactly_the_sorted_list(
    reading: Reading, books: list[dict[str, Any]], sort: list[str], limit: int
) -> None:
    names = list(dict.fromkeys(key.removeprefix("-") for key in sort))
    once = [next(key for key in sort if key.removeprefix("-") == name) for name in names]
    if sort and once[-1] != sort[-1]:
        sort = once
    assert walk(reading, sort, limit) == oracle(books, once)


def test_rows_that_come_and_go_between_pages_neither_repeat_nor_hide_others(reading: Reading) -> None:
    stable = set(walk(reading, ["price"], 1000))
    seen: list[str] = []
    cursor, extra = None, []
    while True:
        page = list_records(reading.admin, "book", fields=["price"], sort=["-price", "title"], limit=7, cursor=cursor)
        seen += [record["id"] for record in page.records]
        for price in ("100", "-100", None):
            id = str(uuid.uuid4())
            extra.append(id)
            reading.run(
                "insert into book (id, owner, title, price) values (%s, %s, 'between', %s) returning 1",
                [id, reading.ann, price],
            )
        if len(extra) > 9:
            reading.run("delete from book where id = %s returning 1", [extra[len(extra) // 2]])
        cursor = page.next
        if cursor is None or len(seen) > 500:
            break
    reading.run("delete from book where title = 'between' returning 1")
    assert len(seen) == len(set(seen))
    assert stable <= set(seen)


def test_a_count_is_the_lists_own_also_behind_its_last_row(reading: Reading, books: list[dict[str, Any]]) -> None:
    page = list_records(reading.admin, "book", filter="price > 3", limit=1, count=True)
    assert (page.count, page.count_capped) == (sum(1 for b in books if b["price"] == "12.50"), False)
    assert list_records(reading.admin, "book", filter='title = "nowhere"', count=True).count == 0


def test_a_cursor_belongs_to_one_question_and_cannot_be_forged(reading: Reading, books: list[dict[str, Any]]) -> None:
    cursor = list_records(reading.admin, "book", sort=["price"], limit=2).next
    assert cursor is not None
    caller = reading.admin
    question = (caller.tenant.id, "book", ("price",), None, False)
    assert len(decode(question, cursor)) == 2
    forged = [
        encode(question, values)
        for values in (
            [],
            ["1"],
            ["x'; drop table book; --", "y"],
            [None, None, None],
            [{"a": 1}, "b"],
            ["1", "not an id"],
            [["1"], ["2"]],
            [True, False],
        )
    ]
    for wrong in (
        "",
        "x",
        "=" * 40,
        cursor[:-2],
        cursor + "A",
        "\udcff",
        "🙂",
        cursor.swapcase(),
        "A" * 10_000,
        *forged,
    ):
        if wrong:
            with pytest.raises(BadCursor):
                list_records(caller, "book", sort=["price"], limit=2, cursor=wrong)
    for other in (
        {"sort": ["-price"]},
        {"sort": ["price"], "filter": "price > 1"},
        {"sort": ["price"], "deleted": True},
    ):
        with pytest.raises(BadCursor):
            list_records(caller, "book", limit=2, cursor=cursor, **other)


@pytest.mark.parametrize(
    "sort",
    [
        ["nope"],
        ["extra"],
        ["tags"],
        ["place"],
        ["title.name"],
        ["shelf.nope"],
        [""],
        ["-"],
        ["title;drop table book"],
        ["\udcff"],
        ["title"] * 6,
        ["a." * 50 + "b"],
    ],
)
def test_a_sort_that_cannot_be_is_refused(reading: Reading, sort: list[str]) -> None:
    with pytest.raises(BadSort):
        list_records(reading.admin, "book", sort=sort)


@pytest.mark.parametrize(
    "fields",
    [
        ["nope"],
        ["title."],
        [".title"],
        ["shelf..name"],
        ["title\0"],
        ["\udcff"],
        [""],
        ["owner.manager.manager.manager.manager.manager.manager.name"],
        ["title"] * 201,
    ],
)
def test_fields_that_do_not_exist_are_refused(reading: Reading, fields: list[str]) -> None:
    with pytest.raises(BadField):
        list_records(reading.admin, "book", fields=fields)


@pytest.mark.parametrize("limit", [0, -1, 1001, 10**9])
def test_a_page_has_one_to_a_thousand_records(reading: Reading, limit: int) -> None:
    with pytest.raises(BadRequest):
        list_records(reading.admin, "book", limit=limit)


@pytest.mark.parametrize(
    "filter",
    [
        "(" * 10_000 + "price > 1" + ")" * 10_000,
        "not " * 10_000 + "in_print",
        "price > " + "1+" * 9_000 + "1",
        "nope = 1",
        "price ~ 1",
        "price >",
        "= 1",
        "price > 'x'",
        "title = 1",
        "DROP(title)",
        'title = "a\0b"',
        'title = "\udcff"',
        "price > 1; drop table book",
        "shelf.nope = 1",
        "title = 'a' or",
        "?1s = title",
        "a" * 30_000,
    ],
)
def test_a_filter_that_cannot_be_names_the_place(reading: Reading, filter: str) -> None:
    with pytest.raises(BadFilter) as caught:
        list_records(reading.admin, "book", filter=filter)
    assert 0 <= caught.value.data["position"] <= len(filter)


@pytest.mark.parametrize("text", ["' or 1=1 --", "\\", "%(env_user)s", "%s %d %%", '"§"', "$1", "{}", "');--", '´`"'])
def test_text_in_a_filter_is_only_ever_a_value(reading: Reading, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    id = str(uuid.uuid4())
    reading.run("insert into book (id, owner, title) values (%s, %s, %s) returning 1", [id, reading.ann, text])
    found = list_records(reading.admin, "book", filter=f'title = "{quoted}"', fields=["title"]).records
    reading.run("delete from book where id = %s returning 1", [id])
    assert [(record["id"], record["title"]) for record in found] == [(id, text)]


# Filters with what they mean of (price, pages), and whether each is compared, so that blank ones cannot fit.
FILTERS: list[tuple[str, Callable[[Decimal | None, int | None], bool], bool, bool]] = [
    ("price > 0", lambda price, _: price is not None and price > 0, True, False),
    ("3 = price", lambda price, _: price == 3, True, False),
    ("pages <= 1 and price < 10", lambda price, p: p == 1 and price is not None and price < 10, True, True),
    ("(price >= 3 and pages != 9) and pages != 8", lambda price, p: (price or 0) >= 3 and p is not None, True, False),
    ("price > 0 or pages = 1", lambda price, p: (price or 0) > 0 or p == 1, False, False),
    ("isblank(price)", lambda price, _: price is None, False, False),
    ("not isblank(price)", lambda price, _: price is not None, False, False),
    ("price + 1 > 0", lambda price, _: price is not None and price > -1, False, False),
]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filter=st.sampled_from(FILTERS),
    first=st.sampled_from(["price", "-price", "pages", "-pages"]),
    more=SORTS.map(lambda sort: sort[:3]),
    limit=st.integers(1, 30),
)
def test_pages_of_what_fits_are_the_sorted_list_of_it(
    reading: Reading, books: list[dict[str, Any]], filter: Any, first: str, more: list[str], limit: int
) -> None:
    text, fits, *_ = filter
    chosen = [book for book in books if fits(None if book["price"] is None else Decimal(book["price"]), book["pages"])]
    once: dict[str, str] = {}
    for key in (first, *more):
        once.setdefault(key.removeprefix("-"), key)
    sort = list(once.values())
    assert walk(reading, sort, limit, text) == oracle(chosen, sort)


@pytest.mark.parametrize("filter", FILTERS, ids=lambda filter: str(filter[0]))
def test_blank_records_are_looked_for_unless_the_filter_compares_the_field(reading: Reading, filter: Any) -> None:
    text, _, price, pages = filter
    parsed = parse_filter(reading.admin.rights, "book", text)
    assert parsed is not None
    assert [needs_value(parsed, (name,)) for name in ("price", "pages")] == [price, pages]
