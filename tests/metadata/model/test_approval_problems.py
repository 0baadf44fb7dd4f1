"""What is refused in approvals, with the node marked; and that no document, however wrong, makes the compiler fail."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model, problems_of
from dougong_metadata.model.types import Use
from dougong_metadata.yaml_writing import write_yaml

Body = dict[str, Any]
PURCHASE: Body = {
    "kind": "object",
    "name": "purchase",
    "name_field": "title",
    "record_types": {"small": {}, "large": {}},
    "fields": {
        "title": {"type": "text", "required": True},
        "total": {"type": "currency"},
        "twice": {"type": "formula", "formula": "total * 2", "returns": "currency"},
        "cost": {"type": "currency", "read_only": True},
        "number": {"type": "auto_number", "format": "P-{0000}"},
        "stage": {"type": "picklist", "values": ["draft", "ordered"]},
        "buyer": {"type": "user"},
        "shelf": {"type": "lookup", "to": "shelf"},
        "due": {"type": "date"},
    },
}
SHELF: Body = {
    "kind": "object",
    "name": "shelf",
    "name_field": "title",
    "fields": {"title": {"type": "text"}, "keeper": {"type": "user"}},
}
BOSS: Body = {"kind": "permission_set", "name": "boss"}
WEEK: Body = {"kind": "calendar", "name": "week"}
ASK: Body = {"name": "ask", "kind": "approve", "by": [{"manager": 1}]}


def documents(flow: Body, *others: Body) -> list[Document]:
    bodies = [PURCHASE, SHELF, BOSS, WEEK, *others, {"kind": "approval", "name": "big", "object": "purchase", **flow}]
    return [Document.of(body) for body in bodies]


def wrong(flow: Body, *others: Body) -> dict[str, str]:
    """The problems' codes by path."""
    found = problems_of(documents(flow, *others))
    assert all(problem.en and problem.zh for problem in found)
    return {problem.path: problem.code for problem in found}


def asked(**keys: Any) -> dict[str, str]:
    """The problems of a flow of one node that asks, below that node."""
    return {path.removeprefix("nodes[0]."): code for path, code in wrong({"nodes": [{**ASK, **keys}]}).items()}


def node(kind: str, **keys: Any) -> Body:
    return {"name": kind, "kind": kind, **keys}


def two(kind: str, **keys: Any) -> Body:
    """A node of two branches, the second of them otherwise."""
    return node(kind, branches=[{"name": "a", "if": "total > 5"}, {"name": "b"}], **keys)


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_two_nodes_have_one_name_only_if_they_are_in_different_flows() -> None:
    inside = two("branch")
    inside["branches"][0]["nodes"] = [ASK]
    assert wrong({"nodes": [inside, ASK]}) == {"nodes[1].name": "given_twice"}
    assert wrong({"nodes": [ASK]}, {"kind": "approval", "name": "other", "object": "purchase", "nodes": [ASK]}) == {}


def test_what_stands_behind_an_end_is_never_reached() -> None:
    end = node("end")
    assert wrong({"nodes": [ASK, end]}) == {}
    assert wrong({"nodes": [end, ASK, two("branch")]}) == {"nodes[1]": "unreachable"}
    both = two("branch")
    both["branches"][0]["nodes"], both["branches"][1]["nodes"] = [{**end, "name": "e1"}], [{**end, "name": "e2"}]
    assert wrong({"nodes": [both, ASK]}) == {"nodes[1]": "unreachable"}
    both["branches"][1]["nodes"] = [{**end, "name": "e2"}, ASK]
    assert wrong({"nodes": [both]}) == {"nodes[0].branches[1].nodes[1]": "unreachable"}
    aside = {**both, "kind": "parallel", "branches": [{"name": "a", "nodes": [{**end, "name": "e1"}]}]}
    assert wrong({"nodes": [aside, ASK]}) == {}, "it ends that branch alone"


def test_what_stands_behind_branches_that_always_reject_is_never_reached() -> None:
    def after(join: Body, *branches: Body) -> dict[str, str]:
        return wrong({"nodes": [node("parallel", branches=list(branches), **join), ASK]})

    lost = {"name": "lost", "nodes": [{**node("end", outcome="rejected"), "name": "e1"}]}
    asks = {"name": "asks", "nodes": [{**ASK, "name": "other"}]}
    assert after({}, lost, asks) == {"nodes[1]": "unreachable"}
    assert after({}, {**lost, "if": "total > 5"}, asks) == {}, "it may not be entered"
    assert after({"join": "any"}, lost, asks) == {}
    assert after({"join": "any"}, lost) == {"nodes[1]": "unreachable"}
    assert after({"join": "count", "count": 2}, lost, asks) == {"nodes[1]": "unreachable"}
    assert after({"join": "count", "count": 1}, lost, asks) == {}


