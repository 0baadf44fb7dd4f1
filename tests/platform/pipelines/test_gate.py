"""What a record lacks before it may go to another stage, as each person may know it; and that the write agrees."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bindery import a_book, a_shelf
from dougong_platform.errors import NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.pipelines import checklist
from dougong_platform.pipelines.gate import gates
from dougong_platform.pipelines.serving import serving
from dougong_platform.records import create, delete, update
from reading import Reading


def needs(caller: Caller, book: str, stage: str, kind: str = "novel", **values: Any) -> list[tuple[Any, ...]]:
    pipeline = serving(caller, "book", kind, "stage")
    assert pipeline is not None
    gate = gates(caller, pipeline, book, values=values)[stage]
    return [(need.kind, need.name, need.met) for need in gate.needs]


def allowed(caller: Caller, book: str, kind: str = "novel") -> set[str]:
    pipeline = serving(caller, "book", kind, "stage")
    assert pipeline is not None
    return {value for value, gate in gates(caller, pipeline, book).items() if gate.allowed}


def test_each_need_is_named_and_ticked_off(bindery: Reading) -> None:
    book = a_book(bindery)
    admin = bindery.admin
    assert needs(admin, book, "draft") == [
        ("field", "shelf", False),
        ("field", "price", False),
        ("item", "read_once", False),
    ]
    update(admin, "book", [{"id": book, "shelf": a_shelf(bindery), "price": "5"}])
    assert checklist.tick(admin, "book", book, "draft", "read_once")
    assert all(met for _, _, met in needs(admin, book, "draft"))
    assert needs(admin, book, "pulped") == [("field", "why", False)]
    assert needs(admin, book, "pulped", why="Torn") == [("field", "why", True)], "what a form holds counts"


def test_a_condition_says_its_message_until_it_holds(bindery: Reading) -> None:
    book = a_book(bindery, stage="draft", price="5", cost="1")
    pipeline = serving(bindery.admin, "book", "novel")
    assert pipeline is not None
    gate = gates(bindery.admin, pipeline, book, ["proof"])["proof"]
    assert [need.label.en for need in gate.missing] == ["The price must be above 10."]
    update(bindery.admin, "book", [{"id": book, "price": "11"}])
    assert gates(bindery.admin, pipeline, book, ["proof"])["proof"].open


def test_the_moves_are_those_of_the_pipeline_of_the_record_type(bindery: Reading) -> None:
    assert allowed(bindery.admin, a_book(bindery)) == {"draft", "pulped"}
    assert allowed(bindery.admin, a_book(bindery, stage="proof")) == {"idea", "draft", "sold", "pulped"}
    assert allowed(bindery.admin, a_book(bindery, stage="sold")) == set()
    manual = a_book(bindery, record_type="manual")
    assert allowed(bindery.admin, manual, "manual") == {"draft", "proof", "sold", "pulped"}


def test_a_hidden_field_is_missing_without_a_name(bindery: Reading) -> None:
    book = a_book(bindery, stage="draft", price="20")
    assert ("field", "cost", False) in needs(bindery.admin, book, "proof")
    assert ("field", None, False) in needs(bindery.reader, book, "proof")
    pipeline = serving(bindery.reader, "book", "novel")
    assert pipeline is not None
    labels = [need.label.en for need in gates(bindery.reader, pipeline, book)["proof"].needs]
    assert not any("ost" in label for label in labels)


def test_whoever_may_not_read_the_stage_has_no_pipeline(bindery: Reading) -> None:
    blind = bindery.caller(bindery.cat, "blind")
    assert serving(blind, "book", "novel") is None


def test_a_record_in_the_bin_has_no_gates(bindery: Reading) -> None:
    book = a_book(bindery)
    delete(bindery.admin, "book", [book])
    with pytest.raises(NotFound):
        needs(bindery.admin, book, "draft")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stage=st.sampled_from(["idea", "draft", "proof", "sold", "pulped"]),
    target=st.sampled_from(["idea", "draft", "proof", "sold", "pulped"]),
    kind=st.sampled_from(["novel", "manual"]),
    price=st.sampled_from([None, "5", "50"]),
    cost=st.sampled_from([None, "1"]),
    shelved=st.booleans(),
    why=st.sampled_from([None, "Torn"]),
    ticked=st.booleans(),
)
def test_the_gate_opens_exactly_where_the_write_lets_pass(bindery: Reading, **drawn: Any) -> None:
    stage, target = drawn["stage"], drawn["target"]
    if stage == target:
        return
    shelf = create(bindery.admin, "shelf", [{"name": "S"}]).records[0].id if drawn["shelved"] else None
    values = {name: drawn[name] for name in ("price", "cost", "why")}
    book = a_book(bindery, stage=stage, record_type=drawn["kind"], shelf=shelf, **values)
    if drawn["ticked"] and drawn["kind"] == "novel":
        checklist.tick(bindery.admin, "book", book, "draft", "read_once")
    pipeline = serving(bindery.admin, "book", drawn["kind"])
    assert pipeline is not None
    gate = gates(bindery.admin, pipeline, book)[target]
    try:
        update(bindery.admin, "book", [{"id": book, "stage": target}])
        passed = True
    except RecordsInvalid:
        passed = False
    assert gate.open == passed, (drawn, gate)
