"""The list without JavaScript: rows, pages, views, order, columns, totals, what is shown when there is nothing."""

from __future__ import annotations

import re

from shelving import BOOKS, Person, Shelving, titles


def test_a_list_shows_its_views_rows_count_and_sum(ann: Person) -> None:
    page = ann.get("/o/book").text
    assert titles(page)[:2] == ["Book 000", "Book 001"]
    assert f"{BOOKS} records" in page
    assert "¥8,385" in page  # 0 + 1 + … + 129
    for view in ("All", "Open ones", "Mine"):
        assert view in page
    assert "North" in page
    assert ">Ann<" in page


def test_pages_follow_one_another_by_a_link(ann: Person) -> None:
    seen: list[str] = []
    address = "/o/book?sort=-price"
    while address:
        page = ann.get(address).text
        seen += titles(page)
        found = re.search(r'class="dg-btn dg-btn-quiet dg-load-more" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"Book {n:03}" for n in reversed(range(BOOKS))]


def test_scrolling_brings_rows_alone(ann: Person) -> None:
    address = re.search(r'hx-get="(/o/book\?cursor[^"]+)"', ann.get("/o/book").text)
    assert address is not None
    rows = ann.get(address[1].replace("&amp;", "&"), island=True).text
    assert "<html" not in rows
    assert titles(rows)[0] == "Book 050"


def test_a_view_filters_sorts_and_says_so(ann: Person) -> None:
    page = ann.get("/o/book", view="book_open").text
    shown = titles(page)
    assert shown[0] == "Book 128"
    assert "Book 049" not in shown
    assert "Open, Late" in page  # the chip, by the values' labels
    assert "≥" in page
    assert "unsaved changes" not in page


def test_the_address_overrules_the_view(ann: Person) -> None:
    page = ann.get("/o/book", view="book_open", filter="price = 3", columns="title,shelf.room", sort="title").text
    assert titles(page) == ["Book 003"]
    assert "Shelf · Room" in page
    assert "unsaved changes" in page


def test_a_head_sorts_and_turns_round(ann: Person) -> None:
    page = ann.get("/o/book").text
    assert 'href="/o/book?sort=-price"' in page  # numbers begin with the largest
    assert 'href="/o/book?sort=-title"' in page  # sorted by it already: turned round
    assert re.search(r'aria-sort="ascending"><a href="/o/book\?sort=-title"', page)


def test_numbers_on_tabs_and_late_sums_come_after_the_page(ann: Person) -> None:
    figures = ann.get("/o/book/list/figures?totals=1", island=True).text
    assert re.search(r'id="count-book_all"[^>]*>130<', figures)
    assert re.search(r'id="count-book_mine"[^>]*>\d+<', figures)
    assert "¥8,385" in figures


def test_a_reader_sees_own_records_and_no_hidden_column(bob: Person) -> None:
    page = bob.get("/o/book", columns="title,cost,pages")
    assert "No Books yet" in page.text
    assert "Cost" not in page.text
    made = bob.get("/o/book", filter="cost = 1").text
    assert "is not a field" in made or "not a field" in made  # as if it did not exist
    assert "Clear the filter" in made


def test_nothing_matches_names_the_filter_and_offers_to_clear_it(ann: Person) -> None:
    page = ann.get("/o/book", filter="price > 9999").text
    assert "Nothing matches" in page
    assert "Filtered by: Price &gt; ¥9,999." in page


def test_an_unknown_object_is_not_found_and_a_hidden_one_refused(ann: Person, bob: Person) -> None:
    assert ann.get("/o/nothing").status_code == 404
    assert bob.get("/o/team").status_code == 200


def test_a_wrong_filter_is_told_and_the_page_stays(ann: Person) -> None:
    page = ann.get("/o/book", filter="price >")
    assert page.status_code == 200
    assert "The filter is wrong" in page.text


def test_columns_are_chosen_in_their_order(ann: Person, shelving: Shelving) -> None:
    panel = ann.get("/o/book/list/columns").text
    assert 'value="shelf.room"' in panel
    answer = ann.post("/o/book/list/columns", columns=["price", "title", "nothing"])
    assert answer.location == "/o/book?columns=price%2Ctitle"
    assert "2 dollars" not in ann.get(answer.location).text


def test_several_keys_sort(ann: Person) -> None:
    answer = ann.post("/o/book/list/sort", path=["state", "price", ""], direction=["asc", "desc", "asc"])
    assert answer.location == "/o/book?sort=state%2C-price"
    shown = titles(ann.get(answer.location).text)
    assert shown[0] == "Book 129" or shown[0] == "Book 125"


def test_files_of_the_list_carry_its_filter(ann: Person) -> None:
    page = ann.get("/o/book", filter="price < 2").text
    address = re.search(r'href="(/api/v1/records/book/export\?format=csv[^"]+)"', page)
    assert address is not None
    csv = ann.get(address[1].replace("&amp;", "&")).text
    assert "Book 001" in csv
    assert "Book 002" not in csv