def test_a_condition_node_has_otherwise_at_its_end_and_there_alone() -> None:
    assert wrong({"nodes": [two("branch")]}) == {}
    branches = two("branch")["branches"]
    assert wrong({"nodes": [node("branch", branches=branches[:1])]}) == {"nodes[0].branches[0]": "no_otherwise"}
    assert wrong({"nodes": [node("branch", branches=branches[::-1])]}) == {
        "nodes[0].branches[0]": "otherwise_not_last",
        "nodes[0].branches[1]": "no_otherwise",
    }
    assert wrong({"nodes": [node("branch", branches=[])]})["nodes[0].branches"] in ("too_few", "required")
    assert wrong({"nodes": [node("branch", branches=[{"name": "a", "if": "total > 5"}, {"name": "a"}])]}) == {
        "nodes[0].branches[1].name": "given_twice"
    }


def test_a_join_counts_no_more_branches_than_there_are() -> None:
    assert wrong({"nodes": [two("parallel", join="count", count=2)]}) == {}
    assert wrong({"nodes": [two("parallel", join="count", count=3)]}) == {"nodes[0].count": "count_out_of_reach"}
    assert wrong({"nodes": [two("parallel", join="count")]}) == {"nodes[0].count": "required"}
    assert wrong({"nodes": [two("parallel", count=1)]}) == {"nodes[0].count": "not_with"}


def test_a_key_of_another_kind_of_node_is_told_at_that_key() -> None:
    assert wrong({"nodes": [node("cc", to=["owner"], by=[{"manager": 1}])]}) == {"nodes[0].by": "not_for_kind"}
    assert wrong({"nodes": [node("end", do=[])]}) == {"nodes[0].do": "not_for_kind"}
    assert wrong({"nodes": [two("branch", join="any")]}) == {"nodes[0].join": "not_for_kind"}
    assert asked(outcome="rejected", branchs=[]) == {"outcome": "not_for_kind", "branchs": "unknown_name"}


@pytest.mark.parametrize(("kind", "key"), [("approve", "by"), ("branch", "branches"), ("cc", "to"), ("action", "do")])
def test_each_kind_of_node_needs_what_makes_it_one(kind: str, key: str) -> None:
    assert wrong({"nodes": [node(kind)]}) == {f"nodes[0].{key}": "required"}


def test_a_flow_has_its_limits() -> None:
    many = [{**ASK, "name": f"ask{n}"} for n in range(201)]
    assert wrong({"nodes": many})["nodes"] == "too_many"
    assert wrong({"nodes": many[:200]}) == {}
    spread = [node("parallel", branches=[{"name": "a", "nodes": many[:200]}])]
    assert wrong({"nodes": spread})["nodes"] == "too_many"
    wide = {"nodes": [node("parallel", branches=[{"name": f"b{n}"} for n in range(21)])]}
    assert wrong(wide) == {"nodes[0].branches": "too_many"}
    assert wrong({"nodes": nested(10)}) == {}
    assert list(wrong({"nodes": nested(11)}).values()) == ["too_deep"]


def test_the_deepest_node_has_room_for_what_it_does() -> None:
    tells = {"on": {"approved": [{"notify": {"to": [{"field": "owner"}], "title": {"en": "Yes", "zh": "好"}}}]}}
    flow = {"kind": "approval", "name": "big", "object": "purchase", "nodes": nested(10, {**ASK, **tells})}
    (document,) = read_documents(write_yaml(flow))
    assert problems_of([*documents({"nodes": [ASK]})[:-1], document]) == ()


def nested(depth: int, inmost: Body = ASK) -> list[Body]:
    nodes = [inmost]
    for level in range(depth):
        nodes = [{"name": f"p{level}", "kind": "parallel", "branches": [{"name": "a", "nodes": nodes}]}]
    return nodes


def test_a_node_that_contains_itself_cannot_be_written() -> None:
    text = (
        "kind: approval\nname: a\nobject: b\nnodes:\n- &n {name: a, kind: branch, branches: [{name: b, nodes: [*n]}]}"
    )
    with pytest.raises(InvalidDocuments) as caught:
        read_documents(text)
    assert [problem.code for problem in caught.value.problems] == ["unknown_anchor"]
    circle: Body = {"name": "a", "kind": "parallel", "branches": [{"name": "b"}]}
    circle["branches"][0]["nodes"] = [circle]
    with pytest.raises(InvalidDocuments) as caught:
        documents({"nodes": [circle]})
    assert [problem.code for problem in caught.value.problems] == ["too_deep"]


