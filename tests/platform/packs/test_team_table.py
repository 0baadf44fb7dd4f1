"""The team's table on the demo company: each number of each person is the one that the report about it alone says, of
the same period and of the one before, for whoever looks; and it leads to that person's records."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from demo_company import Company
from dougong_platform import reports
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import finding
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.asked import Asked, Point

pytestmark = pytest.mark.slow

# A number of the table, and where the report about it says it.
SAID = {
    "won_amount": ("leaderboard", "total"),
    "won": ("leaderboard", "n"),
    "received": ("leaderboard_received", "total"),
    "follow_ups": ("leaderboard_effort", "n"),
}
OF_THE_FIRST = {"follow_ups": "activities_by_rep", "accounts": "new_accounts_by_rep"}  # these show 20 people
PERIODS = ("this_year", "last_year", "last_quarter", "last_90_days", "all")
PEOPLE = 'kind = "person"'  # not queues, which own records too
LEADERS = ("boss", "director", "amelia", "supervisor")


def answered(caller: Caller, report: str, asked: Asked) -> Answer:
    found = reports.run(caller, finding.find(caller, report).report, asked)
    assert isinstance(found, Answer)
    return found


def numbers(answer: Answer, value: str) -> dict[Any, Decimal]:
    """By person, without those of whom it is nothing."""
    at = [head.name for head in answer.values].index(value)
    found = {row.keys[0]: Decimal(str(row.all[at] or 0)) for row in answer.rows}
    return {person: number for person, number in found.items() if number}


@pytest.mark.parametrize("who", LEADERS)
@pytest.mark.parametrize("period", PERIODS)
def test_each_number_is_what_the_report_about_it_says(demo: Company, who: str, period: str) -> None:
    caller, asked = demo.caller(who), Asked(period=period, compare="year_ago")
    table = answered(caller, "team_table", asked)
    people = {str(one["id"]) for one in list_records(caller, "user", fields=["id"], filter=PEOPLE, limit=1000).records}
    there = {str(row.keys[0]) for row in table.rows}
    for value, (report, name) in SAID.items():
        theirs = {key: n for key, n in numbers(answered(caller, report, asked), name).items() if key in people}
        assert numbers(table, value) == theirs, value
    for value, report in OF_THE_FIRST.items():
        theirs = {key: n for key, n in numbers(answered(caller, report, asked), "n").items() if key in people}
        assert {key: n for key, n in numbers(table, value).items() if key in theirs} == theirs, value
    for value, (report, name) in SAID.items() if table.before is not None else ():
        theirs = numbers(answered(caller, report, asked), f"{name}@before")
        assert numbers(table, f"{value}@before") == {key: n for key, n in theirs.items() if key in there}, value


def test_the_team_is_there_also_with_nothing_and_the_company_is_not(demo: Company) -> None:
    caller = demo.caller("director")
    table = answered(caller, "team_table", Asked(period="2001-01-01..2001-01-31"))
    there = {str(row.keys[0]) for row in table.rows}
    assert demo.user("rep") in there
    assert not there & {demo.user(one) for one in ("finance", "legal", "marketing", "service")}
    assert not any(numbers(table, head.name) for head in table.values)
    assert not table.notices
    assert not [one for one in answered(caller, "team_table", Asked()).notices if "分组" in one or "leaves" in one]


def test_everybody_finds_those_whose_records_he_sees(demo: Company) -> None:
    everybody, team = (answered(demo.caller(who), "team_table", Asked()) for who in ("director", "supervisor"))
    assert 1 < len(team.rows) < len(everybody.rows)


def test_every_number_leads_to_the_records_of_the_person(demo: Company) -> None:
    caller = demo.caller("director")
    report, asked = finding.find(caller, "team_table").report, Asked(period="last_365_days", compare="previous")
    table = answered(caller, "team_table", asked)
    for row in (table.rows[0], table.rows[-1]):
        for at, head in enumerate(table.values):
            if head.role not in ("value", "before"):
                continue
            found = reports.drill(caller, report, Point(row.keys, (), head.name), asked)
            listed = list_records(caller, found.object, fields=["id"], filter=found.filter or None, limit=1, count=True)
            assert listed.count == found.count, (head.name, found.filter)
            assert Decimal(str(found.value or 0)) == Decimal(str(row.all[at] or 0)), (head.name, found.filter)


def test_the_filters_of_a_board_mean_the_people(demo: Company) -> None:
    caller, rep = demo.caller("director"), demo.user("rep")
    table = answered(caller, "team_table", Asked(owner=rep))
    assert [row.keys for row in table.rows] == [(rep,)]
    department = list_records(caller, "user", fields=["department"], filter=f'id = "{rep}"', limit=1).records[0]
    mates = answered(caller, "team_table", Asked(department=str(department["department"])))
    assert rep in {str(row.keys[0]) for row in mates.rows}
    assert len(mates.rows) < len(answered(caller, "team_table", Asked()).rows)
