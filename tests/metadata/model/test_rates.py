"""The rate that an amount is converted with: a decimal number of the same record, beside its currency."""

from __future__ import annotations

from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model, problems_of
from dougong_metadata.packs import load_pack


def object_with(**total: Any) -> list[Document]:
    fields = {
        "title": {"type": "text"},
        "unit": {"type": "text"},
        "rate": {"type": "decimal", "scale": 6},
        "pieces": {"type": "integer"},
        "worked_out": {"type": "formula", "formula": "rate * 2", "returns": "decimal"},
        "total": {"type": "currency", **total},
        "twice": {"type": "formula", "formula": "total * 2", "returns": "currency"},
    }
    return [Document("object", "purchase", {"name_field": "title", "fields": fields})]


def codes(**total: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems_of(object_with(**total))]


def test_an_amount_knows_the_rate_of_its_currency() -> None:
    field = compile_model(object_with(currency_field="unit", rate_field="rate")).objects["purchase"].fields["total"]
    assert (field.settings["currency_field"], field.settings["rate_field"]) == ("unit", "rate")


def test_what_is_no_rate_is_refused() -> None:
    at = "fields.total.rate_field"
    assert codes(rate_field="rate") == [(at, "not_with")]
    assert codes(currency_field="unit", rate_field="rat") == [(at, "unknown_name")]
    assert codes(currency_field="unit", rate_field="pieces") == [(at, "not_a_rate")]
    assert codes(currency_field="unit", rate_field="worked_out") == [(at, "not_a_rate")]


def test_the_amounts_of_the_sales_pack_have_their_rates() -> None:
    objects = compile_model(load_pack("sales").documents).objects
    without = [
        f"{model.name}.{field.name}"
        for model in objects.values()
        for field in model.own_fields
        if field.settings.get("currency_field") and "exchange_rate" in model.fields and field.is_stored
        if field.settings.get("rate_field") != "exchange_rate"
    ]
    assert without == []