# --- who and how long -------------------------------------------------------------------------------------------------


def test_a_rule_finds_people_in_exactly_one_way() -> None:
    assert asked(by=[]) in ({"by": "too_few"}, {"by": "required"})
    assert asked(by=[{}]) == {"by[0]": "one_approver"}
    assert asked(by=[{"manager": 1, "user": "a@b.example"}]) == {"by[0]": "one_approver"}
    assert asked(by=[{"user": "somebody"}]) == {"by[0].user": "no_address"}
    assert asked(by=[{"permission_set": "bos"}]) == {"by[0].permission_set": "unknown_name"}
    assert asked(by=[{"user": "a@b.example", "of": "buyer"}]) == {"by[0].of": "not_with"}
    assert asked(by=[{"managers": {}}]) == {"by[0].managers": "required"}
    assert asked(by=[{"managers": {"levels": 51}}]) == {"by[0].managers.levels": "out_of_range"}
    assert asked(by=[{"managers": {"levels": "title"}}]) == {"by[0].managers.levels": "expression_invalid"}
    assert asked(by=[{"choice": {"team": "a", "department": "b"}}]) == {"by[0].choice": "one_source"}
    assert asked(by=[{"choice": {"team": "a", "least": 3, "most": 2}}]) == {"by[0].choice.most": "out_of_order"}


def test_rules_lead_to_people() -> None:
    people = [{"field": "buyer"}, {"field": "shelf.keeper.manager"}, {"manager": 1, "of": "shelf.keeper"}]
    people += [{"expression": text} for text in ("owner.manager", "id.owner", '"a@b.example"', "owner.email")]
    assert asked(by=[rule for rule in people if rule != {"expression": "id.owner"}]) == {}
    assert asked(by=[{"field": "shelf"}]) == {"by[0].field": "bad_approver"}
    assert asked(by=[{"field": "title"}]) == {"by[0].field": "bad_approver"}
    assert asked(by=[{"field": "shelf.title"}]) == {"by[0].field": "bad_approver"}
    assert asked(by=[{"field": "shelf.keper"}]) == {"by[0].field": "unknown_name"}
    assert asked(by=[{"department_head": 0, "of": "due"}]) == {"by[0].of": "bad_approver"}
    for text in ("total", "shelf", "TODAY()", "total > 5", "null"):
        assert asked(by=[{"expression": text}]) == {"by[0].expression": "bad_approver"}, text
    assert asked(by=[{"expression": "prior(buyer)"}]) == {"by[0].expression": "expression_invalid"}


def test_a_number_of_approvals_that_the_rules_cannot_reach_is_told() -> None:
    two_people = [{"manager": 1}, {"user": "a@b.example"}]
    assert asked(by=two_people, need="count", count=2) == {}
    assert asked(by=two_people, need="count", count=3) == {"count": "count_out_of_reach"}
    assert asked(by=[*two_people, {"team": "readers"}], need="count", count=3) == {}
    assert asked(need="count") == {"count": "required"}
    assert asked(count=2) == {"count": "not_with"}


def test_a_time_limit_says_what_happens_then() -> None:
    assert asked(limit={"hours": 8, "remind": 7.5, "then": "transfer", "to": [{"permission_set": "boss"}]}) == {}
    assert asked(limit={"hours": 8, "remind": 8}) == {"limit.remind": "remind_too_early"}
    assert asked(limit={"hours": 8, "then": "transfer"}) == {"limit.to": "required"}
    assert asked(limit={"hours": 8, "to": [{"manager": 1}]}) == {"limit.to": "not_with"}
    assert asked(limit={"hours": 0}) == {"limit.hours": "out_of_range"}
    assert asked(limit={"remind": 2}) == {"limit.hours": "required"}
    assert asked(limit={"hours": 8, "calendar": "weak"}) == {"limit.calendar": "unknown_name"}
    assert asked(limit={"hours": 8, "calendar": "week", "working": False}) == {"limit.calendar": "not_with"}
    chosen = {"hours": 8, "then": "transfer", "to": [{"choice": {"team": "a"}}]}
    assert asked(limit=chosen) == {"limit.to[0].choice": "no_submitter"}
    assert asked(limit={**chosen, "to": [{"field": "shelf"}]}) == {"limit.to[0].field": "bad_approver"}


