"""Who is asked at a node: each kind of rule by example, and all of them in random companies against an oracle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


# Random companies

IDS = [f"p{n}" for n in range(7)]
DEPARTMENTS = ["d0", "d1", "d2"]
someone = st.sampled_from([*IDS, "missing"])
maybe = st.none() | someone


@st.composite
def companies(draw: st.DrawFn) -> SmallCompany:
    workers = [
        Worker(
            id,
            draw(st.none() | st.sampled_from([*IDS, "deleted"])),
            draw(st.none() | st.sampled_from(DEPARTMENTS)),
            draw(st.booleans()),
            draw(st.sampled_from([(), (), ("signs",), ("administrator",)])),
        )
        for id in IDS
    ]
    workers.append(Worker("q", kind="queue", team=draw(st.sampled_from([None, "t"]))))
    return SmallCompany(
        workers,
        {d: (draw(st.none() | st.sampled_from(DEPARTMENTS)), draw(maybe)) for d in DEPARTMENTS},
        {"t": draw(st.lists(st.sampled_from(IDS), unique=True))},
        draw(st.lists(st.tuples(st.just("signs"), st.sampled_from(DEPARTMENTS), st.booleans()), max_size=1)),
    )


of = st.sampled_from([None, ("keeper",)])
rules = st.one_of(
    st.builds(Approvers, st.just("user"), someone.map(lambda id: f"{id}@example.test")),
    st.builds(Approvers, st.just("permission_set"), st.just("signs")),
    st.builds(Approvers, st.just("role"), st.just("reader")),
    st.builds(Approvers, st.just("team"), st.sampled_from(["t", "none"])),
    st.builds(Approvers, st.just("department"), st.sampled_from(DEPARTMENTS)),
    st.builds(Approvers, st.just("manager"), of=of, levels=st.integers(1, 4)),
    st.builds(
        Approvers,
        st.just("managers"),
        of=of,
        levels=st.integers(1, 5),
        levels_by=st.sampled_from([None, LEVELS]),
        until=st.sampled_from([None, "signs"]),
    ),
    st.builds(Approvers, st.just("department_head"), of=of, levels=st.integers(0, 3)),
    st.just(Approvers("field", "keeper")),
    st.just(Approvers("choice", "signs")),
    st.just(Approvers("expression", expression=NAMES)),
)


class Oracle:
    """The same by trying everybody: rows only, no dictionary of the engine's."""

    def __init__(self, company: SmallCompany, node: ApprovalNode, given: Mapping[str, Any]) -> None:
        self.company, self.node, self.given = company, node, given
        self.submitter: str | None = given["submitter"]

    def active(self, id: str | None) -> bool:
        worker = self.company.worker(id)
        return worker is not None and worker.active and worker.kind == "person"

    def holds(self, id: str, name: str) -> bool:
        worker = self.company.worker(id)
        if not self.active(id) or worker is None:
            return False
        for of_set, department, below in self.company.set_of_departments:
            at, seen = worker.department, set[str]()
            while at is not None and at not in seen and of_set == name:
                seen.add(at)
                if at == department:
                    return True
                at = self.company.departments[at][0] if below else None
        return name in worker.sets

    def managers(self, id: str) -> list[str]:
        found: list[str] = []
        worker = self.company.worker(id)
        while worker is not None and worker.manager is not None and worker.manager not in (*found, id):
            found.append(worker.manager)
            worker = self.company.worker(worker.manager)
        return found

    def above(self, id: str) -> str | None:
        return next((one for one in self.managers(id) if self.active(one)), None)

    def administrators(self) -> list[str]:
        found = sorted(w.id for w in self.company.workers if self.holds(w.id, "administrator"))
        return found if self.node.own in ("ask", "approve") else [one for one in found if one != self.submitter]

    def raw(self, rule: Approvers) -> list[tuple[str, bool]]:
        """(user, whether he was named himself)"""
        base = self.submitter if rule.of is None else self.given["keeper"]
        company = self.company
        match rule.kind:
            case "permission_set":
                return [(w.id, False) for w in company.workers if self.holds(w.id, "signs")]
            case "team":
                return [(w.id, False) for w in company.workers if w.id in company.teams.get(rule.value, ())]
            case "department":
                return [(w.id, False) for w in company.workers if w.department == rule.value]
            case "user":
                return [(rule.value.partition("@")[0], True)]
            case "role":
                return [(one, True) for one in self.given["roles"]]
            case "field":
                return [(self.given["keeper"], True)] if self.given["keeper"] else []
            case "choice":
                return [(one, True) for one in self.given["choices"]]
            case "expression":
                return [(self.given["named"], True)] if self.given["named"] else []
        return [] if base is None else [(one, True) for one in self.higher(rule, base)]

    def higher(self, rule: Approvers, base: str) -> list[str]:
        company = self.company
        if rule.kind == "manager":
            return self.managers(base)[rule.levels - 1 : rule.levels]
        if rule.kind == "managers":
            found = []
            for one in self.managers(base)[: rule.levels if rule.levels_by is None else max(0, self.given["levels"])]:
                found.append(one)
                if rule.until and self.holds(one, rule.until):
                    break
            return found
        worker = company.worker(base)
        at, seen = worker.department if worker else None, list[str]()
        while at is not None and at not in seen:
            seen.append(at)
            at = company.departments[at][0]
        head = company.departments[seen[rule.levels]][1] if rule.levels < len(seen) else None
        return [head] if head else []

    def active_ones(self, user: str, named: bool) -> list[str]:
        worker = self.company.worker(user)
        if worker is not None and worker.kind == "queue":
            return sorted(w for w in self.company.teams.get(worker.team or "", ()) if self.active(w))
        if self.active(user):
            return [user]
        if not named or worker is None or self.node.left == "leave_out":
            return []
        if self.node.left == "administrator":
            return self.administrators()
        manager = self.above(user)
        return [manager] if manager else []

    def answer(self, rules: Sequence[Approvers]) -> tuple[str, list[str], bool]:
        found: list[str] = []
        own = refused = False
        for rule in rules:
            for user, named in self.raw(rule):
                for one in self.active_ones(user, named):
                    mine = one == self.submitter
                    refused = refused or (mine and self.node.own == "refuse")
                    own = own or (mine and self.node.own == "approve")
                    if mine and self.node.own == "manager":
                        found += [self.above(one) or ""]
                    elif mine and self.node.own == "administrator":
                        found += self.administrators()
                    elif not (mine and self.node.own == "refuse"):
                        found.append(one)
        if refused:
            return "refuse", [], False
        people = [one for one in dict.fromkeys(found) if one]
        if people:
            return "ask", people, own
        if self.node.nobody != "administrator":
            return self.node.nobody, [], False
        fallback = self.administrators()
        return ("ask" if fallback else "refuse"), fallback, self.node.own == "approve" and self.submitter in fallback


