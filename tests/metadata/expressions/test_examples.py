"""Every example of the function reference gives the result that it promises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dougong_metadata.expressions.functions import FUNCTIONS

EXAMPLES = [(name, text, result) for name, f in FUNCTIONS.items() for text, result in f.examples.items()]


def canonical(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.parametrize(("name", "text", "result"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES])
def test_an_example_of_the_reference_gives_its_result(answer, name, text, result):
    value = answer(text)
    if isinstance(value, Decimal) and result is not None:
        assert value == Decimal(result)
    assert canonical(value) == result