def test_a_calendar_without_a_working_day_cannot_be_written() -> None:
    for week in ({"weekdays": []}, {"hours": ["09:00-09:00"]}):
        found = wrong({"nodes": [{**ASK, "limit": {"hours": 8, "calendar": "odd"}}]}, {**WEEK, "name": "odd", **week})
        assert found, week


# --- fields, actions, submission --------------------------------------------------------------------------------------


def test_fields_are_there_and_those_to_be_filled_in_can_be() -> None:
    assert asked(edit=["total", "buyer", "owner"], hide=["cost", "twice", "number"]) == {}
    assert asked(edit=["totl"], hide=["cst"]) == {"edit[0]": "unknown_name", "hide[0]": "unknown_name"}
    kept = dict.fromkeys((f"edit[{n}]" for n in range(4)), "not_settable")
    assert asked(edit=["twice", "number", "created_at", "cost"]) == kept
    assert asked(edit=["total"], hide=["total"]) == {"edit[0]": "edit_and_hide"}
    assert wrong({"nodes": [ASK], "open": ["twice"], "shown": ["twice", "x"]}) == {
        "open[0]": "not_settable",
        "shown[1]": "unknown_name",
    }


def test_what_the_flow_says_of_its_object_is_right() -> None:
    assert wrong({"nodes": [ASK], "object": "user"}) == {"object": "system_object"}
    assert wrong({"nodes": [ASK], "object": "purchas"}) == {"object": "unknown_name"}
    assert wrong({"nodes": [ASK], "entry": "total"}) == {"entry": "expression_invalid"}
    assert wrong({"nodes": [ASK], "entry": "changed(total)"}) == {"entry": "expression_invalid"}
    assert wrong({"nodes": [ASK], "title": "{{ titl }}"}) == {"title": "expression_invalid"}
    assert wrong({"nodes": [ASK], "title": {"zh": "{{ prior(title) }}"}}) == {"title.zh": "expression_invalid"}
    assert wrong({"nodes": [ASK], "record_types": ["tiny"]}) == {"record_types[0]": "unknown_name"}
    assert wrong({"nodes": [ASK], "deletes": ["read"]}) == {"deletes": "not_a_flag"}
    assert wrong({"nodes": [{**ASK, "by": [{"manager": 1}]}, two("branch")]}) == {}


def test_whoever_submits_and_what_submits_by_itself_is_right() -> None:
    def submit(**said: Any) -> dict[str, str]:
        return wrong({"nodes": [ASK], "submit": said})

    assert submit(by=[{"permission_set": "boss"}, "buyer"], created=True, crosses={"total": 5.5}, gate=True) == {}
    assert submit(by=[{"email": "a@b.example"}]) == {"submit.by[0].email": "no_address"}
    assert submit(by=["title"]) == {"submit.by[0].field": "no_recipient"}
    assert submit(crosses={"title": 5}) == {"submit.crosses.title": "not_a_number_field"}
    assert submit(crosses={"twice": 5}) == {"submit.crosses.twice": "not_stored"}
    assert submit(crosses={"version": 5}) == {"submit.crosses.version": "not_stored"}
    assert submit(crosses={"total": 5, "cost": 6}) == {"submit.crosses": "too_many"}


def test_actions_of_a_flow_come_after_the_save() -> None:
    assert asked(on={"approved": [{"set": {"total": "1"}}]}) == {"on.approved[0].set": "not_in_a_save"}
    assert asked(on={"rejected": [{"update": {"set": {"titel": "1"}}}]}) == {
        "on.rejected[0].update.set.titel": "unknown_name"
    }
    assert wrong({"nodes": [node("action", do=[{"notify": {"to": [{"user": "x"}]}}])]}) == {
        "nodes[0].do[0].notify": "required"
    }
    assert wrong({"nodes": [ASK], "on": {"recalled": [{"submit": "bigger"}]}}) == {
        "on.recalled[0].submit.approval": "unknown_name"
    }


def automation(**on: Any) -> Body:
    return {"kind": "automation", "name": "after", "object": "purchase", "on": on, "do": [{"assign": "owner"}]}


