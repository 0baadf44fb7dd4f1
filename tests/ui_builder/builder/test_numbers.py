"""Reports and dashboards in the builder's forms, without JavaScript: shown, sent back unchanged, changed, refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_metadata.report_words import PERIODS
from dougong_platform.releases import draft as drafts
from dougong_platform.reports.periods import LABELS
from reading import Reading
from support.reported import body, text_of_all

REPORTS = ("by_trade", "listed", "crossed", "stages", "steps", "back_again", "then", "won")
DASHBOARD = "/builder/dashboards/overview"


@pytest.fixture(autouse=True)
def documents(reading: Reading) -> Iterator[None]:
    drafts.discard(reading.database, reading.tenant)
    drafts.put(reading.database, reading.tenant, read_documents(text_of_all()), by=reading.ann)
    yield
    drafts.discard(reading.database, reading.tenant)


def now(reading: Reading, kind: str, name: str) -> dict[str, Any]:
    """The body as the draft has it."""
    found = drafts.get(reading.database, reading.tenant, kind, name)[0].json()
    return {key: value for key, value in found.items() if key not in ("kind", "name")}


def meant(kind: str, name: str, given: dict[str, Any]) -> Any:
    """What the compiler makes of the body."""
    others = [one for one in read_documents(text_of_all()) if one.key != (kind, name)]
    document = type(others[0])(kind, name, given)
    made = compile_model([*others, document])
    return (made.reports if kind == "report" else made.dashboards)[name]


def test_both_kinds_are_listed(administrator: Any) -> None:
    assert "by_trade" in administrator.get("/builder/reports").text
    assert "overview" in administrator.get("/builder/dashboards").text
    assert "/builder/reports" in administrator.get("/builder").text


@pytest.mark.parametrize("name", REPORTS)
def test_a_reports_form_sent_back_as_it_came_means_the_same(name: str, administrator: Any, reading: Reading) -> None:
    path = f"/builder/reports/{name}/form"
    assert administrator.post(path, administrator.form(path)).status_code == 303
    assert meant("report", name, now(reading, "report", name)) == meant("report", name, body(name))


def test_a_dashboards_form_sent_back_as_it_came_means_the_same(administrator: Any, reading: Reading) -> None:
    assert administrator.post(DASHBOARD, administrator.form(DASHBOARD)).status_code == 303
    assert meant("dashboard", "overview", now(reading, "dashboard", "overview")) == meant(
        "dashboard", "overview", body("overview")
    )


def test_a_widget_is_added_its_type_shows_its_inputs_and_it_is_saved(administrator: Any, reading: Reading) -> None:
    form = administrator.form(DASHBOARD)
    form["@do"] = "add b/widgets"
    page = administrator.post(DASHBOARD, form)
    assert page.status_code == 200
    at = len(body("overview")["widgets"])
    form = administrator.inputs(page.text)
    assert f"b/widgets/{at}/v/type" in form
    form[f"b/widgets/{at}/@"], form[f"b/widgets/{at}/v/type"] = "more", "leaderboard"
    form["@do"] = f"show b/widgets/{at}/v"
    form = administrator.inputs(administrator.post(DASHBOARD, form).text)
    assert f"b/widgets/{at}/v/limit" in form
    form[f"b/widgets/{at}/v/report"] = "by_trade"
    for cell, number in enumerate((0, 30, 4, 5)):
        form[f"b/widgets/{at}/v/at/{cell}"] = str(number)
    assert administrator.post(DASHBOARD, form).status_code == 303
    assert now(reading, "dashboard", "overview")["widgets"]["more"] == {
        "type": "leaderboard",
        "at": [0, 30, 4, 5],
        "report": "by_trade",
    }


def test_a_widget_of_another_type_leaves_behind_what_only_the_old_one_had(administrator: Any, reading: Reading) -> None:
    form = administrator.form(DASHBOARD)
    row = list(body("overview")["widgets"]).index("best")
    form[f"b/widgets/{row}/v/type"] = "table"
    assert administrator.post(DASHBOARD, form).status_code == 303
    assert now(reading, "dashboard", "overview")["widgets"]["best"] == {
        "type": "table",
        "report": "by_trade",
        "limit": 5,
        "at": [8, 7, 4, 4],
    }


def test_what_is_wrong_stands_at_its_input(administrator: Any, reading: Reading) -> None:
    form = administrator.form(DASHBOARD)
    row = list(body("overview")["widgets"]).index("revenue")
    form[f"b/widgets/{row}/v/value"], form[f"b/widgets/{row}/v/at/2"] = "wrth", "13"
    answer = administrator.post(DASHBOARD, form)
    assert answer.status_code == 422
    assert f'href="#b-widgets-{row}-v-value"' in answer.text
    assert f'id="b-widgets-{row}-v-at"' in answer.text
    form = administrator.form("/builder/reports/by_trade/form")
    form["b/values/1/v/value"] = "SUM(totl)"
    answer = administrator.post("/builder/reports/by_trade/form", form)
    assert answer.status_code == 422
    assert "did you mean" in answer.text or "您是指" in answer.text


def test_a_new_dashboard_may_begin_empty(administrator: Any, reading: Reading) -> None:
    form = administrator.form("/builder/dashboards/new")
    form["@name"], form["b/label/en"] = "fresh", "Fresh"
    assert administrator.post("/builder/dashboards/new", form).status_code == 303
    assert now(reading, "dashboard", "fresh") == {"label": {"en": "Fresh"}}


def test_the_words_of_periods_are_those_that_the_engine_knows_and_are_offered(administrator: Any) -> None:
    assert set(PERIODS) == set(LABELS)
    page = administrator.get(DASHBOARD).text
    assert all(f'<option value="{word}">' in page for word in PERIODS)


def test_a_report_knows_where_it_is_used(administrator: Any) -> None:
    assert "widgets.revenue.report" in administrator.get("/builder/reports/by_trade/uses").text


@pytest.mark.parametrize(
    ("yields", "text", "right"),
    [
        ("aggregate", "SUM(total) / COUNT(lines)", True),
        ("aggregate", "worth / n", True),
        ("aggregate", "SUM(totl)", False),
        ("aggregate", "SUM(", False),
        ("elsewhere", "worth > 5 and n < 3", True),
        ("elsewhere", "worth >", False),
        ("filter", 'STOOD(stage, "open", TODAY())', True),
        ("condition", 'STOOD(stage, "open", TODAY())', False),
    ],
)
def test_expressions_of_reports_are_checked_while_they_are_typed(
    yields: str, text: str, right: bool, administrator: Any
) -> None:
    given = {"text": text, "object": "purchase", "yields": yields}
    token = administrator.form("/builder/reports/by_trade/form")["csrf_token"]
    answer = administrator.http.post(
        "/builder/check-expression", json=given, headers={"X-CSRF-Token": token, "Origin": "http://localhost"}
    )
    assert answer.json["ok"] is right, answer.json
