"""Report pages without JavaScript: their list, a report with its numbers, what may be set, the records behind
a cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from dougong_platform import reports
from dougong_platform.access import rights_for
from dougong_platform.http.engine import Engine
from dougong_platform.own_documents import keeping
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.finding import find
from dougong_ui_builder.shell import build_shell
from shelving import Person, Shelving


@pytest.fixture
def ann(reader_of: Callable[[str], Person]) -> Person:
    return reader_of("ann")


@pytest.fixture
def bob(reader_of: Callable[[str], Person]) -> Person:
    return reader_of("bob")


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def lines(page: str) -> list[list[str]]:
    """The texts of the cells of the page's tables, row by row."""
    return [
        [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    ]


def cells(page: str) -> dict[str, str]:
    """The addresses of the records behind numbers, by the number."""
    found = re.findall(r'<a href="([^"]+/records[^"]*)" data-drawer[^>]*>(.*?)</a>', page)
    return {text_of(number): unescape(address) for address, number in found}


def test_reports_stand_under_their_folders(ann: Person) -> None:
    page = ann.get("/reports").text
    assert "7 reports" in text_of(page)
    assert [text_of(h) for h in re.findall(r'<h2 id="folder.*?</h2>', page)] == ["Reports 3", "Stock 4"]
    names = re.findall(r'<a href="/reports/(\w+)"', page)
    assert names == [
        "for_keepers",
        "what_they_cost",
        "late_books",
        "by_shelf",
        "shelf_by_state",
        "worth_then_and_now",
        "first_titles",
    ]
    assert "What stands where and what it is worth." in page
    assert 'href="/reports/new"' in page


def test_a_report_is_found_by_its_words(ann: Person) -> None:
    page = ann.get("/reports", q="STATE shel").text
    assert re.findall(r'<a href="/reports/(\w+)"', page) == ["shelf_by_state"]
    assert "No report is called “wombat”." in ann.get("/reports", q="wombat").text


def test_a_report_for_others_is_not_there(bob: Person) -> None:
    assert "for_keepers" not in bob.get("/reports").text
    assert bob.get("/reports/for_keepers").status_code == 404
    assert bob.get("/reports/no_such").status_code == 404


def test_a_summary_shows_its_rows_under_their_subtotals(ann: Person, counted: Shelving) -> None:
    page = ann.get("/reports/by_shelf").text
    shown = lines(page)
    answer = reports.run(counted.admin, find(counted.admin, "by_shelf").report)
    assert isinstance(answer, Answer)
    assert answer.total is not None
    assert shown[0] == ["Shelf › State", "Books", "Worth", "Worth · share", "Worth · running total", "Dearest"]
    assert [row[0] for row in shown[1:5]] == ["North", "Open", "Late", "Done"]
    assert [int(row[1]) for row in shown[1:-1]] == [row.all[0] for row in answer.rows]
    assert shown[-1][:2] == ["Total", str(answer.total.all[0])]
    assert "<dg-chart" in page


def test_a_matrix_has_heads_over_two_levels(ann: Person) -> None:
    shown = lines(ann.get("/reports/shelf_by_state").text)
    assert shown[0] == ["Shelf", "Open", "Late", "Done", "Total"]
    assert shown[1][:2] == ["2026 W01", "2026 W02"]
    assert set(shown[2]) == {"Books", "Worth"}
    assert [row[0] for row in shown[3:]] == ["North", "South", "东北岸", "Total"]


def test_a_comparison_shows_before_and_change(ann: Person) -> None:
    page = ann.get("/reports/worth_then_and_now").text
    assert lines(page)[0] == ["State", "Worth", "Worth · earlier period", "Worth · change"]
    assert re.search(r'dg-report-change dg-ok">.*?up ', page)
    assert re.search(r'dg-report-change dg-bad">.*?down ', page)


def test_every_number_of_a_summary_opens_to_exactly_its_records(ann: Person) -> None:
    page = ann.get("/reports/by_shelf").text
    seen = 0
    for row in re.findall(r"<tr.*?</tr>", page.split("<tbody>")[1], re.DOTALL):
        (count, address), *_ = cells(row).items()
        found = ann.get(address)
        assert found.status_code == 200
        assert f"{count} record" in text_of(found.text)
        names = re.findall(r'<a href="/o/book/[^"]+">', found.text)
        assert len(names) == min(int(count), 50), address
        seen += 1
    assert seen == 13


def test_records_come_as_a_drawer_for_a_page_and_as_a_page_of_their_own(ann: Person) -> None:
    address = cells(ann.get("/reports/by_shelf").text.split("<tbody>")[1])["¥2,157"]
    whole, drawer = ann.get(address).text, ann.get(address, island=True).text
    assert "<html" in whole
    assert "<html" not in drawer
    assert "32 records · Worth ¥2,157" in text_of(drawer)
    assert "North" in text_of(drawer)
    as_list = unescape(re.findall(r'href="(/o/book\?filter=[^"]+)"', drawer)[0])
    assert "32 records" in ann.get(as_list).text
    assert lines(drawer)[0] == ["Title", "Price", "Due", "State"]  # all stand on the same shelf


def test_what_is_set_stays_in_the_address(ann: Person, counted: Shelving) -> None:
    page = ann.get("/reports/by_shelf", period="custom", **{"from": "2026-01-01", "to": "2026-01-10"}).text
    assert 'value="2026-01-01"' in page
    assert "dg-report-chip dg-on" in page
    addresses = list(cells(page).values())
    assert addresses
    assert all("period=2026-01-01..2026-01-10" in address for address in addresses)
    assert lines(page)[-1][1] == str(
        counted.run("select count(*) from book where due between '2026-01-01' and '2026-01-10'")[0][0]
    )
    assert 'href="/reports/by_shelf/export.csv?period=2026-01-01..2026-01-10"' in page


def test_an_owner_may_be_chosen(ann: Person, counted: Shelving) -> None:
    mine = lines(ann.get("/reports/by_shelf", owner=counted.ann).text)
    assert mine == lines(ann.get("/reports/by_shelf").text)
    nobody = ann.get("/reports/by_shelf", owner=counted.bob).text
    assert "No matching records" in nobody
    assert "Set here: Owner: Bob." in text_of(nobody)
    assert 'href="/reports/by_shelf"' in nobody


def test_a_head_sorts_and_turns_round(ann: Person) -> None:
    page = ann.get("/reports/worth_then_and_now").text
    address = re.findall(r'<th [^>]*><a href="([^"]+)"[^>]*>Worth', page)[0]
    assert address == "/reports/worth_then_and_now?sort=-worth"
    largest = [row[0] for row in lines(ann.get(address).text)[1:-1]]
    smallest = [row[0] for row in lines(ann.get("/reports/worth_then_and_now", sort="worth").text)[1:-1]]
    assert largest == ["Open", "Done", "Late"]
    assert smallest == largest[::-1]
    assert 'aria-sort="descending"' in ann.get(address).text


def test_a_list_links_its_records_and_goes_on(ann: Person) -> None:
    page = ann.get("/reports/late_books").text
    shown = lines(page)
    assert shown[0] == ["Title", "Shelf", "Price", "Due", "Owner"]
    assert [row[0] for row in shown[1:4]] == ["Book 125", "Book 120", "Book 115"]
    assert shown[1][1:] == ["东北岸", "¥125", "2026-01-14", "A Ann"]
    assert shown[-1] == ["Total", "", "¥1,625", "", ""]
    assert "26 records" in text_of(page)
    by_title = ann.get("/reports/late_books", sort="title").text
    assert lines(by_title)[1][0] == "Book 000"
    assert 'aria-sort="ascending"' in by_title


def test_a_report_over_what_one_may_not_know_says_so(bob: Person) -> None:
    page = bob.get("/reports/what_they_cost")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "<table" not in page.text.split('id="body"')[1].split("dg-drawer")[0]


def test_others_see_their_own_numbers(bob: Person) -> None:
    page = bob.get("/reports/by_shelf").text
    assert "No matching records" in page
    assert "No record fits this report." in page


def test_it_is_told_how_a_report_is_worked_out(ann: Person, counted: Shelving) -> None:
    told = text_of(ann.get("/reports/by_shelf/explain", island=True, owner=counted.ann).text)
    for words in (
        "Records Books",
        "Set by you Owner: Ann",
        "Period Due: 2026-01-08 – 2026-01-28",
        "Rows by Shelf, State",
        "Books Number of records",
        "Worth Sum of Price",
        "Dearest Largest Price",
    ):
        assert words in told
    assert "Only those where State is Late" in text_of(ann.get("/reports/late_books/explain").text)


def test_a_wrong_setting_is_answered_in_words(ann: Person) -> None:
    page = ann.get("/reports/by_shelf", period="some_day")
    assert page.status_code == 200
    assert "“some_day” is no period" in unescape(page.text)
    assert ann.get("/reports/by_shelf/records", row="{").status_code == 400
    assert ann.get("/reports/by_shelf/records", row='["no", "such", "cell"]').status_code == 400
    assert ann.get("/reports/by_shelf/records", value="nothing").status_code == 400


def test_it_may_be_opened_to_be_printed(ann: Person) -> None:
    assert "<dg-print>" in ann.get("/reports/by_shelf", print="1").text
    assert "<dg-print>" not in ann.get("/reports/by_shelf").text


def test_hostile_words_stay_words(ann: Person) -> None:
    page = ann.get("/reports/by_shelf", where='title = "<script>alert(1)</script>"', sort='"><script>').text
    assert "<script>alert" not in page
    assert '"><script>' not in page


def test_without_an_app_the_navigation_leads_to_reports(counted: Shelving, counted_app: Engine) -> None:
    model = replace(counted.admin.model, apps={})
    rights = rights_for(model, (), True)
    caller = replace(counted.admin, release=replace(counted.admin.release, model=model), rights=rights)
    with counted_app.test_request_context("/reports/by_shelf"):
        links = [link for group in build_shell(caller, "/reports/by_shelf").groups for link in group.links]
    assert [(link.url, link.current) for link in links if link.object is None] == [("/", False), ("/reports", True)]


def test_a_report_without_groups_is_one_line(ann: Person) -> None:
    page = ann.get("/reports/for_keepers").text
    assert lines(page)[1] == ["All records", "130"]


def test_records_of_the_earlier_period_say_so(ann: Person) -> None:
    page = ann.get("/reports/worth_then_and_now").text
    drawer = text_of(ann.get(cells(page)["¥820"], island=True).text)
    assert "Worth · earlier period ¥820" in drawer
    assert "2026-01-13" in drawer
    assert "2026-01-15" not in drawer


def test_what_is_left_out_is_said(ann: Person) -> None:
    page = ann.get("/reports/first_titles").text
    shown = lines(page)
    assert len(shown) == 7
    assert shown[-1] == ["Total", "130"]
    assert re.search(r'<div class="dg-note dg-warn" role="status">', page)


def test_an_own_report_stands_with_its_owner_and_says_when_it_fits_no_more(ann: Person, counted: Shelving) -> None:
    body = {"object": "book", "rows": ["state"], "values": {"n": "COUNT()"}}
    kept = keeping.create(counted.admin, "report", "Kept by Ann", body)
    page = ann.get("/reports").text
    assert "My reports 1" in text_of(page)
    assert re.search(rf'href="/reports/{kept.id}">Kept by Ann</a>', page)
    assert "Own report" in ann.get(f"/reports/{kept.id}").text
    assert lines(ann.get(f"/reports/{kept.id}").text)[-1] == ["Total", "130"]
    counted.run("update _own_document set body = %s where id = %s returning 1", ['{"object": "gone"}', kept.id])
    broken = ann.get("/reports").text
    assert "Needs repair" in broken
    assert f'href="/reports/{kept.id}/edit"' in broken