def test_automations_look_at_flows_of_their_own_object() -> None:
    flow = {"nodes": [ASK]}
    assert wrong(flow, automation(approval="big", outcome="rejected")) == {}
    assert wrong(flow, automation(approval="bigg")) == {"on.approval": "unknown_name"}
    assert wrong(flow, automation(approval="big", outcome="lost")) == {"on.outcome": "unknown_name"}
    assert wrong(flow, automation(outcome="approved", cron="0 9 * * 1"))["on.outcome"] == "not_with_trigger"
    assert wrong(flow, automation(approval="big", cron="0 9 * * 1")) == {"on": "one_trigger"}
    assert wrong(flow, {**automation(approval="big"), "object": "shelf"}) == {"on.approval": "other_object"}
    assert wrong(flow, {**automation(approval="big"), "do": [{"set": {"total": "1"}}]}) == {
        "do[0].set": "not_in_a_save"
    }
    submits = {**automation(cron="0 9 * * 1"), "object": "shelf", "do": [{"submit": {"approval": "big"}}]}
    assert wrong(flow, submits) == {"do[0].submit.approval": "other_object"}


def test_a_stages_gate_names_a_flow_of_its_object_that_is_in_use() -> None:
    def gate(name: str) -> Body:
        stages = {"draft": {}, "ordered": {"approval": name}}
        return {"kind": "pipeline", "name": "buying", "object": "purchase", "field": "stage", "stages": stages}

    shelves = {"kind": "approval", "name": "shelves", "object": "shelf", "nodes": [ASK]}
    assert wrong({"nodes": [ASK]}, gate("big")) == {}
    assert wrong({"nodes": [ASK]}, gate("bgi")) == {"stages.ordered.approval": "unknown_name"}
    assert wrong({"nodes": [ASK]}, gate("shelves"), shelves) == {"stages.ordered.approval": "other_object"}
    assert wrong({"nodes": [ASK], "active": False}, gate("big")) == {"stages.ordered.approval": "inactive_flow"}
    uses = compile_model(documents({"nodes": [ASK]}, gate("big"))).uses["approval/big"]
    assert uses == (Use("pipeline", "buying", "stages.ordered.approval"),)


# --- whatever a document holds ----------------------------------------------------------------------------------------

FULL: Body = {
    "kind": "approval",
    "name": "big",
    "object": "purchase",
    "record_types": ["small"],
    "entry": "total > 5",
    "submit": {"by": [{"permission_set": "boss"}], "created": True, "crosses": {"total": 5}},
    "settings": {"same": "once"},
    "open": ["due"],
    "title": {"en": "{{ title }}"},
    "deletes": True,
    "on": {"approved": [{"update": {"set": {"title": "'x'"}}}]},
    "nodes": [
        {
            **ASK,
            "by": [{"manager": 1}, {"managers": {"levels": "total / 5", "until": "boss"}, "of": "buyer"}],
            "limit": {"hours": 8, "calendar": "week", "then": "transfer", "to": [{"permission_set": "boss"}]},
        },
        {"name": "by", "kind": "branch", "branches": [{"name": "a", "if": "total < 5"}, {"name": "b", "nodes": []}]},
        {"name": "p", "kind": "parallel", "join": "count", "count": 1, "branches": [{"name": "a", "nodes": []}]},
        {"name": "told", "kind": "cc", "to": ["owner"]},
        {"name": "mark", "kind": "action", "do": [{"submit": "big"}]},
        {"name": "stop", "kind": "end", "outcome": "rejected"},
    ],
}
JUNK = st.sampled_from(
    [None, "", "x", 0, 3, -1.5, True, [], {}, [None], [{}], [[]], {"name": "x"}, {"x": 1}, ["owner"], "total > 5", "{{"]
)


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = body.items() if isinstance(body, Mapping) else enumerate(body) if isinstance(body, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = list(places(FULL))


def test_a_flow_that_uses_everything_is_right() -> None:
    bodies = [PURCHASE, SHELF, BOSS, WEEK, FULL]
    assert [str(problem) for problem in problems_of([Document.of(body) for body in bodies])] == []


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK, st.booleans()), min_size=1, max_size=3))
def test_no_document_makes_the_compiler_fail(changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    body = copy.deepcopy(FULL)
    for path, junk, takes_away in changes:
        at: Any = body
        for step in path[:-1]:
            inside = isinstance(at, (dict, list)) and (step in at if isinstance(at, dict) else step in range(len(at)))
            at = at[step] if inside else None
        if isinstance(at, dict) and takes_away:
            at.pop(path[-1], None)
        elif isinstance(at, dict) or (isinstance(at, list) and path[-1] in range(len(at))):
            at[path[-1]] = junk
    if body.get("kind") == "approval" and body.get("name") == "big":
        for problem in problems_of([Document.of(one) for one in (PURCHASE, SHELF, BOSS, WEEK, body)]):
            assert problem.message("en")
            assert problem.message("zh")
