"""The reference page is what the registry says, and the registry says everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from dougong_metadata.expressions.functions import AGGREGATES, FUNCTIONS
from dougong_metadata.expressions.functions.registry import function
from dougong_metadata.expressions.reference import render

PAGE = Path(__file__).parents[3] / "docs" / "expression-reference.md"


def test_the_reference_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == render(), (
        "write it with: python -m dougong_metadata.expressions.reference docs/expression-reference.md"
    )


def test_every_function_has_its_heading_in_both_languages():
    text = render()
    for entry in (*FUNCTIONS.values(), *AGGREGATES.values()):
        assert f"### `{entry.usage}`" in text
        assert entry.summary.en in text
        assert entry.summary.zh in text


def test_every_function_that_needs_no_record_has_an_example():
    without = {name for name, entry in FUNCTIONS.items() if not entry.examples}
    # tested over rows in test_meaning; the past and the period in tests/platform/reports
    past = {"STOOD", "ENTERED", "WENT_ON", "VALUE_ON"}
    assert without == {"INCLUDES", "PRIOR", "CHANGED", "ISNEW", "GETLABEL", "PICKLISTCOUNT", "IN_PERIOD"} | past


def test_a_second_function_of_the_same_name_is_refused():
    with pytest.raises(ValueError, match="two functions"):
        function("LEFT(text: text) -> text", "x", "x", {})(lambda x: x)
