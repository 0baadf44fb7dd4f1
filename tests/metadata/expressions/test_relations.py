"""Relations: how expressions name the records that point to one, and what is said where they cannot be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.errors import ExpressionError, InvalidDocuments
from dougong_metadata.expressions import Checked, Scope, check, lift_literals
from dougong_metadata.expressions.checked import Gathering
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model

OBJECTS: Mapping[str, Mapping[str, Any]] = {
    "shelf": {"name": {"type": "text"}, "keeper": {"type": "user"}},
    "book": {
        "name": {"type": "text"},
        "shelf": {"type": "lookup", "to": "shelf"},
        "sequel_of": {"type": "lookup", "to": "book", "relation": "sequels"},
        "price": {"type": "currency"},
        "pages": {"type": "integer"},
    },
    "order_line": {
        "name": {"type": "text"},
        "book": {"type": "detail", "to": "book"},
        "qty": {"type": "integer"},
        "amount": {"type": "currency"},
        "state": {"type": "picklist", "values": ["open", "sent"]},
        "due": {"type": "date"},
        "gift": {"type": "boolean"},
    },
    "parcel": {"name": {"type": "text"}, "line": {"type": "lookup", "to": "order_line"}, "weight": {"type": "decimal"}},
    "loan": {
        "name": {"type": "text"},
        "lent": {"type": "lookup", "to": "book"},
        "left": {"type": "lookup", "to": "book", "relation": "pledges"},
        "days": {"type": "integer"},
    },
}


def documents(**changed: Mapping[str, Any]) -> list[Document]:
    return [
        Document("object", name, {"name_field": "name", "fields": {**fields, **changed.get(name, {})}})
        for name, fields in OBJECTS.items()
    ]


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(documents())


def said(model: Model, text: str, object: str = "book", mode: Any = "value") -> Checked:
    return check(text, Scope.of(model, object, mode))


def refusal(model: Model, text: str, object: str = "book") -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        said(model, text, object)
    return caught.value


TYPES = [
    ("COUNT(order_line)", "number"),
    ('COUNT(order_line, state = "open")', "number"),
    ("COUNT(order_line, gift)", "number"),
    ("COUNT(order_line.due)", "number"),
    ("COUNT(sequels)", "number"),
    ("COUNT(pledges, days > 3)", "number"),
    ("SUM(order_line.amount, qty > 5 and state != 'sent')", "money"),
    ("SUM(order_line.amount * order_line.qty)", "money"),
    ("AVG(order_line.qty)", "number"),
    ("MIN(order_line.due)", "date"),
    ("MAX(order_line.book.name)", "text"),
    ("MAX(order_line.due, gift)", "date"),
    ("MEDIAN(order_line.qty)", "number"),
    ("COUNT_DISTINCT(order_line.state)", "number"),
    ("COUNT(shelf.book)", "number"),
    ("SUM(shelf.book.price, pages > 100)", "money"),
    ("SUM(order_line.qty) + price * COUNT(order_line)", "money"),
    ("COUNT(order_line, COUNT(parcel, weight > 2) > 1)", "number"),
    ("SUM(order_line.qty * COUNT(order_line.parcel, weight > 2))", "number"),
    ("COUNT(order_line, amount > book.price)", "number"),
    ("MAX(price, pages)", "money"),
    ("MAX(COUNT(order_line), pages)", "number"),
    ("MIN(SUM(order_line.amount), COUNT(sequels, pages > 5))", "money"),
    ("SUM(order_line.qty * MAX(order_line.amount, 0))", "money"),
    ("MIN(NULL, price)", "money"),
]


@pytest.mark.parametrize(("text", "kind"), TYPES, ids=[text for text, _ in TYPES])
def test_records_that_point_here_are_counted_and_summed_up(model: Model, text: str, kind: str) -> None:
    assert said(model, text).type.name == kind


def test_what_is_read_of_other_records_is_known_and_own_paths_stay_own(model: Model) -> None:
    checked = said(model, 'SUM(order_line.amount, state = "open") + COUNT(shelf.book, owner = $user) + price')
    assert checked.paths == (("shelf", "id"), ("price",))
    assert {("order_line", "amount"), ("order_line", "state"), ("order_line", "book")} <= checked.fields
    assert {("book", "shelf"), ("book", "owner"), ("shelf", "id"), ("book", "price")} <= checked.fields
    assert checked.relations == {("order_line", "book"), ("book", "shelf")}
    assert checked.functions == {"SUM", "COUNT"}
    assert checked.user_paths == ((),)
    gathered = [typed for typed in checked.typed.walk() if isinstance(typed, Gathering)]
    assert [(g.base, g.object, g.link) for g in gathered] == [((), "order_line", "book"), (("shelf",), "book", "shelf")]


def test_literals_of_a_condition_over_a_relation_are_lifted_and_bound(model: Model) -> None:
    text = 'COUNT(order_line, state = "open" and due < "2026-01-31") > 3'
    shape, values = lift_literals(text)
    checked = check(shape, Scope.of(model, "book"), source=text)
    assert checked.bind(values) == {"lit_1": "open", "lit_2": "2026-01-31", "lit_3": "3"}
    shape, values = lift_literals('COUNT(order_line, state = "opne") > 3')
    with pytest.raises(ExpressionError) as caught:
        check(shape, Scope.of(model, "book")).bind(values, source='COUNT(order_line, state = "opne") > 3')
    assert caught.value.hint == "open"
    assert caught.value.position == 26


def test_a_relation_stays_what_it_was_in_queries_with_groups(model: Model) -> None:
    assert said(model, "COUNT(pages > 5) + SUM(price)", mode="aggregate").relations == frozenset()
    with pytest.raises(ExpressionError):
        said(model, "COUNT(order_line)", mode="aggregate")


REFUSED = [
    ("COUNT(loan)", 6, "pledges"),
    ("COUNT(order_lne)", 6, "order_line"),
    ("SUM(order_lne.qty)", 4, "order_line"),
    ("MAX(order_lne.qty)", 4, None),
    ("COUNT(parcel)", 6, None),
    ("COUNT()", 0, None),
    ("COUNT(price)", 0, None),
    ("SUM(5)", 0, None),
    ("SUM(order_line)", 4, None),
    ("SUM(order_line.name)", 15, None),
    ("SUM(order_line.qtty)", 15, "qty"),
    ("SUM(order_line.amount, price > 5)", 23, None),
    ("SUM(order_line.amount, 5)", 23, None),
    ("SUM(order_line.amount * price)", 24, None),
    ("SUM(order_line.amount, gift, gift)", 0, None),
    ("SUM(order_line.amount, changed(gift))", 23, None),
    ("order_line.qty > 5", 0, "COUNT(order_line)"),
    ("COUNT(order_line, order_line.qty > 5)", 18, None),
    ("COUNT(shelf.boook)", 0, None),
    ("COUNT(order_line, COUNT(parcel, COUNT(line.parcel, COUNT(line.parcel) > 0) > 0) > 0)", 51, None),
]


@pytest.mark.parametrize(("text", "position", "hint"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_what_names_no_relation_is_refused_where_it_stands(
    model: Model, text: str, position: int, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(text, Scope.of(model, "book", "value", saving=True))
    assert caught.value.position == position, caught.value.message("en")
    assert caught.value.hint == hint
    assert caught.value.message("zh") != caught.value.message("en")


def test_an_object_that_points_by_several_fields_asks_for_a_relation(model: Model) -> None:
    sentence = refusal(model, "COUNT(loan)").message("en")
    assert "`lent`, `left`" in sentence
    assert "give the one that is meant a `relation`" in sentence


def test_an_expression_goes_to_related_records_so_and_so_often(model: Model) -> None:
    assert said(model, " + ".join(["COUNT(order_line)"] * 20)).type.name == "number"
    assert "at most 20 times" in refusal(model, " + ".join(["COUNT(order_line)"] * 21)).message("en")
    inside = "COUNT(order_line, " + " + ".join(["COUNT(parcel)"] * 20) + " > 1)"
    assert "at most 20 times" in refusal(model, inside).message("en")


def _paths(**changed: Mapping[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidDocuments) as caught:
        compile_model(documents(**changed))
    return {f"{p.name}:{p.path}": p.en for p in caught.value.problems}


def test_a_relation_is_called_as_nothing_else_of_its_target() -> None:
    loan = {"lent": {"type": "lookup", "to": "book", "relation": "pledges"}}
    assert "is what loan.lent calls its records" in _paths(loan=loan)["loan:fields.left.relation"]
    for name, why in (("price", "is a field of book"), ("order_line", "is an object"), ("null", "is a word")):
        found = _paths(loan={"lent": {"type": "lookup", "to": "book", "relation": name}})
        assert why in found["loan:fields.lent.relation"]


def test_from_a_person_everything_is_reached_that_is_his(model: Model) -> None:
    checked = said(model, 'SUM(owned_book.price, shelf.name = "a") + COUNT(owned_loan, days > 3)', "user")
    assert ("book", "owner") in checked.relations
    assert checked.fields >= {("book", "price"), ("book", "owner"), ("shelf", "name"), ("loan", "days")}
    assert said(model, "COUNT(shelf)", "user").relations == {("shelf", "keeper")}  # his as that field says
    assert said(model, "COUNT(owned_shelf)", "user").relations == {("shelf", "owner")}
    assert said(model, "COUNT(owner.owned_book)").relations == {("book", "owner")}
    assert "order_line" not in "".join(Scope.of(model, "user").relations("user"))  # belongs to its parent
    assert not {"owned_user", "owned_team", "book"} & Scope.of(model, "user").relations("user").keys()
    assert refusal(model, "COUNT(owned_bok)", "user").hint == "owned_book"


def test_what_people_own_is_called_as_nothing_else() -> None:
    found = _paths(loan={"to_whom": {"type": "user", "relation": "owned_book"}})
    assert "is what book.owner calls its records" in found["loan:fields.to_whom.relation"]
    owned = Document("object", "owned_book", {"name_field": "name", "fields": {"name": {"type": "text"}}})
    assert "owned_book" in compile_model([*documents(), owned]).objects  # points to nobody by a field of its own
    fields = {"name": {"type": "text"}, "reader": {"type": "user"}}
    with pytest.raises(InvalidDocuments) as caught:
        compile_model([*documents(), Document("object", "owned_book", {"name_field": "name", "fields": fields})])
    assert [problem.path for problem in caught.value.problems] == ["fields.reader.relation"]
    named = {**fields, "reader": {"type": "user", "relation": "readings"}}
    made = compile_model([*documents(), Document("object", "owned_book", {"name_field": "name", "fields": named})])
    assert said(made, "COUNT(readings) + COUNT(owned_owned_book)", "user").relations == {
        ("owned_book", "reader"),
        ("owned_book", "owner"),
    }


def test_a_wrong_link_is_told_once_and_not_again_by_what_counts_its_records() -> None:
    found = _paths(
        order_line={"book": {"type": "detail", "to": "bok"}},
        book={"busy": {"type": "boolean", "default": "COUNT(order_line) > 1"}},
    )
    assert list(found) == ["order_line:fields.book.to"]
