"""In random companies those are asked at a node whom an oracle finds by trying everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from approvers_oracle import Oracle
from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalNode, Approvers
from dougong_platform.approvals.people.approvers import administrators_of, find
from small_company import SmallCompany, Worker, expression

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
NODE = ApprovalNode("first", "approve", Label("First", "第一步"))
NAMES = expression("title")
LEVELS = expression("rank")
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
    people = [one.user for one in search.people]
    outcome, expected, own = oracle.answer(asked)
    assert (search.outcome, people, search.own) == (outcome, expected, own)
    assert all(oracle.active(one) for one in people)
    assert len(set(people)) == len(people)
    assert bool(search.people) == (search.outcome == "ask")
    assert search.outcome == "ask" or (search.why is not None and search.why["en"] and search.why["zh"])
    assert search == find(company.organisation(), NOW, asked, node, **named)
