"""The report builder without JavaScript: a plain form whose buttons change the report, under the person's rights."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from order_desk import builder_of, desk, desk_app  # noqa: F401  # fixtures
from shelving import Person

pytestmark = pytest.mark.usefixtures("desk")
NEW = "/reports/new"


@pytest.fixture(scope="module")
def ann(builder_of: Callable[[str], Person]) -> Person:  # noqa: F811  # the fixture
    return builder_of("ann")


@pytest.fixture(scope="module")
def bob(builder_of: Callable[[str], Person]) -> Person:  # noqa: F811  # the fixture
    return builder_of("bob")


def carried(page: str) -> dict[str, Any]:
    """The body that a page carries."""
    found = re.search(r'name="body" value="(.*?)"', page, re.DOTALL)
    assert found is not None, page[:3000]
    body = json.loads(html.unescape(found[1]))
    assert isinstance(body, dict)
    return body


def press(who: Person, body: dict[str, Any], do: str, address: str = NEW, **form: Any) -> dict[str, Any]:
    answer = who.post(address, body=json.dumps(body), do=do, **form)
    assert answer.status_code == 200, answer.text[-2000:]
    return carried(answer.text)


def test_one_begins_with_an_object(ann: Person) -> None:
    page = ann.get(NEW).text
    assert "What is the report about?" in page
    assert 'href="/reports/new?object=order"' in page
    page = ann.get(NEW, object="order").text
    assert carried(page)["object"] == "order"
    assert "Number of records" in page


def test_an_object_that_one_may_not_read_is_not_offered(bob: Person) -> None:
    page = bob.get(NEW).text
    assert "object=order_line" not in page
    assert "<h1" in bob.get(NEW, object="nothing").text
    assert "Secret cost" not in bob.get(NEW, object="order").text


def test_buttons_build_a_matrix_and_it_runs(ann: Person) -> None:
    body = carried(ann.get(NEW, object="order").text)
    body = press(ann, body, "add:auto:shop.region")
    assert body["rows"] == ["shop.region"]
    body = press(ann, body, "add:columns:signed_on")
    assert body["type"] == "matrix"
    body = press(ann, body, "add:values:total", item="columns.0", **{"columns.0.every": "quarter"})
    assert body["columns"] == [{"by": "signed_on", "every": "quarter"}]
    assert list(body["values"]) == ["n", "total"]
    page = ann.post(NEW, body=json.dumps(body), do="preview").text
    assert "East" in page
    assert "Q1" in page or "2026" in page
    assert "Unsaved changes" in page


def test_the_island_gets_parts_alone(ann: Person) -> None:
    body = carried(ann.get(NEW, object="order").text)
    parts = ann.post(NEW, island=True, body=json.dumps(body), do="add:rows:stage").text
    assert "<html" not in parts
    assert 'id="rd-palette"' not in parts
    assert carried(parts)["rows"] == ["stage"]
    assert 'id="rd-palette"' in ann.post(NEW, island=True, body=json.dumps(body), do="open:shop").text
    shown = ann.post(NEW, island=True, body=json.dumps(carried(parts)), do="preview").text
    assert "Offered" in shown
    assert 'name="body"' not in shown


def test_filters_are_lines_of_the_same_form(ann: Person) -> None:
    body = carried(ann.get(NEW, object="order").text)
    answer = ann.post(NEW, body=json.dumps(body), do="add:where:stage", part="where").text
    assert 'name="0.path"' in answer
    line = {"items": "0", "0.path": "stage", "0.was": "stage", "0.op": "in", "0.value": ["won"]}
    body = press(ann, body, "draw", part="where", joined="all", **line)
    assert body["where"] == 'stage = "won"'
    body = press(ann, body, "where:formula", part="where", joined="all", **line)
    body = press(ann, body, "draw", part="where", formula="COUNT(lines, qty > 1) > 0")
    assert body["where"] == "COUNT(lines, qty > 1) > 0"
    page = ann.post(NEW, body=json.dumps(body), do="draw", part="where", formula="stagy = 1").text
    assert "Did you mean" in page


def test_what_is_wrong_is_said_at_the_item_that_causes_it(ann: Person) -> None:
    body = carried(ann.get(NEW, object="order").text)
    body = press(ann, body, "formula")
    page = ann.post(
        NEW, body=json.dumps(body), do="draw", item="values.formula", **{"values.formula.text": "n / nothing"}
    )
    assert page.status_code == 200
    chip = page.text[page.text.index('data-id="values.formula"') :]
    assert "dg-broken" in page.text
    assert "nothing" in chip[: chip.index("</li>")]
    assert "Not ready to run yet" in page.text


def test_a_formula_and_a_sum_of_related_records_run(ann: Person) -> None:
    body = carried(ann.get(NEW, object="order").text)
    body = press(ann, body, "add:rows:shop.region")
    body = press(ann, body, "add:values:lines.amount")
    assert body["values"]["amount"]["value"] == "SUM(lines.amount)"
    assert body["values"]["amount"]["label"] == {"en": "Order lines: Amount, sum", "zh": "订单行：金额合计"}
    body = press(ann, body, "formula")
    body = press(ann, body, "draw", item="values.formula", **{"values.formula.text": "amount / n"})
    page = ann.post(NEW, body=json.dumps(body), do="preview").text
    assert "144" in page  # 0 + 2 + … + 22, and one for each of twelve
    assert "dg-broken" not in page


@pytest.mark.parametrize("kind", ["list", "summary", "matrix", "funnel", "cohort", "trend", "win_loss"])
def test_every_type_has_a_panel_and_an_answer_or_a_reason(ann: Person, kind: str) -> None:
    body = carried(ann.get(NEW, object="order").text)
    body = press(ann, body, f"type:{kind}")
    answer = ann.post(NEW, body=json.dumps(body), do="preview")
    assert answer.status_code == 200
    assert f'id="rd-type-{kind}" aria-pressed="true"' in answer.text


def test_it_is_saved_opened_changed_and_deleted(ann: Person) -> None:
    body = press(ann, carried(ann.get(NEW, object="order").text), "add:rows:stage")
    nameless = ann.post(NEW, body=json.dumps(body), do="save", part="title", label=" ")
    assert nameless.status_code == 422
    assert "Give the report a name." in nameless.text
    saved = ann.post(NEW, body=json.dumps(body), do="save", part="title", label="Orders by stage")
    assert saved.status_code == 303, saved.text[-3000:]
    address = saved.location + "/edit"
    page = ann.get(address).text
    assert 'value="Orders by stage"' in page
    assert "Unsaved changes" not in page
    body = press(ann, carried(page), "add:values:total", address)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    again = ann.post(address, body=json.dumps(body), do="save", part="title", label="By stage", version=version[1])
    assert again.status_code == 303
    page = ann.get(address).text
    assert list(carried(page)["values"]) == ["n", "total"]
    late = ann.post(address, body=json.dumps(body), do="save", part="title", label="Mine", version=version[1])
    assert late.status_code == 409
    assert "Keep mine" in late.text
    theirs = re.search(r'name="version" value="(\d+)"', late.text)
    assert theirs is not None
    kept = ann.post(address, body=json.dumps(body), do="save", part="title", label="Mine", version=theirs[1])
    assert kept.status_code == 303
    assert ann.post(saved.location + "/delete").status_code == 303
    assert ann.get(address).status_code == 404
    assert ann.post(saved.location + "/restore").status_code == 303
    assert ann.get(address).status_code == 200


def test_the_order_of_values_and_steps_survives_saving(ann: Person) -> None:
    steps = {"zeta": {"label": "Z", "where": "total > 0"}, "a": {"label": "A", "where": "total > 5"}}
    body = {
        "object": "order",
        "type": "funnel",
        "funnel": {"steps": steps},
        "values": {"total": "SUM(total)", "n": "COUNT()"},
    }
    saved = ann.post(NEW, body=json.dumps(body), do="save", part="title", label="Steps")
    assert saved.status_code == 303, saved.text[-3000:]
    kept = carried(ann.get(saved.location + "/edit").text)
    assert list(kept["funnel"]["steps"]) == ["zeta", "a"]
    assert list(kept["values"]) == ["total", "n"]


def test_whoever_may_not_change_a_report_saves_a_copy(bob: Person) -> None:
    page = bob.get("/reports/by_region/edit").text
    assert "Save as my own" in page
    assert "Put into the draft" not in page
    body = carried(page)
    saved = bob.post("/reports/by_region/edit", body=json.dumps(body), do="save", part="title", label="My regions")
    assert saved.status_code == 303
    assert "by_region" not in saved.location
    refused = bob.post("/reports/by_region/edit", body=json.dumps(body), do="publish", part="title", label="x")
    assert "by_region" not in refused.location


def test_an_administrator_puts_it_into_the_draft_for_everybody(ann: Person, bob: Person) -> None:
    page = ann.get("/reports/by_region/edit").text
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version is not None
    body = press(ann, carried(page), "add:rows:stage", "/reports/by_region/edit")
    saved = ann.post(
        "/reports/by_region/edit", body=json.dumps(body), do="save", part="title", label="Regions", version=version[1]
    )
    assert saved.location == "/reports/by_region/edit"
    page = ann.get("/reports/by_region/edit").text
    assert "dg-draftbar" in page
    assert carried(page)["rows"] == ["shop.region", "stage"]
    assert carried(bob.get("/reports/by_region/edit").text)["rows"] == ["shop.region"]
    late = ann.post(
        "/reports/by_region/edit", body=json.dumps(body), do="save", part="title", label="Other", version=version[1]
    )
    assert late.status_code == 409
    new = ann.post(NEW, body=json.dumps({**body, "label": ""}), do="publish", part="title", label="Orders by stage")
    assert new.location == "/reports/orders_by_stage/edit"


def test_nonsense_in_the_form_is_no_fault(ann: Person) -> None:
    for body in ("", "[]", "{", '{"object": 5}'):
        assert ann.post(NEW, body=body, do="add:rows:stage").status_code == 404
    body = carried(ann.get(NEW, object="order").text)
    for do in (
        "",
        "add",
        "add:rows",
        "move:rows.9:columns:x",
        "up:",
        "remove:values.zz",
        "type:none",
        "rename:a",
        ":::",
    ):
        assert ann.post(NEW, body=json.dumps(body), do=do).status_code == 200, do
    wild = {"object": "order", "rows": [5, {"by": 3}], "values": {"n": 7, "m": {"value": 9}}, "cross": 3, "period": []}
    answer = ann.post(
        NEW, body=json.dumps(wild), do="preview", item=["rows.0", "values.n", "x.y"], part=["period", "no"]
    )
    assert answer.status_code == 200


def test_hostile_words_stay_words(ann: Person) -> None:
    body = carried(ann.get(NEW, object="order").text)
    body["label"] = "</script><script>alert(1)</script>"
    page = ann.post(NEW, body=json.dumps(body), do="preview").text
    assert "<script>alert(1)" not in page


def test_words_for_completion_are_ones_own(bob: Person) -> None:
    words = {one["text"] for one in json.loads(bob.get("/reports/new/words", object="order").text)}
    assert {"total", "shop", "SUM", "$user"} <= words
    assert "secret" not in words
    assert {one["text"] for one in json.loads(bob.get("/reports/new/words", object="order", path="shop").text)} >= {
        "name",
        "region",
    }
    assert bob.get("/reports/new/words", object="nothing").json == []


def test_the_builders_list_opens_the_report_builder(ann: Person, bob: Person) -> None:
    assert ann.get("/builder/reports/by_region").location == "/reports/by_region/edit"
    assert "by_region" in ann.get("/builder/reports").text
    assert ann.get("/builder/reports/by_region/form").status_code == 200
    assert bob.get("/builder/reports/by_region").status_code == 403


def test_the_first_so_many_are_those_with_most_of_a_value(ann: Person) -> None:
    body = {"object": "order", "rows": ["stage"], "values": {"n": "COUNT()", "total": "SUM(total)"}}
    body = press(ann, body, "draw", item="rows.0", **{"rows.0.top": "2", "rows.0.other": "true"})
    assert body["rows"] == [{"by": "stage", "top": 2, "sort": "-total"}]
    page = ann.post(NEW, body=json.dumps(body), do="preview").text
    assert "dg-broken" not in page
    assert "Others" in page or "Other" in page


def test_wins_and_losses_need_nothing_but_the_pipeline(ann: Person) -> None:
    body = press(ann, carried(ann.get(NEW, object="order").text), "type:win_loss")
    page = ann.post(NEW, body=json.dumps(body), do="preview").text
    assert "Win rate" in page
    assert "50%" in page
    body = press(ann, body, "draw", part="win_loss", **{"win_loss.field": "stage", "win_loss.amount": "total"})
    assert "Amount won" in ann.post(NEW, body=json.dumps(body), do="preview").text


def test_settings_of_every_part_are_read(ann: Person) -> None:
    body = {"object": "order", "rows": ["stage"], "values": {"n": "COUNT()"}, "chart": "bar"}
    form = {
        "part": ["title", "period", "finish", "chart"],
        "label": "Numbers",
        "period.field": "signed_on",
        "period.range": "custom",
        "period.from": "2026-01-01",
        "period.to": "2026-06-30",
        "period.compare": "year_ago",
        "finish.sort": "-n",
        "finish.having": "n > 1",
        "finish.limit": "10",
        "finish.has_totals": "1",
        "chart.values": "n",
        "chart.stacked": "true",
        "chart.target": "1,500",
    }
    made = press(ann, body, "draw", **form)
    assert made["period"] == {"field": "signed_on", "range": "2026-01-01..2026-06-30"}
    assert (made["compare"], made["sort"], made["having"], made["limit"]) == ("year_ago", ["-n"], "n > 1", 10)
    assert made["totals"] is False
    assert made["chart"] == {"type": "bar", "values": ["n"], "stacked": True, "target": 1500}
    assert "compare" not in press(ann, made, "draw", part="period", **{"period.field": ""})
    page = ann.post(NEW, body=json.dumps(made), do="preview").text
    assert "dg-broken" not in page
    assert "Not ready" not in page


def test_one_item_of_every_kind_takes_its_settings(ann: Person) -> None:
    body: dict[str, Any] = {
        "object": "order",
        "rows": [{"by": "total", "step": 100}],
        "values": {"total": {"value": "SUM(total)", "label": {"en": "Total, sum", "zh": "总额合计"}}},
        "cross": ["lines"],
    }
    form = {
        "item": ["rows.0", "values.total", "cross.0"],
        "rows.0.bucket": "edges",
        "rows.0.edges": "0, 110，120",
        "values.total.function": "PERCENTILE",
        "values.total.fraction": "0.9",
        "values.total.where": 'stage = "won"',
        "values.total.label": "Total, sum",
        "values.total.show": ["share"],
        "values.total.format": "money",
        "values.total.decimals": "1",
        "values.total.good": "down",
        "cross.0.none": "true",
        "cross.0.where": "qty > 5",
    }
    made = press(ann, body, "draw", **form)
    assert made["rows"] == [{"by": "total", "edges": [0, 110, 120]}]
    assert made["cross"] == [{"of": "lines", "where": "qty > 5", "none": True}]
    value = made["values"]["total"]
    assert value["value"] == 'PERCENTILE(total, 0.9, stage = "won")'
    assert value["label"] == {"en": "Total, percentile", "zh": "总额百分位数"}  # nobody had called it otherwise
    assert (value["show"], value["format"], value["decimals"], value["good"]) == (["share"], "money", 1, "down")


def test_numbers_open_once_the_report_is_kept_like_this(bob: Person) -> None:
    body = carried(bob.get("/reports/by_region/edit").text)
    shown = bob.post("/reports/by_region/edit", island=True, body=json.dumps(body), do="preview").text
    assert "/reports/by_region/records" in shown
    body["rows"] = ["stage"]
    shown = bob.post("/reports/by_region/edit", island=True, body=json.dumps(body), do="preview").text
    assert "Offered" in shown
    assert "/records" not in shown


def test_what_one_sees_in_its_order_is_what_is_saved(ann: Person) -> None:
    column = '-n@share@["won"]'
    body = {
        "object": "order",
        "type": "matrix",
        "rows": ["shop.region"],
        "columns": ["stage"],
        "values": {"n": {"value": "COUNT()", "show": ["share"]}},
        "sort": [column, "shop.region"],
    }
    page = html.unescape(ann.post(NEW, body=json.dumps(body), do="preview").text)
    assert "Not ready" not in page
    assert re.search(rf'<option value="{re.escape(column)}" selected>[^<]*in one column', page)
    assert '<option value="-n@share">' in page
    assert "n@change" not in page
    kept = press(ann, body, "draw", part="finish", **{"finish.sort": column})
    assert kept["sort"] == [column, "shop.region"]
    assert press(ann, body, "draw", part="finish", **{"finish.sort": "n@share"})["sort"] == ["n@share"]
    assert press(ann, body, "remove:values.n")["sort"] == ["shop.region"]


def test_the_builder_opens_in_the_order_that_was_seen(ann: Person) -> None:
    period = {"field": "signed_on", "range": "this_year"}
    body = {"object": "order", "rows": ["stage"], "values": {"n": "COUNT()"}, "period": period}
    saved = ann.post(NEW, body=json.dumps(body), do="save", part="title", label="By stage, seen")
    report = saved.headers["Location"].removesuffix("/edit")
    seen = ann.get(report, sort="-n@change", period="last_year", compare="year_ago").text
    (address,) = {html.unescape(one) for one in re.findall(rf'href="({report}/edit[^"]*)"', seen)}
    assert address == f"{report}/edit?sort=-n%40change&compare=year_ago"
    opened = carried(ann.get(address).text)
    assert (opened["sort"], opened["compare"]) == (["-n@change"], "year_ago")
    assert f'href="{report}/edit"' in ann.get(report).text
