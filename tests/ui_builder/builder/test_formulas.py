"""Formulas, roll-ups and validations in the builder without JavaScript, the words that islands complete with, and what
somebody sees who may shape objects but not read their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dougong_platform.releases import draft as drafts
from dougong_tenants.people import create_user
from order_lines import make_ordering
from reading import PASSWORD, Reading

DESIGNER = """
---
kind: permission_set
name: designer
label: Designer
kinds: [object, validation, automation]
objects:
  book: {read: own}
fields: {book.price: none}
"""


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    made = make_ordering(module_database_url, DESIGNER)
    create_user(
        made.database,
        made.tenant,
        {"name": "Dan", "email": "dan@library.test"},
        password=PASSWORD,
        permission_sets=["designer"],
    )
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def fresh_draft(reading: Reading) -> None:
    drafts.discard(reading.database, reading.tenant)


@pytest.fixture
def designer(visit: Callable[[str], Any], reading: Reading) -> Any:
    return visit("dan@library.test")


def field(reading: Reading, name: str) -> dict[str, Any]:
    found: dict[str, Any] = drafts.get(reading.database, reading.tenant, "object", "book")[0].json()["fields"]
    return found[name]


def test_a_formula_is_added_and_shown_with_its_results(administrator: Any, reading: Reading) -> None:
    given = {
        "@type": "formula",
        "@name": "twice",
        "b/label/en": "Twice",
        "b/returns": "currency",
        "b/formula": "price * 2",
    }
    assert administrator.post("/builder/objects/book/fields", given).status_code == 303
    assert field(reading, "twice")["formula"] == "price * 2"
    page = administrator.get("/builder/objects/book?field=twice").text
    assert page.count('<td class="dg-num">') == 5
    assert "Formula → Currency" in page


def test_a_formula_that_reads_itself_is_refused_with_the_chain(administrator: Any, reading: Reading) -> None:
    given = {"@type": "formula", "@name": "one", "b/returns": "decimal", "b/formula": "one + 1"}
    answer = administrator.post("/builder/objects/book/fields", given)
    assert answer.status_code == 422
    assert "book.one → book.one" in answer.text


def test_a_rollup_is_chosen_step_by_step(administrator: Any, reading: Reading) -> None:
    path = "/builder/objects/book/fields"
    given = {"@type": "rollup", "@name": "sold", "b/of": "order_line.book", "@rollup": "sum", "@do": "again"}
    asked = administrator.post(path, given)
    assert asked.status_code == 200
    assert "Sum of … over Order lines" in asked.text
    assert 'value="qty"' in asked.text
    given |= {"@rollup_field": "qty", "b/where": 'state = "paid"', "@do": ""}
    assert administrator.post(path, given).status_code == 303
    assert field(reading, "sold") == {
        "type": "rollup",
        "of": "order_line.book",
        "sum": "qty",
        "where": 'state = "paid"',
    }
    page = administrator.get("/builder/objects/book?field=sold")
    assert "Sum of Quantity over Order lines where State = paid" in page.text
    counted = administrator.inputs(page.text)
    counted.setlist("@rollup", ["count"])
    assert administrator.post(f"{path}/sold", counted).status_code == 303
    assert field(reading, "sold") == {
        "type": "rollup",
        "of": "order_line.book",
        "where": 'state = "paid"',
        "count": True,
    }


def test_words_lead_along_links_to_relations_and_functions(administrator: Any) -> None:
    def words(query: str) -> dict[str, dict[str, Any]]:
        found = administrator.http.get(f"/builder/expression-words?{query}").get_json()
        return {one["text"]: one for one in found}

    here = words("object=book")
    assert here["genre"]["values"] == [["novel", "Novel"], ["manual", "Manual"]]
    assert (here["shelf"]["kind"], here["lines"]["kind"], here["IF"]["kind"]) == ("link", "relation", "function")
    assert {"$user", "$now", "$today", "WORKDAYS", "REGEX", "SUM", "DISTANCE"} <= here.keys()
    assert "CHANGED" not in here
    assert "CHANGED" in words("object=book&saving=1")
    assert "room" in words("object=book&path=shelf")
    assert "amount" in words("object=book&path=lines")
    assert "email" in words("object=book&path=$user")
    assert (words("object=user")["owned_book"]["kind"], "IN_PERIOD" in here) == ("relation", True)
    assert "price" in words("object=user&path=owned_book")


def test_whoever_may_not_read_a_field_is_not_shown_results_of_it(designer: Any) -> None:
    shown = designer.post("/builder/objects/book/preview-formula", {"b/formula": "price * 2", "b/returns": "currency"})
    assert shown.status_code == 200
    assert "It uses what you may not read" in shown.text
    shown = designer.post("/builder/objects/book/preview-formula", {"b/formula": "pages * 2", "b/returns": "decimal"})
    assert "There are no records yet" in shown.text  # none of his own


def test_whoever_may_not_read_a_field_is_not_told_how_many_fail(designer: Any, administrator: Any) -> None:
    rule = {"b/object": "book", "b/must": "price >= 20"}
    assert "2 of 6 records would not pass" in administrator.post("/builder/try-validation", rule).text
    told = designer.post("/builder/try-validation", rule).text
    assert "would not pass" not in told
    assert "price" in told


def test_a_delegate_writes_automations_and_nothing_else(designer: Any) -> None:
    assert designer.get("/builder/automations/new?object=book").status_code == 200
    checked = designer.http.post(
        "/builder/check-condition",
        json={"object": "book", "text": "price > 20"},
        headers={
            "Origin": "http://localhost",
            "X-CSRF-Token": designer.inputs(designer.get("/builder/automations/new").text)["csrf_token"],
        },
    )
    assert checked.get_json()["ok"] is True
    assert "of" not in checked.get_json()
    assert designer.get("/builder/layouts").status_code == 403
