"""The plan: what a publish would do, to how many records, and why it cannot be done."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changing import BOOK, SHELF, TEXT, Changing, Fields, an_object, changing
from dougong_metadata.documents import Document
from dougong_metadata.errors import Fault
from dougong_metadata.model.compile import compile_model
from dougong_platform.releases import draft
from dougong_platform.releases.plan import Plan, PlannedStep, plan, plan_model
from dougong_tenants import Database


@pytest.fixture
def it(database: Database) -> Changing:
    return changing(database)


def planned(it: Changing, fields: Fields, *more: Document, **keys: Any) -> Plan:
    documents = [an_object("shelf", SHELF), an_object("book", fields, **keys), *more]
    return plan_model(it.database, it.tenant, compile_model(documents))


def the(plan: Plan, action: str, field: str | None = None) -> PlannedStep:
    found = [s for s in plan.steps if s.action == action and field in (None, s.field)]
    assert found, [(s.action, s.field) for s in plan.steps]
    return found[0]


def test_bad_values_of_a_type_change_are_counted_shown_and_refused(it: Changing) -> None:
    it.add("book", 5, price="(array['1', 'abc', null, '', 'x'])[g]")
    made = planned(it, {**BOOK, "price": {"type": "decimal"}})
    impact = the(made, "change_type", "price").impact
    assert (impact.rows, impact.bad, impact.refused) == (4, 2, True)
    assert {e["value"] for e in impact.examples} == {"abc", "x"}
    assert not made.publishable
    it.run("update book set price = '2' where price in ('abc', 'x')")
    assert planned(it, {**BOOK, "price": {"type": "decimal"}}).publishable


def test_text_that_becomes_a_picklist_must_be_one_of_its_values(it: Changing) -> None:
    it.add("book", 5, price="(array['a', 'b', 'c', 'c', null])[g]")
    impact = the(planned(it, {**BOOK, "price": {"type": "picklist", "values": ["a", "b"]}}), "change_type").impact
    assert (impact.bad, impact.refused, list(impact.examples)) == (2, True, [{"value": "c", "rows": 2}])


def test_removing_a_picklist_value_tells_the_records_that_hold_it(it: Changing) -> None:
    it.books({**BOOK, "genre": {"type": "picklist", "values": ["a", "b", "c"]}})
    it.add("book", 4, genre="(array['a', 'b', 'b', 'c'])[g]")
    made = planned(it, {**BOOK, "genre": {"type": "picklist", "values": ["a", "c"]}})
    impact = the(made, "narrow", "genre").impact
    assert (impact.bad, list(impact.examples)) == (2, [{"value": "b", "rows": 2}])
    assert made.publishable


def test_a_removed_field_says_what_uses_it_and_how_many_values_it_hides(it: Changing) -> None:
    it.publish(
        an_object("shelf", SHELF),
        an_object("book", BOOK),
        Document("list_view", "cheap", {"object": "book", "columns": ["title", "price"]}),
    )
    it.add("book", 3, price="case when g < 3 then 'p' end")
    made = planned(it, {name: field for name, field in BOOK.items() if name != "price"})
    step = the(made, "retire_column", "price")
    assert (step.impact.rows, step.impact.hides_data) == (2, True)
    assert [(use.kind, use.name) for use in step.uses] == [("list_view", "cheap")]


def test_duplicates_are_counted_and_refuse_a_unique_key(it: Changing) -> None:
    it.add("book", 5, price="(array['a', 'a', 'a', 'b', null])[g]", title="'t'")
    made = planned(it, BOOK, unique_keys={"both": ["title", "price"]})
    impact = the(made, "add_unique").impact
    assert (impact.bad, impact.refused) == (2, True)
    assert [e["rows"] for e in impact.examples] == [3]


def test_a_field_that_becomes_required_counts_the_blank_records(it: Changing) -> None:
    it.add("book", 3, price="case g when 1 then 'p' end")
    made = planned(it, {**BOOK, "price": {"type": "text", "required": True}})
    assert the(made, "set_required", "price").impact.bad == 2
    assert made.publishable


def test_a_new_validation_counts_the_records_that_break_it_also_over_links(it: Changing) -> None:
    north, south = it.add("shelf", 2, name="(array['north', 'south'])[g]")
    it.add("book", 3, title="'t'", shelf=f"(array['{north}', '{south}', null])[g]::uuid")
    rule = Document(
        "validation",
        "northern",
        {"object": "book", "must": 'shelf.name = "north"', "message": {"en": "North only", "zh": "仅北"}},
    )
    assert the(planned(it, BOOK, rule), "add_validation").impact.bad == 2


def test_a_shortened_text_counts_what_is_too_long(it: Changing) -> None:
    it.add("book", 3, title="repeat('x', g::int * 10)")
    made = planned(it, {**BOOK, "title": {"type": "text", "max_length": 15}})
    assert the(made, "narrow", "title").impact.bad == 2


def test_it_names_the_problems_of_a_draft_instead_of_steps(it: Changing) -> None:
    draft.put(it.database, it.tenant, [an_object("book", {**BOOK, "x": {"type": "lookup", "to": "shelve"}})])
    made = plan(it.database, it.tenant)
    assert not made.publishable
    assert made.problems[0].hint == "shelf"
    assert made.json("zh")["documents"][0]["change"] == "change"


def test_it_says_so_when_the_release_has_moved_under_a_draft(it: Changing) -> None:
    draft.put(it.database, it.tenant, [an_object("shelf", {**SHELF, "room": TEXT})])
    assert [d.stale for d in plan(it.database, it.tenant).documents] == [False]
    it.publish(an_object("shelf", {**SHELF, "code": TEXT}))
    assert [d.stale for d in plan(it.database, it.tenant).documents] == [True]


def test_a_plan_changes_nothing(it: Changing) -> None:
    before = it.shape()
    planned(it, {**BOOK, "price": {"type": "decimal"}, "more": TEXT})
    assert it.shape() == before


@pytest.fixture(scope="module")
def fuzzed(database: Database) -> Changing:
    made = changing(database)
    made.add("book", 3, title="'t'", price="'5'")
    return made


_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
_words = st.sampled_from(
    ["text", "lookup", "picklist", "book", "shelf", "title", "", "not", "object", "decimal", "a.b"]
)
_keys = st.sampled_from(
    [
        "type",
        "to",
        "fields",
        "name_field",
        "values",
        "label",
        "default",
        "unique",
        "index",
        "required",
        "max_length",
        "object",
        "must",
        "columns",
        "sort",
        "x y",
        "unique_keys",
    ]
)
_json = st.recursive(
    _scalars | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["object", "validation", "list_view", "layout", "picklist", "nothing"]),
    _words | st.text(max_size=5),
    st.dictionaries(_keys, _json, max_size=5),
)
def test_whatever_is_in_the_draft_the_plan_names_problems_and_never_fails(
    fuzzed: Changing, kind: str, name: str, body: dict[str, Any]
) -> None:
    try:
        document = Document(kind, name, body)
        draft.discard(fuzzed.database, fuzzed.tenant)
        draft.put(fuzzed.database, fuzzed.tenant, [document])
    except Fault:
        return  # refused with its sentence
    made = plan(fuzzed.database, fuzzed.tenant)
    assert made.problems or made.steps or made.documents or made.publishable
    assert made.json("en")
