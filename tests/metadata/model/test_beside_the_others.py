"""Numbers beside the average and the best of people: what a dashboard may say of it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from support.reported import Body, compiled, wrong

COUNTED: Body = {"type": "number", "object": "purchase", "value": "SUM(total)", "at": [0, 0, 3, 3]}


def codes(widget: Body, **dashboard: Any) -> dict[str, str]:
    others = [document for document in compiled().documents.values() if document.kind == "report"]
    found = wrong("dashboard", {"widgets": {"a": widget}, **dashboard}, *others)
    assert all(problem.en and problem.zh for problem in found)
    return {problem.path.removeprefix("widgets.a."): problem.code for problem in found}


@pytest.mark.parametrize(
    ("more", "problems"),
    [
        ({"beside": "owner"}, {}),
        ({"beside": {"by": "owner"}}, {}),
        ({"beside": {}}, {"beside.by": "required"}),
        ({"beside": "ownr"}, {"beside.by": "unknown_name"}),
        ({"beside": "title"}, {"beside.by": "not_a_user"}),
        ({"beside": "owner", "where": "owner = $user"}, {"beside": "beside_of_viewer"}),
    ],
)
def test_a_number_of_an_object_may_stand_beside_those_of_others(more: Body, problems: dict[str, str]) -> None:
    assert codes({**COUNTED, **more}) == problems


@pytest.mark.parametrize(
    ("report", "by", "problems"),
    [
        ("crossed", "purchase.owner", {}),
        ("crossed", "purchase.title", {"beside.by": "not_a_user"}),
        ("crossed", "buyer", {"beside.by": "unknown_name"}),
        ("by_trade", "owner", {"beside": "beside_by_groups"}),
        ("won", "owner", {"beside": "beside_by_groups"}),
    ],
)
def test_so_may_a_number_of_a_report_that_can_be_asked_person_by_person(
    report: str, by: str, problems: dict[str, str]
) -> None:
    assert codes({"type": "number", "report": report, "beside": by, "at": [0, 0, 3, 3]}) == problems


def test_the_dashboard_says_under_whose_access_it_is_worked_out() -> None:
    assert codes({**COUNTED, "beside": "owner"}, beside_as="boss@example.com") == {}
    refused = codes({**COUNTED, "beside": "owner"}, view_as="boss@example.com")
    assert refused == {"beside": "not_with_view_as"}
    assert codes(COUNTED, beside_as="boss") == {"beside_as": "bad_form"}
