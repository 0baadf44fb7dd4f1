"""The home page: figures that open their lists, one's own tasks with a tick, what changed; and without any metadata."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dougong_platform import records
from dougong_platform.query import get
from dougong_ui_builder.screens.dashboards.days import is_late, when_text
from dougong_ui_builder.screens.home.views import called, greeting
from one_day import on_one_day
from shelving import Person, Shelving, titles

WHOLE = "/?all=1"  # as those without JavaScript get it


def test_the_page_comes_at_once_and_each_widget_by_itself(ann: Person) -> None:
    page = ann.get("/").text
    assert len(re.findall(r'hx-get="/dashboards/~/widgets/[^"]+"', page)) == 6
    assert "Dear ones" in page
    assert "Book 128" not in page
    assert titles(ann.get("/dashboards/~/widgets/list_2", island=True).text)[0] == "Book 128"
    assert f'content="0; url={WHOLE}"' in page


def test_a_figure_opens_the_list_behind_it(ann: Person) -> None:
    page = ann.get(WHOLE).text
    found = re.search(r'title="Worth">Worth</h2>.*?<a href="([^"]+)" title="[^"]*">(¥[\d,.]+)<', page, re.DOTALL)
    assert found is not None
    listed = ann.get(found[1].replace("&amp;", "&")).text
    assert found[2] in listed
    assert "Open" in listed


def test_what_one_may_not_read_is_left_out(ann: Person, bob: Person) -> None:
    assert "Hidden cost" in ann.get("/").text
    assert "Hidden cost" not in bob.get("/").text


def test_the_day_shows_own_tasks_the_late_ones_marked(ann: Person) -> None:
    page = ann.get(WHOLE).text
    assert "To do" in page
    assert page.count("dg-task-time") == 6
    assert titles(page)[0] == "Book 128"  # the dearest open one
    assert re.search(r'dg-task-time dg-tabular dg-bad">', page)
    assert "Dear ones" in page
    assert "Changed lately" in page


def test_a_tick_finishes_a_task_and_can_be_undone(ann: Person, shelving: Shelving) -> None:
    found = re.search(r'action="/ui/home/done/book/([^"]+)"', ann.get(WHOLE).text)
    assert found is not None
    answer = ann.post(f"/ui/home/done/book/{found[1]}")
    assert answer.location == "/"
    assert get(shelving.admin, "book", found[1], ["state"])["state"] == "done"
    undo = re.search(r'data-undo="([^"]+)"', ann.get("/").text)
    assert undo is not None
    ann.post(undo[1])
    assert get(shelving.admin, "book", found[1], ["state"])["state"] != "done"


def test_only_what_the_home_names_can_be_ticked(ann: Person, bob: Person, shelving: Shelving) -> None:
    assert ann.post(f"/ui/home/done/shelf/{shelving.shelves[0]}").status_code == 404
    assert bob.post(f"/ui/home/done/book/{shelving.books[0]}").status_code in (303, 404)
    assert get(shelving.admin, "book", shelving.books[0], ["state"])["state"] == "late"


def test_others_changes_show_only_to_those_who_may_see_them(bob: Person, shelving: Shelving) -> None:
    records.update(shelving.admin, "book", [{"id": shelving.books[99], "note": "seen by few"}])
    assert "Book 099" not in bob.get(WHOLE).text


@pytest.mark.parametrize(("name", "short"), [("林晓雯", "晓雯"), ("周宁", "周宁"), ("Marco Rossi", "Marco"), ("", "")])
def test_people_are_called_by_their_given_name(name: str, short: str) -> None:
    assert called(name) == short


@pytest.mark.usefixtures("english")
def test_the_greeting_follows_the_clock() -> None:
    assert [greeting(hour) for hour in (4, 5, 12, 18)] == [
        "Good evening",
        "Good morning",
        "Good afternoon",
        "Good evening",
    ]


@pytest.mark.usefixtures("english")
def test_days_are_said_by_their_distance() -> None:
    _, said = on_one_day("UTC", lambda today: [when_text(str(today + timedelta(days=n))) for n in (-1, -3, 1)])
    assert said == ["Yesterday", "3 days late", "Tomorrow"]
    _, late = on_one_day("UTC", lambda today: [is_late(str(today + timedelta(days=n))) for n in (-1, 0)])
    assert late == [True, False]
    assert not is_late(None)
