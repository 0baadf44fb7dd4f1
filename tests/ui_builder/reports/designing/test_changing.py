"""What buttons, drops and keys do to a body: changes of plain values, and any sequence of them leaves a body that can
be read, written and checked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.problems import Problem
from dougong_ui_builder.screens.reports.designing.body import for_type, read_body, same, tidied
from dougong_ui_builder.screens.reports.designing.changing import act, started
from dougong_ui_builder.screens.reports.designing.known import Known
from dougong_ui_builder.screens.reports.designing.naming import free_name, renamed
from dougong_ui_builder.screens.reports.designing.preview import named
from dougong_ui_builder.screens.reports.designing.suggesting import suggested
from order_desk import desk  # noqa: F401  # fixture
from reading import Reading

TWO = {"object": "order", "rows": ["stage", "shop.region"], "values": {"n": "COUNT()", "total": "SUM(total)"}}


@pytest.fixture(scope="module")
def known(desk: Reading) -> Known:  # noqa: F811  # the fixture
    return Known(desk.admin, "order")


def after(known: Known, body: dict[str, Any], *commands: str) -> dict[str, Any]:
    for command in commands:
        body, _ = act(body, command, known)
    return body


def test_a_field_goes_where_it_fits(known: Known) -> None:
    body = after(known, started("order", known), "add:auto:shop.region", "add:auto:total", "add:auto:lines.amount")
    assert body["rows"] == ["shop.region"]
    assert [value["value"] for value in body["values"].values()] == ["COUNT()", "SUM(total)", "SUM(lines.amount)"]
    assert after(known, body, "add:auto:lines")["values"]["lines"]["value"] == "COUNT(lines)"
    assert after(known, body, "add:cross:lines")["cross"] == ["lines"]
    listed = after(known, {"object": "order", "type": "list"}, "add:auto:total")
    assert listed["fields"] == ["total"]


def test_a_field_that_cannot_be_there_goes_where_it_can(known: Known) -> None:
    body = after(known, started("order", known), "add:rows:lines.amount")
    assert "rows" not in body
    assert "amount" in body["values"]
    assert after(known, body, "add:rows:nothing") == body


def test_dates_are_grouped_by_month_and_numbers_in_steps(known: Known) -> None:
    body = after(known, started("order", known), "add:rows:signed_on", "add:rows:total")
    assert body["rows"] == [{"by": "signed_on", "every": "month"}, {"by": "total", "step": 100}]


def test_columns_make_a_matrix(known: Known) -> None:
    body = after(known, TWO, "move:rows.1:columns")
    assert (body["type"], body["rows"], body["columns"]) == ("matrix", ["stage"], ["shop.region"])
    assert after(known, TWO, "type:matrix")["columns"] == ["shop.region"]
    assert for_type(after(known, body, "type:summary")).get("columns") is None
    assert after(known, body, "type:summary", "type:matrix")["columns"] == ["shop.region"]  # nothing is forgotten


def test_items_are_moved_and_come_back(known: Known) -> None:
    assert after(known, TWO, "up:rows.1")["rows"] == ["shop.region", "stage"]
    assert list(after(known, TWO, "move:values.total:values:0")["values"]) == ["total", "n"]
    assert same(after(known, TWO, "down:values.n", "up:values.n"), TWO)
    assert not same(after(known, TWO, "down:values.n"), TWO)
    assert after(known, TWO, "up:rows.0") == tidied(TWO)


def test_a_value_becomes_a_group_and_a_group_a_value(known: Known) -> None:
    body = after(known, TWO, "move:values.total:rows:0")
    assert body["rows"][0] == {"by": "total", "step": 100}
    assert list(body["values"]) == ["n"]
    back = after(known, body, "move:rows.0:values")
    assert back["values"]["total"]["value"] == "SUM(total)"
    both = after(known, TWO, "add:rows:total")
    assert list(both["values"]) == ["n", "total_value"]  # no value is called as a group is
    formula = {"object": "order", "values": {"n": "COUNT()", "twice": "n * 2"}}
    assert after(known, formula, "move:values.twice:rows") == tidied(formula)


def test_what_sorts_and_draws_by_a_value_follows_it(known: Known) -> None:
    body: dict[str, Any] = {
        **TWO,
        "values": {"total": "SUM(total)", "n": "COUNT()", "mean": 'total / n + SUM(total, name = "total")'},
        "rows": [{"by": "stage", "top": 3, "sort": "-total"}],
        "sort": ["-total"],
        "having": "total > 5",
        "chart": {"type": "bar", "values": ["total"]},
    }
    made, address = act(body, "rename:values.total:worth", known)
    assert address == "values.worth"
    assert list(made["values"]) == ["worth", "n", "mean"]
    assert made["values"]["worth"] == "SUM(total)"  # the field of that name
    assert made["values"]["mean"] == 'worth / n + SUM(total, name = "total")'
    assert (made["sort"], made["having"], made["rows"][0]["sort"]) == (["-worth"], "worth > 5", "-worth")
    assert made["chart"]["values"] == ["worth"]
    gone = after(known, made, "remove:values.worth")
    assert "sort" not in gone
    assert "sort" not in gone["rows"][0]
    assert "values" not in gone["chart"]


@pytest.mark.parametrize("name", ["n", "Total", "9", "a b", "", "x_"])
def test_a_value_is_not_called_what_cannot_be_a_name(name: str) -> None:
    assert renamed(tidied(TWO), "total", name)[0]["values"] == tidied(TWO)["values"]


def test_names_are_free(known: Known) -> None:
    assert free_name("total", ["total", "total_2"]) == "total_3"
    assert free_name("Ünfit", []) == "value"
    assert list(after(known, TWO, "add:values:total")["values"]) == ["n", "total", "total_2"]


def test_a_chart_follows_the_shape_until_somebody_chooses(known: Known) -> None:
    body = after(known, started("order", known), "add:rows:shop.region")
    assert body["chart"] == {"type": "bar"}
    assert after(known, body, "remove:rows.0", "add:rows:signed_on")["chart"]["type"] == "column"
    chosen = after(known, body, "chart:pie", "add:values:total")
    assert chosen["chart"]["type"] == "pie"
    months = after(known, body, "type:matrix", "add:columns:signed_on")
    assert months["chart"]["type"] == "heat"
    none = after(known, body, "chart:", "add:values:total")
    assert "chart" not in none
    assert suggested({"type": "list"}) == ()


def test_another_object_begins_anew_under_the_same_name(known: Known) -> None:
    body = after(known, {**TWO, "label": "Mine"}, "object:shop")
    assert (body["object"], body["label"], "rows" in body) == ("shop", "Mine", False)
    assert after(known, TWO, "object:order") == tidied(TWO)


def test_short_forms_are_written_and_read(known: Known) -> None:
    long = {
        "object": "order",
        "rows": [{"by": "stage"}],
        "values": {"n": {"value": "COUNT()", "hidden": False, "decimals": 0, "show": []}},
        "cross": [{"of": "lines", "none": False}],
        "fields": [{"field": "name"}],
        "period": "signed_on",
        "chart": "bar",
        "funnel": "stage",
        "nonsense": 1,
    }
    made = tidied(long)
    assert made["rows"] == ["stage"]
    assert made["values"] == {"n": {"value": "COUNT()", "decimals": 0}}
    assert (made["cross"], made["fields"]) == (["lines"], ["name"])
    assert (made["period"], made["chart"]) == ({"field": "signed_on"}, {"type": "bar"})
    assert "nonsense" not in made
    assert tidied(made) == made


@pytest.mark.parametrize("text", [None, "", "[]", "5", "{", '{"a":', "x" * 300_000])
def test_what_is_no_body_is_an_empty_one(text: str | None) -> None:
    assert read_body(text) == {}


def problems_of(known: Known, body: dict[str, Any]) -> tuple[Problem, ...]:
    """Why the body is not right yet; anything but problems is a fault of ours."""
    try:
        report_of(known.model, "any", named(body))
    except InvalidDocuments as wrong:
        return tuple(wrong.problems)
    return ()


def test_wins_and_losses_by_two_groups_get_a_chart_that_can_draw_them(known: Known) -> None:
    body = {"object": "order", "type": "win_loss", "rows": ["stage"], "chart": {"type": "bar"}}
    made, _ = act(body, "add:rows:signed_on", known)
    assert made["chart"]["type"] == "bar"
    assert not {problem.code for problem in problems_of(known, made)} & {"chart_does_not_fit"}


_PATHS = ("stage", "shop.region", "signed_on", "total", "lines", "lines.amount", "name", "created_at", "gone")
_ZONES = ("rows", "columns", "values", "fields", "cross", "period", "auto")
_ADDRESSES = (
    "rows.0",
    "rows.1",
    "columns.0",
    "values.n",
    "values.total",
    "fields.0",
    "cross.0",
    "steps.step_1",
    "period",
)
_TYPES = ("list", "summary", "matrix", "funnel", "cohort", "trend", "win_loss")
_COMMANDS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(_ZONES), st.sampled_from(_PATHS), st.sampled_from(("", "0", "1", "9"))),
    st.tuples(st.sampled_from(("remove", "up", "down")), st.sampled_from(_ADDRESSES)),
    st.tuples(st.just("move"), st.sampled_from(_ADDRESSES), st.sampled_from(_ZONES), st.sampled_from(("", "0", "5"))),
    st.tuples(st.just("type"), st.sampled_from(_TYPES)),
    st.tuples(st.sampled_from(("formula", "step", "draw", "chart"))),
    st.tuples(st.just("chart"), st.sampled_from(("nonsense",))),
    st.tuples(st.just("rename"), st.just("values.total"), st.sampled_from(("worth", "n", "9"))),
    st.tuples(st.just("sort"), st.sampled_from(("n", "total", ""))),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=st.lists(_COMMANDS, max_size=14))
def test_any_sequence_of_changes_leaves_a_body(known: Known, commands: list[tuple[str, ...]]) -> None:
    body = started("order", known)
    for words in commands:
        body, address = act(body, ":".join(words), known)
        assert tidied(body) == body
        zone = address.partition(".")[0]
        assert zone in ("", "period", "rows", "columns", "values", "fields", "cross", "steps")
        codes = {problem.code for problem in problems_of(known, body)}
        assert not codes & {"not_for_type", "chart_does_not_fit", "nothing_to_draw", "name_taken", "top_without_sort"}
