"""Who is asked at a node: each kind of rule by example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalNode, Approvers
from dougong_platform.approvals.people.approvers import administrators_of, choosable, find
from dougong_platform.approvals.state import Search
from pace import growth
from small_company import SmallCompany, Worker, expression

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
NODE = ApprovalNode("first", "approve", Label("First", "第一步"))
NAMES = expression("title")
LEVELS = expression("rank")

COMPANY = SmallCompany(
    [
        Worker("boss", sets=("administrator", "signs"), department="whole"),
        Worker("head", "boss", "east", sets=("signs",)),
        Worker("chief", "head", "shore"),
        Worker("gone", "chief", "shore", active=False, sets=("signs",)),
        Worker("clerk", "chief", "shore"),
        Worker("novice", "gone", "shore"),
        Worker("turn", "round", "lost"),
        Worker("round", "turn", "lost"),
        Worker("desk", kind="queue", team="checkers"),
        Worker("alone"),
    ],
    departments={
        "whole": (None, "boss"),
        "east": ("whole", "head"),
        "shore": ("east", None),
        "lost": ("lost", "gone"),
    },
    teams={"checkers": ("clerk", "gone", "head"), "empty": ("gone",)},
)
ORGANISATION = COMPANY.organisation()


def ask(
    *rules: Approvers,
    submitter: str | None = "clerk",
    facts: Mapping[Any, Any] | None = None,
    roles: Mapping[str, Sequence[str]] | None = None,
    choices: Sequence[str] = (),
    administrators: Sequence[str] | None = None,
    **node: str,
) -> Search:
    given = administrators_of(ORGANISATION, NOW) if administrators is None else administrators
    return find(
        ORGANISATION,
        NOW,
        rules,
        replace(NODE, **node),  # type: ignore[arg-type]  # the settings are texts
        submitter=submitter,
        facts=facts or {},
        roles=roles or {},
        choices=choices,
        administrators=given,
    )


def people(search: Search) -> list[str]:
    return [one.user for one in search.people]


def notes(search: Search) -> list[str]:
    return [one["en"] for one in search.notes]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Approvers("user", "CHIEF@example.test"), ["chief"]),
        (Approvers("permission_set", "signs"), ["boss", "head"]),
        (Approvers("role", "reader"), ["chief", "head"]),
        (Approvers("team", "checkers"), ["chief", "head"]),
        (Approvers("department", "shore"), ["chief", "novice"]),
        (Approvers("manager"), ["chief"]),
        (Approvers("manager", levels=3), ["boss"]),
        (Approvers("manager", of=("keeper",)), ["boss"]),
        (Approvers("managers", levels=2), ["chief", "head"]),
        (Approvers("managers", levels=9, until="signs"), ["chief", "head"]),
        (Approvers("managers", levels_by=LEVELS), ["chief", "head", "boss"]),
        (Approvers("department_head", levels=1), ["head"]),
        (Approvers("department_head", levels=0, of=("keeper",)), ["head"]),
        (Approvers("field", "shelf.keeper"), ["boss"]),
        (Approvers("choice", "signs", most=3), ["boss", "chief"]),
        (Approvers("expression", expression=NAMES), ["head"]),
    ],
    ids=lambda value: value.kind if isinstance(value, Approvers) else "",
)
def test_each_kind_of_rule_finds_its_people_and_says_why(rule: Approvers, found: list[str]) -> None:
    search = ask(
        rule,
        facts={("keeper",): "head", ("shelf", "keeper"): "boss", NAMES: "head@example.test", LEVELS: 3},
        roles={"reader": ["chief", "head"]},
        choices=["boss", "chief"],
        own="manager",
    )
    assert search.outcome == "ask"
    assert people(search) == found
    assert all(one.why["en"] and one.why["zh"] for one in search.people)


def test_a_reason_names_the_person_whose_manager_somebody_is() -> None:
    search = ask(Approvers("managers", levels=2))
    assert [one.why["en"] for one in search.people] == [
        "Manager of Name of clerk",
        "Manager of Name of clerk, 2 levels up",
    ]
    assert [one.why["zh"] for one in search.people] == ["Name of clerk的上级", "Name of clerk的第 2 级上级"]


def test_people_whom_several_rules_find_are_asked_once_in_the_order_of_the_rules() -> None:
    search = ask(
        Approvers("manager", levels=2), Approvers("managers", levels=3), Approvers("user", "head@example.test")
    )
    assert people(search) == ["head", "chief", "boss"]


def test_who_has_left_is_replaced_by_the_next_active_one_above() -> None:
    search = ask(Approvers("manager"), submitter="novice")
    assert people(search) == ["chief"]
    assert notes(search) == ["Name of gone has left; Name of chief is asked instead"]


def test_who_has_left_is_replaced_by_administrators_or_left_out_where_the_node_says_so() -> None:
    assert people(ask(Approvers("manager"), submitter="novice", left="administrator")) == ["boss"]
    search = ask(Approvers("manager"), submitter="novice", left="leave_out", nobody="skip")
    assert search.outcome == "skip"
    assert search.why is not None
    assert search.why["en"] == "Nobody had to be asked. Name of gone has left and is not asked"


def test_a_queue_stands_for_the_active_members_of_its_team() -> None:
    search = ask(Approvers("field", "owner"), facts={("owner",): "desk"}, own="ask")
    assert people(search) == ["clerk", "head"]
    assert search.people[0].why["en"] == "For the queue Name of desk"


@pytest.mark.parametrize(
    ("own", "outcome", "found", "approves"),
    [
        ("ask", "ask", ["clerk"], False),
        ("approve", "ask", ["clerk"], True),
        ("manager", "ask", ["chief"], False),
        ("administrator", "ask", ["boss"], False),
        ("refuse", "refuse", [], False),
    ],
)
def test_the_submitter_himself(own: str, outcome: str, found: list[str], approves: bool) -> None:
    search = ask(Approvers("user", "clerk@example.test"), own=own)
    assert (search.outcome, people(search), search.own) == (outcome, found, approves)


def test_managers_in_a_circle_end_and_are_said() -> None:
    assert people(ask(Approvers("managers", levels=50), submitter="turn")) == ["round"]
    search = ask(Approvers("manager", levels=2), submitter="turn", nobody="refuse")
    assert search.outcome == "refuse"
    assert notes(search) == ["The managers of Name of turn go in a circle"]


def test_a_submitter_whose_managers_go_in_a_circle_is_not_his_own_substitute() -> None:
    assert people(ask(Approvers("user", "turn@example.test"), submitter="turn")) == ["round"]


@pytest.mark.parametrize(
    ("rule", "submitter", "note"),
    [
        (Approvers("manager"), "boss", "Name of boss has no manager"),
        (Approvers("manager", levels=9), "clerk", "Name of clerk has no manager 9 levels up"),
        (Approvers("manager"), None, "Nobody submitted it: it was submitted by itself"),
        (Approvers("manager", of=("keeper",)), "clerk", "The record names nobody (keeper)"),
        (Approvers("managers", levels_by=LEVELS), "clerk", "No number of levels could be worked out"),
        (Approvers("department_head", levels=0), "clerk", "shore has no head"),
        (Approvers("department_head", levels=0), "alone", "Name of alone is in no department"),
        (Approvers("department_head", levels=7), "clerk", "There is no department 7 levels above shore"),
        (Approvers("department_head", levels=0), "turn", "Name of gone has left; Name of chief is asked instead"),
        (Approvers("user", "nobody@example.test"), "clerk", "Nobody has the address nobody@example.test"),
        (Approvers("field", "keeper"), "clerk", "The record names nobody (keeper)"),
        (Approvers("expression", expression=NAMES), "clerk", "The flow's expression named nobody"),
        (Approvers("choice", "signs"), "clerk", "Nobody was chosen"),
        (Approvers("team", "empty"), "clerk", "Nobody active: Member of the team empty"),
        (Approvers("role", "reader"), "clerk", "Nobody active: In the record's role reader"),
    ],
)
def test_what_is_missing_is_said(rule: Approvers, submitter: str | None, note: str) -> None:
    search = ask(rule, submitter=submitter, facts={NAMES: "", LEVELS: None})
    assert notes(search) == [note]
    assert all(one["zh"] for one in search.notes)


def test_where_nobody_is_found_the_administrators_are_asked_and_without_any_it_is_refused() -> None:
    rule = Approvers("department_head", levels=0)
    assert people(ask(rule)) == ["boss"]
    search = ask(rule, administrators=[])
    assert search.outcome == "refuse"
    assert search.why == {
        "en": "Nobody can be asked, and no administrator is left to ask. shore has no head",
        "zh": "未找到审批人，也没有管理员；shore没有负责人",
    }


def test_an_administrator_is_not_asked_about_what_he_submitted_himself() -> None:
    rule = Approvers("manager")
    assert ask(rule, submitter="boss").outcome == "refuse"
    assert people(ask(rule, submitter="boss", own="ask")) == ["boss"]
    assert ask(rule, submitter="boss", own="approve").own


def test_the_submitter_chooses_among_the_active_people_of_the_set() -> None:
    assert choosable(ORGANISATION, NOW, Approvers("choice", "signs")) == ["boss", "head"]
    assert choosable(ORGANISATION, NOW, Approvers("choice", "checkers", source="team")) == ["clerk", "head"]
    assert choosable(ORGANISATION, NOW, Approvers("choice", "shore", source="department")) == [
        "chief",
        "clerk",
        "novice",
    ]


def test_a_grant_counts_from_its_beginning_to_its_end() -> None:
    organisation = COMPANY.organisation()
    grants = tuple(replace(g, until_at=NOW) if g.user == "head" else g for g in organisation.grants)
    ending = replace(organisation, grants=grants)
    rule = Approvers("choice", "signs")
    assert choosable(ending, NOW - dt.timedelta(seconds=1), rule) == ["boss", "head"]
    assert choosable(ending, NOW, rule) == ["boss"]


def of_a_large_company(people: int) -> Callable[[], Search]:
    """The search in a company where everybody signs."""
    workers = [Worker(f"w{n:04}", f"w{n // 7:04}" if n else None, sets=("signs",)) for n in range(people)]
    organisation = SmallCompany(workers).organisation()
    rules = [Approvers("permission_set", "signs"), Approvers("managers", levels=people)]
    asked: dict[str, Any] = {"facts": {}, "roles": {}, "choices": (), "administrators": ()}
    return partial(find, organisation, NOW, rules, NODE, submitter=workers[-1].id, **asked)


def test_thousands_of_approvers_are_found_in_one_walk() -> None:
    few, many = of_a_large_company(300), of_a_large_company(3_000)
    assert len(many().people) == 2_999  # he himself is replaced by his manager, who is asked anyway
    assert growth(few, many) < 40  # ten times as many people; work that grows with the square takes a hundred
