"""The search page and the palette's records: grouped, marked, Chinese included, never more than one may see."""

from __future__ import annotations

import pytest

from dougong_ui_builder.screens.search.marking import marked
from shelving import Person


def test_hits_are_grouped_by_object_and_marked(ann: Person) -> None:
    page = ann.get("/search", q="book 007").text
    assert "<mark>Book</mark> <mark>007</mark>" in page
    assert "Books" in page


def test_chinese_is_found_inside_words(ann: Person) -> None:
    page = ann.get("/search", q="北岸").text
    assert "东<mark>北岸</mark>" in page
    page = ann.get("/search", q="洁净").text
    assert "Book 007" in page
    assert "<mark>洁净</mark>" in page


def test_one_object_can_be_asked_alone(ann: Person) -> None:
    page = ann.get("/search", q="book", object="shelf").text
    assert "Nothing found" in page
    assert "Search all objects" in page
    assert "<mark>Book</mark> 0" in ann.get("/search", q="book", object="nothing").text


def test_nobody_finds_what_is_not_his(bob: Person) -> None:
    assert "Nothing found" in bob.get("/search", q="book").text
    assert "/o/book/0" not in bob.get("/ui/jump", q="book", island=True).text


def test_the_palette_offers_records_creation_and_the_page(ann: Person) -> None:
    for path in ("/ui/jump", "/ui/search"):
        options = ann.get(path, q="book 00", island=True).text
        assert options.count('role="option"') == 10  # eight records, creating, searching
        assert "New Book “book 00”" in options
        assert 'href="/search?q=book%2000"' in options or 'href="/search?q=book+00"' in options


@pytest.mark.parametrize("question", ["", " ", "%", "'", "<script>", "a" * 5000, "\x00", "&|!:*", "🙂"])
def test_any_question_gets_a_page(ann: Person, question: str) -> None:
    page = ann.get("/search", q=question)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert ann.get("/ui/jump", q=question, island=True).status_code == 200


def test_marks_escape_what_they_hold() -> None:
    shown = marked("<b>A&B</b> ab", ["ab", "b"])
    assert shown == "&lt;<mark>b</mark>&gt;A&amp;<mark>B</mark>&lt;/<mark>b</mark>&gt; <mark>ab</mark>"
    assert marked("ＡＢＣ", ["abc"]) == "<mark>ＡＢＣ</mark>"
    assert marked("nothing", []) == "nothing"
