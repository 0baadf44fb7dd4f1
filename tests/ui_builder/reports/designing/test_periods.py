"""A period that values alone ask for, and what people own, in the report builder."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from order_desk import builder_of, desk, desk_app  # noqa: F401  # fixtures
from shelving import Person

pytestmark = pytest.mark.usefixtures("desk")
NEW = "/reports/new"
BODY = {"object": "user", "label": "Who", "rows": ["id"], "values": {"n": "COUNT(owned_order, IN_PERIOD(signed_on))"}}


@pytest.fixture(scope="module")
def ann(builder_of: Callable[[str], Person]) -> Person:  # noqa: F811  # the fixture
    return builder_of("ann")


def shown(who: Person, body: dict[str, Any], **form: str) -> tuple[dict[str, Any], str]:
    """The body that the page then carries, and the page."""
    answer = who.post(NEW, body=json.dumps(body), do="preview", **form)
    assert answer.status_code == 200, answer.text[-2000:]
    found = re.search(r'name="body" value="(.*?)"', answer.text, re.DOTALL)
    assert found is not None
    return json.loads(html.unescape(found[1])), answer.text


def test_a_period_may_be_asked_for_by_values_alone(ann: Person) -> None:
    missing, page = shown(ann, BODY)
    assert "period" not in missing
    assert "that have a `period`" in html.unescape(page)
    chosen, page = shown(ann, BODY, part="period", **{"period.field": "-", "period.range": "this_year"})
    assert chosen["period"] == {"range": "this_year"}
    assert "that have a `period`" not in html.unescape(page)
    compared = {"period.field": "-", "period.range": "last_year", "period.compare": "year_ago"}
    again, page = shown(ann, chosen, part="period", **compared)
    assert (again["period"], again["compare"]) == ({"range": "last_year"}, "year_ago")
    assert re.search(r'<option value="-" selected', page)
    left, _ = shown(ann, again, part="period", **{"period.field": "", "period.range": "last_year"})
    assert "period" not in left
    assert "compare" not in left


def test_what_people_own_stands_among_their_fields(ann: Person) -> None:
    words = {one["text"]: one for one in ann.get(f"{NEW}/words", object="user").json}
    assert words["owned_order"]["kind"] == "relation"
    assert "IN_PERIOD" in words
    assert "owned_order_line" not in words
    assert "signed_on" in {one["text"] for one in ann.get(f"{NEW}/words", object="user", path="owned_order").json}
