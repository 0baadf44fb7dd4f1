"""Formulas and roll-ups in the model: their results' types, what they may read, and circles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model

LINE = {
    "order": {"type": "detail", "to": "purchase"},
    "title": {"type": "text"},
    "price": {"type": "currency", "scale": 2},
    "pieces": {"type": "integer"},
    "due": {"type": "date"},
    "amount": {"type": "formula", "returns": "currency", "formula": "price * pieces"},
}


def compiled(order: Mapping[str, Any], line: Mapping[str, Any] = LINE) -> Model:
    bodies = {
        "purchase": {"name_field": "title", "fields": {"title": {"type": "text"}, **order}},
        "line": {"name_field": "title", "fields": line},
    }
    return compile_model([Document("object", name, body) for name, body in bodies.items()])


def problems(order: Mapping[str, Any], line: Mapping[str, Any] = LINE) -> dict[str, str]:
    with pytest.raises(InvalidDocuments) as caught:
        compiled(order, line)
    return {p.path: p.en for p in caught.value.problems}


def rollup(**said: Any) -> dict[str, Any]:
    return {"type": "rollup", "of": "line.order", **said}


def test_a_computed_field_has_the_type_of_its_result() -> None:
    model = compiled(
        {
            "lines": rollup(count=True),
            "total": rollup(sum="amount", where='title != "x"'),
            "pieces": rollup(sum="pieces"),
            "mean": rollup(average="pieces"),
            "first_due": rollup(min="due"),
            "last_title": rollup(last="title", by="due"),
            "big": {"type": "formula", "returns": "boolean", "formula": "total > 100 and lines > 1"},
        }
    )
    fields = model.objects["purchase"].fields
    names = ("lines", "total", "pieces", "mean", "first_due", "last_title", "big")
    types = {name: fields[name].type.name for name in names}
    assert types == {
        "lines": "integer",
        "total": "currency",
        "pieces": "integer",
        "mean": "decimal",
        "first_due": "date",
        "last_title": "text",
        "big": "boolean",
    }
    assert all(fields[name].read_only for name in names)
    assert [name for name in names if not fields[name].is_stored] == ["big"]
    assert fields["total"].rollup is not None
    assert fields["total"].rollup.kind == "sum"
    assert [f.name for f in model.objects["purchase"].rollups] == list(names[:-1])


def test_a_circle_is_refused_with_its_chain() -> None:
    line = {**LINE, "share": {"type": "formula", "returns": "decimal", "formula": "price / order.total"}}
    said = problems({"total": rollup(sum="share")}, line)
    assert any("purchase.total → line.share → purchase.total" in text for text in said.values()) or any(
        "line.share → purchase.total → line.share" in text for text in said.values()
    )
    alone = problems({"a": {"type": "formula", "returns": "text", "formula": "a"}})
    assert alone["fields.a.formula"] == "It reads itself: purchase.a → purchase.a."


def test_a_rollup_takes_only_what_the_writes_of_its_records_change() -> None:
    far = {**LINE, "mark": {"type": "formula", "returns": "text", "formula": "order.title"}}
    assert "“order.title”" in problems({"n": rollup(first="mark")}, far)["fields.n.first"]
    assert (
        "the time or the one who asks" in problems({"n": rollup(count=True, where="due < TODAY()")})["fields.n.where"]
    )
    assert "“order.title”" in problems({"n": rollup(count=True, where='order.title = "x"')})["fields.n.where"]


@pytest.mark.parametrize(
    ("said", "path", "sentence"),
    [
        ({"sum": "prise"}, "fields.n.sum", "“prise” is not a field of line; did you mean “price”?"),
        ({"sum": "title"}, "fields.n.sum", "“title” is text: it has no sum."),
        ({}, "fields.n", "A roll-up says one of count, sum, min, max, average, first, last."),
        (
            {"count": True, "sum": "price"},
            "fields.n",
            "A roll-up says one of count, sum, min, max, average, first, last.",
        ),
        ({"of": "line.title", "count": True}, "fields.n.of", "“line.title” does not point to purchase."),
        ({"count": True, "where": "prise > 1"}, "fields.n.where", "`prise` is not a field of `line`"),
    ],
)
def test_what_is_wrong_with_a_rollup_is_told_at_its_place(said: dict[str, Any], path: str, sentence: str) -> None:
    assert sentence in problems({"n": rollup(**said)})[path]


def test_a_formula_yields_what_it_says() -> None:
    wrong = problems({"n": {"type": "formula", "returns": "date", "formula": "title"}})
    assert "a date is expected" in wrong["fields.n.formula"]


def test_a_formula_cannot_name_records_or_be_a_key() -> None:
    said = problems({"code": {"type": "formula", "returns": "text", "formula": "title", "unique": True}})
    assert "cannot have “unique”" in said["fields.code.unique"]


def test_formulas_that_double_at_every_step_are_refused() -> None:
    steps = {
        f"f{n}": {"type": "formula", "returns": "decimal", "formula": f"f{n - 1} + f{n - 1}" if n else "1 + 1"}
        for n in range(14)
    }
    assert "more than 5,000 parts" in problems(steps)["fields.f12.formula"]
    compiled({name: body for name, body in steps.items() if name not in ("f11", "f12", "f13")})


def test_formulas_that_double_by_way_of_relations_are_refused_too() -> None:
    def over(n: int, reads: str) -> dict[str, Any]:
        return {f"f{n}": {"type": "formula", "returns": "decimal", "formula": reads}}

    order: dict[str, Any] = {"kind_of": {"type": "text"}}
    line: dict[str, Any] = dict(LINE)
    for n in range(0, 14, 2):
        order |= over(n, f"SUM(line.f{n - 1}) + SUM(line.f{n - 1})" if n else "1 + 1")
        line |= over(n + 1, f"order.f{n} + order.f{n}")
    found = problems(order, line)
    assert any("more than 5,000 parts" in text for text in found.values())