@settings(max_examples=400, deadline=None)
@given(
    company=companies(),
    asked=st.lists(rules, min_size=1, max_size=3),
    node=st.builds(
        lambda own, nobody, left: replace(NODE, own=own, nobody=nobody, left=left),
        st.sampled_from(["ask", "approve", "manager", "administrator", "refuse"]),
        st.sampled_from(["skip", "administrator", "refuse"]),
        st.sampled_from(["manager", "administrator", "leave_out"]),
    ),
    given_=st.fixed_dictionaries(
        {
            "submitter": st.none() | st.sampled_from(IDS),
            "keeper": st.none() | st.sampled_from([*IDS, "q", "missing"]),
            "named": st.none() | st.sampled_from([*IDS, "q", "missing"]),
            "levels": st.integers(-1, 4),
            "choices": st.lists(st.sampled_from(IDS), unique=True, max_size=3),
            "roles": st.lists(st.sampled_from([*IDS, "q"]), unique=True, max_size=3),
        }
    ),
)
def test_in_random_companies_they_are_those_whom_an_oracle_finds(
    company: SmallCompany, asked: list[Approvers], node: ApprovalNode, given_: dict[str, Any]
) -> None:
    oracle, organisation = Oracle(company, node, given_), company.organisation()
    named: Mapping[str, Any] = {
        "submitter": given_["submitter"],
        "facts": {("keeper",): given_["keeper"], NAMES: given_["named"], LEVELS: given_["levels"]},
        "roles": {"reader": given_["roles"]},
        "choices": given_["choices"],
        "administrators": administrators_of(organisation, NOW),
    }
    search = find(organisation, NOW, asked, node, **named)
    outcome, expected, own = oracle.answer(asked)
    assert (search.outcome, people(search), search.own) == (outcome, expected, own)
    assert all(oracle.active(one) for one in people(search))
    assert len(set(people(search))) == len(search.people)
    assert bool(search.people) == (search.outcome == "ask")
    assert search.outcome == "ask" or (search.why is not None and search.why["en"] and search.why["zh"])
    assert search == find(company.organisation(), NOW, asked, node, **named)
