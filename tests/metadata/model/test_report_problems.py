"""What is refused in reports, with its place and the nearest right name; and that no document, however wrong, makes the
compiler fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model
from support.reported import BESIDE, REPORTS, Body, body, compiled, wrong

N: Body = {"n": "COUNT()"}
SUMMARY: Body = {"object": "purchase", "rows": ["shop"], "values": N}


def codes(report: Mapping[str, Any]) -> dict[str, str]:
    """The problems' codes by path."""
    found = wrong("report", report)
    assert all(problem.en and problem.zh and problem.kind == "report" for problem in found)
    return {problem.path: problem.code for problem in found}


def summary(**keys: Any) -> dict[str, str]:
    """The problems of a small summary with these keys."""
    return codes({**SUMMARY, **keys})


def grouped(**keys: Any) -> dict[str, str]:
    """The problems of its one group."""
    return {path.removeprefix("rows[0]."): code for path, code in summary(rows=[keys]).items()}


def said(report: Mapping[str, Any]) -> str:
    """The one problem's sentence."""
    (text,) = [problem.en for problem in wrong("report", report)]
    return text


def test_a_small_report_is_right() -> None:
    assert summary() == {}


@pytest.mark.parametrize(
    ("keys", "path", "code"),
    [
        ({"object": "purchas"}, "object", "unknown_name"),
        ({"colour": 1}, "colour", "unknown_name"),
        ({"type": "sumary"}, "type", "unknown_name"),
        ({"where": "totl > 0"}, "where", "expression_invalid"),
        ({"where": "total"}, "where", "expression_invalid"),
        ({"owner": "shop"}, "owner", "not_a_user"),
        ({"owner": "shop.kepeer"}, "owner", "unknown_name"),
        ({"period": "total"}, "period.field", "not_a_date"),
        ({"period": {"field": "bought_onn"}}, "period.field", "unknown_name"),
        ({"period": {"field": "bought_on", "range": "this_yaer"}}, "period.range", "unknown_name"),
        ({"period": {"field": "bought_on", "range": "2026-02-30.."}}, "period.range", "no_such_day"),
        ({"period": {"field": "bought_on", "range": "2026-02-02..2026-01-01"}}, "period.range", "ends_first"),
        ({"compare": "previous"}, "compare", "needs_period"),
        ({"compare": "last"}, "compare", "unknown_name"),
        ({"cross": ["recepts"]}, "cross[0].of", "unknown_name"),
        ({"cross": [{"of": "receipts", "where": "total > 0"}]}, "cross[0].where", "expression_invalid"),
        ({"cross": [{"where": "true"}]}, "cross[0].of", "required"),
        ({"for": ["bos"]}, "for[0]", "unknown_name"),
        ({"sort": ["-m"]}, "sort[0]", "unknown_name"),
        ({"having": "m > 0"}, "having", "expression_invalid"),
        ({"having": "n"}, "having", "expression_invalid"),
        ({"limit": 0}, "limit", "out_of_range"),
        ({"values": {}}, "values", "required"),
        ({"values": {"N": "COUNT()"}}, "values.N", "bad_name"),
        ({"values": {"shop": "COUNT()"}}, "rows[0]", "name_taken"),
        ({"fields": ["title"]}, "fields", "not_for_type"),
        ({"columns": ["stage"]}, "columns", "not_for_type"),
        ({"funnel": {"field": "stage"}}, "funnel", "not_for_type"),
        ({"rows": ["shop", "stage", "kind", "due_at", "twice", "total"]}, "rows", "too_many"),
        ({"rows": ["shop", "shop"]}, "rows[1]", "given_twice"),
        ({"rows": ["shop.trde"]}, "rows[0].by", "unknown_name"),
        ({"rows": ["total.x"]}, "rows[0].by", "no_link"),
        ({"rows": ["lines.qty"]}, "rows[0].by", "unknown_name"),
        ({"rows": ["said"]}, "rows[0].by", "not_groupable"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(keys: Body, path: str, code: str) -> None:
    assert summary(**keys).get(path) == code


def test_the_nearest_right_name_is_told() -> None:
    assert said({**SUMMARY, "type": "sumary"}).endswith("did you mean “summary”?")
    assert said({**SUMMARY, "cross": ["recepts"]}).endswith("did you mean “receipts”?")
    assert said({**SUMMARY, "period": {"field": "bought_on", "range": "this_yaer"}}).endswith("“this_year”?")
    assert "did you mean “n”" in said({**SUMMARY, "having": "nn > 0"})
    assert said({**SUMMARY, "sort": ["-nn"]}).endswith("did you mean “n”?")
    assert "did you mean `worth`" in said({**SUMMARY, "values": {"worth": "SUM(total)", "half": "wort / 2"}})


def test_groups_of_dates_and_numbers_are_cut_as_these_can_be() -> None:
    assert grouped(by="due_at", every="hour") == {}
    assert grouped(by="bought_on", every="hour") == {"every": "not_a_moment"}
    assert grouped(by="shop", every="month") == {"every": "not_a_date"}
    assert grouped(by="bought_on", every="moon") == {"every": "unknown_name"}
    assert grouped(by="total", step=100) == grouped(by="twice", edges=[0, 5]) == {}
    assert grouped(by="stage", step=100) == {"step": "not_a_number_field"}
    assert grouped(by="bought_on", edges=[1, 2]) == {"edges": "not_a_number_field"}
    assert grouped(by="total", step=0) == {"step": "empty_step"}
    assert grouped(by="total", edges=[1, 3, 3, 2]) == {"edges[2]": "not_in_order", "edges[3]": "not_in_order"}
    assert grouped(by="total", edges=[]) == {"edges": "too_few"}
    assert grouped(by="total", step=5, edges=[1]) == {"edges": "one_bucket"}


def test_a_top_says_by_what() -> None:
    assert grouped(by="shop", top=10, sort="-n", other=False) == {}
    assert grouped(by="shop", top=10) == {"top": "top_without_sort"}
    assert grouped(by="shop", top=10, sort="-m") == {"sort": "unknown_name"}
    assert grouped(by="shop", other=False) == {"other": "not_with"}
    assert grouped(by="shop", sort="-n") == {}


def values(**texts: Any) -> dict[str, str]:
    found = wrong("report", {**SUMMARY, "values": texts})
    return {problem.path.removeprefix("values."): problem.en for problem in found}


def test_a_value_is_made_of_aggregates_of_related_records_and_of_other_values() -> None:
    right = {
        "a": "SUM(total)",
        "b": "SUM(lines.price * lines.qty)",
        "c": 'COUNT(receipts, amount > 5) + COUNT_DISTINCT(shop.trade, stage = "open")',
        "d": "ROUND(a / b, 2) + IF(c > 0, c, d2)",
        "d2": {"value": "MEDIAN(total)", "hidden": True},
        "e": "MAX(due_at)",
        "f": "MIN(a, b)",
        "g": "PERCENTILE(total, 0.9)",
        "h": "12",
    }
    assert values(**right) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("total", "stands outside an aggregate"),
        ("SUM(totl)", "did you mean `total`"),
        ("SUM(lines.prce)", "did you mean `price`"),
        ("SUM(lines)", "needs a value of these records"),
        ("SUM(title)", "cannot take `title`"),
        ("COUNT(", "at character"),
        ("missing + 1", "neither a value of this report"),
        ("one + 1", "speaks of itself: one → one"),
        ("SUM(shop.purchases.total)", "Make a report of `purchase`"),
        ('IF(COUNT() > 1, "a", "b")', "A value is a number or a date; this is text"),
        ("COUNT() > 1", "this is true or false"),
        ("SUM(SUM(total))", "another aggregate"),
        ("MAX(title)", "number or a date"),
    ],
)
def test_a_value_that_is_no_number_tells_why(text: str, says: str) -> None:
    found = values(one=text)
    assert list(found) == ["one"]
    assert says in found["one"]


def test_values_that_speak_of_each_other_in_a_circle_are_all_told() -> None:
    found = values(a="b + 1", b="c * 2", c="a - 1", d="a + COUNT()", e="COUNT()")
    assert set(found) == {"a", "b", "c"}
    assert found["a"].startswith("The value speaks of itself: a → b → c → a.")


def test_a_fault_stands_where_it_was_written() -> None:
    (problem,) = wrong("report", {**SUMMARY, "values": {"a": "COUNT() + SUM(lines.price, qtty > 1) / COUNT()"}})
    text = "COUNT() + SUM(lines.price, qtty > 1) / COUNT()"
    assert problem.position is not None
    assert text[problem.position :].startswith(("qtty", "SUM(lines.price, qtty"))
    (other,) = wrong("report", {**SUMMARY, "values": {"a": 'COUNT() + "x"'}})
    assert "_0" not in other.en


def test_a_wrong_field_tells_its_own_problem_alone() -> None:
    text = BESIDE.replace("total: {type: currency}", "total: {type: curency}") + "---" + REPORTS
    with pytest.raises(InvalidDocuments) as caught:
        compile_model(read_documents(text))
    assert "report" not in {problem.kind for problem in caught.value.problems}


def test_each_type_asks_for_what_it_cannot_do_without() -> None:
    for type_, missing in {
        "list": {"fields"},
        "summary": {"values"},
        "matrix": {"rows", "columns", "values"},
        "funnel": {"funnel"},
        "cohort": {"cohort"},
        "trend": {"trend"},
        "win_loss": set[str](),
    }.items():
        assert codes({"object": "purchase", "type": type_}) == dict.fromkeys(missing, "required"), type_


def test_a_list_shows_fields_and_nothing_else() -> None:
    good = body("listed")
    assert codes(good) == {}
    assert codes(good | {"chart": "pie"}) == {"chart": "not_for_type"}
    assert codes(good | {"sort": ["-shop.x"]}) == {"sort[0]": "unknown_name"}
    assert codes(good | {"sort": ["said"]}) == {"sort[0]": "not_sortable"} or codes(good | {"sort": ["said"]}) == {}
    assert codes(good | {"fields": ["title", {"field": "title"}]}) == {"fields[1]": "given_twice"}
    assert codes(good | {"fields": ["titl"]}) == {"fields[0].field": "unknown_name"}


def test_a_funnel_has_steps_or_the_stages_of_a_field() -> None:
    def funnel(**keys: Any) -> dict[str, str]:
        return codes({"object": "purchase", "type": "funnel", "funnel": keys})

    assert funnel(field="stage") == funnel(steps={"a": "total > 0"}) == {}
    assert funnel(field="stage", steps={"a": "total > 0"}) == {"funnel": "one_funnel"}
    assert codes({"object": "purchase", "type": "funnel", "funnel": {"mode": "now"}}) == {"funnel": "one_funnel"}
    assert funnel(steps={"a": "total > 0"}, mode="stock") == {"funnel.mode": "not_with"}
    assert funnel(steps={"a": "totl > 0"}) == {"funnel.steps.a.where": "expression_invalid"}
    assert funnel(steps={}) == {"funnel.steps": "too_few"}
    assert funnel(field="total") == {"funnel.field": "not_a_picklist"}
    assert funnel(field="stage", stages=["open", "dne"]) == {"funnel.stages[1]": "unknown_name"}
    assert funnel(field="kind") == {}
    assert funnel(field="kind", mode="entered") == {"funnel.field": "no_pipeline"}


def test_a_cohort_has_a_birth_and_an_event_that_are_dates() -> None:
    def cohort(**keys: Any) -> dict[str, str]:
        given = {"born": "created_at", "event": "purchases.bought_on", **keys}
        return {
            path.removeprefix("cohort."): code
            for path, code in codes({"object": "shop", "type": "cohort", "cohort": given}).items()
        }

    assert cohort() == cohort(event="updated_at") == {}
    assert cohort(born="title") == {"born": "not_a_date"}
    assert cohort(event="purchases.total") == {"event": "not_a_date"}
    assert cohort(event="bills.bought_on") == {"event": "unknown_name"}
    assert cohort(event="purchases.bought") == {"event": "unknown_name"}
    assert cohort(where="title = 1") == {"where": "expression_invalid"}
    assert cohort(every="weekday") == {"every": "unknown_name"}
    assert cohort(ages=0) == {"ages": "out_of_range"}


def test_a_trend_needs_a_pipeline_and_its_amount_a_history() -> None:
    def trend(of: str, **keys: Any) -> dict[str, str]:
        return codes({"object": of, "type": "trend", "trend": keys})

    assert trend("purchase", field="stage", amount="total") == {}
    assert trend("purchase", amount="total") == trend("purchase", every="day") == {"trend.field": "required"}
    assert trend("purchase", field="kind") == {"trend.field": "no_pipeline"}
    assert trend("purchase", field="stage", amount="twice") == {"trend.amount": "not_stored"}
    assert trend("purchase", field="stage", amount="title") == {"trend.amount": "not_a_number_field"}
    assert trend("receipt", field="state") == {}
    assert trend("receipt", field="state", amount="amount") == {"trend.amount": "no_history"}


def test_what_is_won_and_lost_is_told_by_a_pipeline() -> None:
    assert codes(body("won")) == {}
    assert codes({"object": "line", "type": "win_loss"}) == {"type": "no_pipeline"}
    assert codes({"object": "purchase", "type": "win_loss", "funnel": {"field": "kind"}}) == {
        "funnel.field": "no_pipeline"
    }
    assert codes(body("won") | {"sort": ["-worth"]}) == {"sort[0]": "unknown_name"}


@pytest.mark.parametrize(
    ("report", "chart", "problem"),
    [
        (SUMMARY, "column", {}),
        (SUMMARY, {"type": "column", "values": ["m"]}, {"chart.values[0]": "unknown_name"}),
        (SUMMARY, {"type": "scatter"}, {"chart.values": "too_few_values"}),
        (SUMMARY, {"type": "columns"}, {"chart.type": "unknown_name"}),
        (SUMMARY, "heat", {"chart.type": "nothing_to_draw"}),
        ({**SUMMARY, "rows": []}, "pie", {"chart.type": "nothing_to_draw"}),
        ({**SUMMARY, "rows": []}, {"type": "gauge", "target": 5}, {}),
        (body("crossed"), "pie", {"chart.type": "chart_does_not_fit"}),
        (body("then"), "area", {}),
        (body("then"), "gauge", {"chart.type": "chart_does_not_fit"}),
        (body("stages"), "funnel", {}),
        (body("back_again"), "heat", {}),
        (body("won"), {"type": "line", "values": ["win_rate"]}, {}),
    ],
)
def test_a_chart_fits_what_it_draws(report: Body, chart: Any, problem: dict[str, str]) -> None:
    found = {p.removesuffix(".type") if isinstance(chart, str) else p: c for p, c in problem.items()}
    assert codes({**report, "chart": chart}) in (problem, found)


def test_hidden_values_are_not_drawn() -> None:
    given = {**SUMMARY, "values": {"a": {"value": "COUNT()", "hidden": True}, "b": "a * 2"}}
    assert codes({**given, "chart": {"type": "bar", "values": ["a"]}}) == {"chart.values[0]": "unknown_name"}


def test_every_problem_is_told_at_once_with_file_and_line() -> None:
    text = """kind: report
name: bad
object: purchase
where: totl > 0
rows:
  - {by: shop, every: month}
values:
  n: SUM(title)
sort: [x]
"""
    with pytest.raises(InvalidDocuments) as caught:
        compile_model([*read_documents(BESIDE), *read_documents(text, "reports/bad.yaml")])
    assert [(p.file, p.line, p.path) for p in caught.value.problems] == [
        ("reports/bad.yaml", 4, "where"),
        ("reports/bad.yaml", 6, "rows[0].every"),
        ("reports/bad.yaml", 8, "values.n"),
        ("reports/bad.yaml", 9, "sort[0]"),
    ]


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "total", "shop.trade", "COUNT()", "lines.qty", "a + b", "day", "n", "(", "0", "$user"]),
    st.lists(st.sampled_from(["x", "total", 1, None, {}]), max_size=3),
    st.dictionaries(
        st.sampled_from(["by", "value", "type", "of", "field", "x", "at"]), st.text("ab.( 1", max_size=4), max_size=3
    ),
)
NAMES = ("by_trade", "listed", "crossed", "stages", "steps", "back_again", "then", "won", "overview")


def places(at: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path in a body."""
    inner = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = {name: list(places(body(name))) for name in NAMES}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_no_document_makes_the_compiler_fail(name: str, data: st.DataObject) -> None:
    broken = body(name)
    for path in data.draw(st.lists(st.sampled_from(PLACES[name]), min_size=1, max_size=3)):
        at: Any = broken
        for step in path[:-1]:
            inside = isinstance(at, (dict, list)) and (step in at if isinstance(at, dict) else step in range(len(at)))
            at = at[step] if inside else None
        if isinstance(at, dict) and data.draw(st.booleans()):
            at.pop(path[-1], None)
        elif isinstance(at, dict) or (isinstance(at, list) and path[-1] in range(len(at))):
            at[path[-1]] = data.draw(JUNK)
    kind = "dashboard" if name == "overview" else "report"
    others = [d for d in compiled().documents.values() if d.kind == "report"]
    for problem in wrong(kind, broken, *others):
        assert problem.message("en")
        assert problem.message("zh")
