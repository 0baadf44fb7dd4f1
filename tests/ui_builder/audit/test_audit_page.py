"""The page of the audit log without JavaScript: sentences by day, a filter, pages, and how long they are kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dougong_tenants import audit, people
from dougong_tenants.audit.retention import retention
from dougong_tenants.people import create_user
from reading import PASSWORD
from shelving import Person, Shelving

PAGE = "/builder/audit"
MANY = 120


@pytest.fixture(scope="module", autouse=True)
def log(shelving: Shelving) -> None:
    """Many exports by Bob, and one entry of long ago that holds markup."""
    about = {"rows": 312, "filter": "pages > 5", "columns": ["title"], "complete": True}
    with shelving.database.transaction(shelving.tenant) as tx:
        for _ in range(MANY):
            audit.note(tx, "export.made", actor=shelving.bob, target_kind="object", target="book", details=about)
    with shelving.database.owner(shelving.tenant) as connection:
        connection.execute(
            "insert into _audit (at, action, target_kind, label, details) values (%s, %s, %s, %s, %s)",
            ["2020-02-03T23:30:00Z", "shelf.built", "shelf", "<b>&'old'", {"odd": "<script>1</script>"}],
        )


def said(answer: TestResponse) -> list[str]:
    """The sentences on the page."""
    found = re.findall(r'class="dg-audit-said">(.*?)</span><span class="dg-meta', answer.text, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in found]


def link(answer: TestResponse, words: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<svg(?:(?!</svg>).)*</svg>)?{re.escape(words)}', answer.text, re.DOTALL)
    assert found is not None, words
    return html.unescape(found[1])


def test_entries_are_sentences_with_the_names_of_people_and_objects(ann: Person) -> None:
    answer = ann.get(PAGE, action="export.made")
    assert said(answer) == ["Bob exported 312 rows of Books"] * 50
    assert "pages &gt; 5" in answer.text
    assert ">120<" in answer.text


def test_the_same_in_chinese(ann: Person, shelving: Shelving) -> None:
    people.update_user(shelving.database, shelving.tenant, shelving.ann, {"locale": "zh"})
    answer = ann.get(PAGE, action="data")
    people.update_user(shelving.database, shelving.tenant, shelving.ann, {"locale": "en"})
    assert said(answer)[0] == "Bob 导出了 312 条图书"
    assert "审计日志" in answer.text
    assert "筛选条件" in answer.text


def test_what_changed_unfolds_as_before_and_after(ann: Person, shelving: Shelving) -> None:
    ann.post(f"/builder/people/{shelving.cat}", name="Cat", email="cat@library.test", title="Binder")
    answer = ann.get(PAGE, person=shelving.cat)
    assert said(answer)[0] == "Ann changed Job title of Cat"
    row = re.search(r'<th scope="row">Job title</th>.*?</tr>', answer.text, re.DOTALL)
    assert row is not None
    assert "<ins" in row[0]
    assert "Binder" in row[0]


def test_pages_lead_from_the_newest_to_the_oldest_and_back(ann: Person) -> None:
    first = ann.get(PAGE, action="export.made")
    second = ann.get(link(first, "Older entries"))
    third = ann.get(link(second, "Older entries"))
    assert [len(said(page)) for page in (first, second, third)] == [50, 50, 20]
    assert "That is all." in third.text
    assert link(third, "To the newest") == f"{PAGE}?action=export.made"
    stale = ann.get(PAGE, action="people", cursor="of another question")
    assert stale.status_code == 200


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"q": "shelf.built"}, 1),
        ({"q": "nothing like it"}, 0),
        ({"from": "2020-02-04", "to": "2020-02-04"}, 1),
        ({"from": "2020-02-05", "to": "2020-02-05"}, 0),
        ({"person:text": "bob", "action": "export.made"}, 50),
        ({"target": "book"}, 50),
    ],
)
def test_the_filter_works_by_a_plain_form(ann: Person, asked: dict[str, str], count: int) -> None:
    answer = ann.get(PAGE, **asked)
    assert len(said(answer)) == count
    if not count:
        assert "Nothing like that was noted" in answer.text
    assert "Show everything" in answer.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"person:text": "Nobody Atall"}, "Nobody, or more than one"),
        ({"from": "yesterday"}, "must be a day"),
        ({"person": "1'--"}, "Entries"),
        ({"action": "\0<script>"}, "Nothing like that"),
        ({"q": "%' or 1=1 --" * 40}, "Nothing like that"),
    ],
)
def test_a_filter_that_cannot_be_is_told_and_left_out(ann: Person, asked: dict[str, str], told: str) -> None:
    answer = ann.get(PAGE, **asked)
    assert answer.status_code == 200
    assert told in answer.text


def test_what_was_noted_is_text_and_never_markup(ann: Person) -> None:
    answer = ann.get(PAGE, q="shelf.built")
    assert "<script>1" not in answer.text
    assert "&lt;b&gt;&amp;" in answer.text


def test_the_export_button_takes_the_filter_along(ann: Person) -> None:
    answer = ann.get(PAGE, action="export.made", q="312", **{"from": "2020-01-01"})
    file = ann.get(link(answer, "Export"))
    assert file.content_type.startswith("text/csv")
    assert file.text.count("Bob exported") == MANY


def test_only_who_may_read_the_log_sees_page_and_navigation(
    shelving: Shelving, ann: Person, person: Callable[[str], Person]
) -> None:
    values = {"name": "Kim", "email": "kim@library.test"}
    create_user(shelving.database, shelving.tenant, values, password=PASSWORD, permission_sets=["keeper"])
    kim = person("kim")
    assert kim.get(PAGE).status_code == 403
    assert kim.post(f"{PAGE}/keep", days="30").status_code == 403
    assert PAGE not in kim.get("/builder/people").text
    assert f'href="{PAGE}"' in ann.get("/builder/people").text


def days_kept(shelving: Shelving) -> int | None:
    return retention(shelving.database, shelving.tenant).days


def test_a_shorter_time_is_asked_about_before_it_holds(ann: Person, shelving: Shelving) -> None:
    assert days_kept(shelving) == 730
    asked = ann.post(f"{PAGE}/keep", days="365")
    assert "1 entry is older than 365 days" in asked.text
    assert days_kept(shelving) == 730
    ann.post(f"{PAGE}/keep", days="365", sure="yes")
    assert days_kept(shelving) == 365
    assert said(ann.get(PAGE, action="policy.changed"))[0] == "Ann changed the policy: keeping of the audit"


def test_a_longer_time_holds_at_once(ann: Person, shelving: Shelving) -> None:
    for given, days in (("1825", 1825), ("ever", None)):
        ann.post(f"{PAGE}/keep", days=given)
        assert days_kept(shelving) == days
    assert "For ever" in ann.get(PAGE).text


@pytest.mark.parametrize("given", ["", "0", "29", "soon", "99999999999", "-5", "１２３"])
def test_a_time_that_cannot_be_is_refused_in_place(ann: Person, shelving: Shelving, given: str) -> None:
    before = days_kept(shelving)
    answer: Any = ann.post(f"{PAGE}/keep", days=given, sure="yes")
    assert answer.status_code == 422
    assert "30 to 36500 days" in answer.text
    assert days_kept(shelving) == before
