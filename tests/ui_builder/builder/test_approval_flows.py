"""The flow designer without JavaScript: what each form and button writes into the flow's document, and what is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from dougong_metadata.documents import Document, read_documents
from dougong_platform.releases import draft as drafts
from reading import Reading

BASE = "/builder/approvals"
FLOW = f"{BASE}/loan"
DOCUMENTS = """
kind: object
name: wish
label: {en: Wish, zh: 愿望}
name_field: title
fields:
  title: {type: text, label: {en: Title, zh: 名称}}
  price: {type: currency, label: {en: Price, zh: 价格}}
  note: {type: text}
  reader: {type: user, label: {en: Reader, zh: 读者}}
---
kind: permission_set
name: keeper
label: {en: Keepers, zh: 管理员组}
---
kind: approval
name: loan
object: wish
label: {en: Loans, zh: 借阅}
description: {en: Kept as it is, zh: 保持不变}
nodes:
  - {name: manager, kind: approve, label: {en: Manager, zh: 上级}, by: [{manager: 1}], edit: [note]}
  - name: size
    kind: branch
    label: {en: By price, zh: 按价格}
    branches:
      - {name: dear, if: price > 100, nodes: [{name: keeper, kind: approve, by: [{permission_set: keeper}]}]}
      - {name: rest, nodes: []}
  - {name: told, kind: cc, to: [owner]}
"""


@pytest.fixture(autouse=True)
def flows(reading: Reading) -> Iterator[None]:
    drafts.put(reading.database, reading.tenant, read_documents(DOCUMENTS), by=reading.ann)
    yield
    drafts.discard(reading.database, reading.tenant)


def body(reading: Reading, name: str = "loan") -> dict[str, Any]:
    return dict(drafts.get(reading.database, reading.tenant, "approval", name)[0].json())


def outline(nodes: list[dict[str, Any]]) -> list[Any]:
    """Names, with the branches' lists inside."""
    return [
        {node["name"]: {one["name"]: outline(one.get("nodes", [])) for one in node["branches"]}}
        if "branches" in node
        else node["name"]
        for node in nodes
    ]


def flow(reading: Reading) -> list[Any]:
    return outline(body(reading)["nodes"])


def node(reading: Reading, name: str) -> dict[str, Any]:
    def find(nodes: list[dict[str, Any]]) -> dict[str, Any] | None:
        for one in nodes:
            inside = [inner for way in one.get("branches", ()) for inner in way["nodes"]]
            found = one if one["name"] == name else find(inside)
            if found is not None:
                return found
        return None

    found = find(body(reading)["nodes"])
    assert found is not None
    return found


def press(administrator: Any, what: str, **more: str) -> Any:
    """A button of the canvas."""
    form = administrator.form(FLOW)
    form["@do"] = what
    form.update(more)
    return administrator.post(FLOW, form)


def inspector(administrator: Any, query: str) -> MultiDict[str, str]:
    """The inputs of the inspector's form."""
    form: MultiDict[str, str] = administrator.inputs(administrator.get(f"{FLOW}?{query}").text, "node-form")
    return form


def save(administrator: Any, query: str, **given: Any) -> Any:
    """The inspector's form with some inputs changed (a list: several of that name, None: not sent)."""
    form = inspector(administrator, query)
    for name, value in given.items():
        form.poplist(name)
        if value is not None:
            form.setlist(name, value if isinstance(value, list) else [value])
    return administrator.post(FLOW, form)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/new",
        "/loan",
        "/loan?node=manager",
        "/loan?node=size&branch=dear",
        "/loan?node=size&branch=rest",
        "/loan?node=told",
        "/loan?at=nodes[1].branches[0].if",
        "/loan/submit",
        "/loan/outcomes",
        "/loan/yaml",
        "/loan/uses",
    ],
)
def test_every_page_shows_itself_to_the_administrator_and_refuses_others(
    path: str, administrator: Any, reader: Any
) -> None:
    assert administrator.get(BASE + path).status_code == 200
    assert reader.get(BASE + path).status_code == 403
    assert administrator.get(f"{BASE}/nothing").status_code == 404


def test_the_list_says_in_words_what_a_flow_does(administrator: Any) -> None:
    text = administrator.get(BASE).text
    assert "Manager → By price (2 branches) → Copy to" in text
    assert "Whoever may edit the record" in text


@pytest.mark.parametrize(
    ("start", "kinds"), [("manager", ["approve"]), ("parallel", ["parallel"]), ("amount", ["approve", "branch"])]
)
def test_a_new_flow_can_be_published_as_it_is(
    reading: Reading, administrator: Any, start: str, kinds: list[str]
) -> None:
    form = {"@object": "wish", "@label/en": "Second wish", "@label/zh": "", "@name": "", "@start": start}
    answer = administrator.post(f"{BASE}/new", form)
    assert answer.location == f"{BASE}/second_wish"
    made = body(reading, "second_wish")
    assert [one["kind"] for one in made["nodes"]] == kinds
    assert made["object"] == "wish"
    assert "cannot be published" not in administrator.get(f"{BASE}/second_wish").text


def test_a_flow_needs_an_object_and_a_name(administrator: Any) -> None:
    answer = administrator.post(f"{BASE}/new", {"@object": "user", "@start": "manager"})
    assert answer.status_code == 422
    assert "Choose an object." in answer.text
    assert "Give it a name." in answer.text


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ("add-node cc @0", ["copy", "manager", {"size": {"dear": ["keeper"], "rest": []}}, "told"]),
        ("add-node end size/rest@0", ["manager", {"size": {"dear": ["keeper"], "rest": ["end"]}}, "told"]),
        ("remove-node manager", [{"size": {"dear": ["keeper"], "rest": []}}, "told"]),
        ("remove-node size", ["manager", "told"]),
        ("copy-node keeper", ["manager", {"size": {"dear": ["keeper", "keeper_2"], "rest": []}}, "told"]),
        ("copy-node manager size/rest@0", ["manager", {"size": {"dear": ["keeper"], "rest": ["manager_2"]}}, "told"]),
        ("move-node told size/dear@0", ["manager", {"size": {"dear": ["told", "keeper"], "rest": []}}]),
        ("step-node manager down", [{"size": {"dear": ["manager", "keeper"], "rest": []}}, "told"]),
        ("step-node keeper right", ["manager", {"size": {"dear": [], "rest": ["keeper"]}}, "told"]),
        ("add-branch size", ["manager", {"size": {"dear": ["keeper"], "case": [], "rest": []}}, "told"]),
        ("remove-branch size rest", ["manager", "keeper", "told"]),
        ("move-node size size/rest@0", ["manager", {"size": {"dear": ["keeper"], "rest": []}}, "told"]),
    ],
)
def test_the_buttons_of_the_canvas_change_the_tree(
    reading: Reading, administrator: Any, what: str, after: list[Any]
) -> None:
    answer = press(administrator, what)
    assert answer.status_code == 303
    assert flow(reading) == after
    assert administrator.get(answer.location).status_code == 200
    assert body(reading)["description"] == {"en": "Kept as it is", "zh": "保持不变"}


def test_a_tree_can_be_put_back(reading: Reading, administrator: Any) -> None:
    before = body(reading)["nodes"]
    press(administrator, "remove-node size")
    press(administrator, "put", **{"@nodes": json.dumps(before)})
    assert body(reading)["nodes"] == before
    assert press(administrator, "put", **{"@nodes": "{"}).status_code == 400
    assert press(administrator, "add-node nothing @0").status_code == 400


def test_the_inspector_writes_who_is_asked_and_what_they_may_do(reading: Reading, administrator: Any) -> None:
    given = {
        "b/label/en": "Keepers",
        "b/by/0/@kind": "permission_set",
        "b/by/0/permission_set": "keeper",
        "b/need": "all",
        "b/limit/hours": "8",
        "b/own": "refuse",
        "@allow": ["refuse", "return"],
        "@edit": ["note", "price"],
        "@hide": ["reader"],
        "b/comment": "required",
    }
    answer = save(administrator, "node=manager", **given)
    assert answer.location == f"{FLOW}?node=manager"
    assert node(reading, "manager") == {
        "name": "manager",
        "kind": "approve",
        "label": {"en": "Keepers", "zh": "上级"},
        "by": [{"permission_set": "keeper"}],
        "need": "all",
        "edit": ["note", "price"],
        "hide": ["reader"],
        "comment": "required",
        "allow": ["refuse", "return"],
        "limit": {"hours": 8},
        "own": "refuse",
    }


def test_what_the_inspector_does_not_touch_stays_to_the_letter(reading: Reading, administrator: Any) -> None:
    before = body(reading)
    for query in ("node=manager", "node=size", "node=size&branch=dear", "node=size&branch=rest", "node=told"):
        save(administrator, query)
        assert body(reading) == before, query
    assert drafts.get(reading.database, reading.tenant, "approval", "loan")[0].body["nodes"][2]["to"] == ("owner",)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"@kind": "manager", "manager": "2", "of": "reader"}, {"manager": 2, "of": "reader"}),
        (
            {"@kind": "managers", "managers/levels": "3", "managers/until": "keeper"},
            {"managers": {"levels": 3, "until": "keeper"}},
        ),
        ({"@kind": "managers", "managers/levels": "price / 100"}, {"managers": {"levels": "price / 100"}}),
        ({"@kind": "department_head", "department_head": "0"}, {"department_head": 0}),
        ({"@kind": "user", "user": "ann@library.test"}, {"user": "ann@library.test"}),
        ({"@kind": "field", "field": "reader"}, {"field": "reader"}),
        ({"@kind": "role", "role": "helper"}, {"role": "helper"}),
        ({"@kind": "expression", "expression": "reader"}, {"expression": "reader"}),
        (
            {
                "@kind": "choice",
                "choice/@source": "permission_set",
                "choice/permission_set": "keeper",
                "choice/most": "3",
            },
            {"choice": {"permission_set": "keeper", "least": 1, "most": 3}},
        ),
        ({"@kind": "team"}, {"team": ""}),
    ],
)
def test_every_kind_of_rule_is_written_as_documents_have_it(
    reading: Reading, administrator: Any, given: dict[str, str], rule: dict[str, Any]
) -> None:
    posted = {f"b/by/0/{key}": value for key, value in given.items()}
    save(administrator, "node=manager", **{"b/by/0/manager": None, **posted})
    assert node(reading, "manager")["by"] == [rule]
    page = administrator.get(f"{FLOW}?node=manager").text
    assert f'value="{given["@kind"]}" selected' in page
    save(administrator, "node=manager")  # shown and sent back as it is
    assert node(reading, "manager")["by"] == [rule]


def test_rules_are_added_and_taken_away_and_an_unfinished_one_is_marked(reading: Reading, administrator: Any) -> None:
    save(administrator, "node=manager", **{"@do": "add b/by"})
    assert node(reading, "manager")["by"] == [{"manager": 1}, {"permission_set": ""}]
    page = administrator.get(FLOW).text
    assert "cannot be published" in page
    broken = re.search(r'<a class="dg-flow-node[^"]*dg-broken"[^>]*data-key="(\w+)"', page)
    assert broken is not None
    assert broken.group(1) == "manager"
    save(administrator, "node=manager", **{"@do": "remove b/by/1"})
    assert node(reading, "manager")["by"] == [{"manager": 1}]
    assert "cannot be published" not in administrator.get(FLOW).text


def test_a_rule_says_whom_it_would_find_now(administrator: Any) -> None:
    save(administrator, "node=manager", **{"b/by/0/@kind": "user", "b/by/0/user": "ann@library.test"})
    assert "Now it would be: Ann" in administrator.get(f"{FLOW}?node=manager").text
    assert "Now it would be: nobody" in administrator.get(f"{FLOW}?node=keeper").text


def test_a_branch_has_its_name_and_condition(reading: Reading, administrator: Any) -> None:
    save(administrator, "node=size&branch=dear", **{"b/label/en": "Dear ones", "b/if": "price > 500"})
    (way, _) = node(reading, "size")["branches"]
    assert (way["label"], way["if"], way["nodes"][0]["name"]) == ({"en": "Dear ones"}, "price > 500", "keeper")
    page = administrator.get(FLOW).text
    assert "Price &gt; 500" in page
    assert "price &gt; 500" in page


def test_a_limit_hands_over_and_goes_with_its_hours(reading: Reading, administrator: Any) -> None:
    save(administrator, "node=manager", **{"b/limit/hours": "4.5", "b/limit/working": "false"})
    assert node(reading, "manager")["limit"] == {"hours": 4.5, "working": False}
    save(administrator, "node=manager", **{"b/limit/then": "transfer"})
    save(
        administrator,
        "node=manager",
        **{"b/limit/to/0/@kind": "permission_set", "b/limit/to/0/permission_set": "keeper"},
    )
    limit = node(reading, "manager")["limit"]
    assert (limit["then"], limit["to"]) == ("transfer", [{"permission_set": "keeper"}])
    save(administrator, "node=manager", **{"b/limit/hours": ""})
    assert "limit" not in node(reading, "manager")


def test_steps_of_a_node_are_written_under_its_outcome(reading: Reading, administrator: Any) -> None:
    press(administrator, "add-node action @0")
    save(administrator, "node=actions", **{"@do": "add-step b/do update"})
    assert node(reading, "actions")["do"] == [{"update": {}}]
    posted = {"b/do/0/update/set/0/@": "note", "b/do/0/update/set/0/v": '"seen"'}
    save(administrator, "node=actions", **posted)
    assert node(reading, "actions")["do"] == [{"update": {"set": {"note": '"seen"'}}}]


def test_whoever_was_slower_is_told_and_nothing_is_lost(reading: Reading, administrator: Any) -> None:
    stale = inspector(administrator, "node=manager")
    press(administrator, "remove-node told")
    stale["b/label/en"] = "Too late"
    answer = administrator.post(FLOW, stale)
    assert answer.status_code == 409
    assert "Somebody else changed this flow meanwhile" in answer.text
    assert flow(reading) == ["manager", {"size": {"dear": ["keeper"], "rest": []}}]
    assert node(reading, "manager")["label"]["en"] == "Manager"


def test_the_numbers_of_a_try_out_are_offered_and_taken_away(administrator: Any) -> None:
    page = administrator.get(f"{FLOW}?node=manager").text
    offered = re.search(r'href="(\?since=[^"]*)"', page)
    assert offered is not None
    page = administrator.get(FLOW + offered.group(1).replace("&amp;", "&")).text
    assert "nothing to try it on" in page
    assert f'href="{FLOW}?node=manager" aria-label="Take the numbers away"' in page


def test_submit_and_recall_are_written_and_read_back(reading: Reading, administrator: Any) -> None:
    form = administrator.form(f"{FLOW}/submit")
    given = {"b/entry": "price > 0", "@created": "true", "@crosses_field": "price", "@crosses_above": "100"}
    given |= {"b/recall": "any_time", "b/settings/own": "refuse", "b/title/en": "{{ title }}"}
    for name, value in given.items():
        form[name] = value
    form.setlist("@open", ["note"])
    form.setlist("@lapses", ["price"])
    form.update({"b/submit/by/0/@kind": "permission_set", "b/submit/by/0/permission_set": "keeper"})
    answer = administrator.post(f"{FLOW}/submit", form)
    assert answer.status_code == 303
    made = body(reading)
    submit = {"by": [{"permission_set": "keeper"}], "created": True, "crosses": {"price": 100}}
    assert made["submit"] == submit
    assert (made["entry"], made["recall"], made["open"], made["lapses"]) == (
        "price > 0",
        "any_time",
        ["note"],
        ["price"],
    )
    assert (made["settings"], made["title"]) == ({"own": "refuse"}, {"en": "{{ title }}"})
    administrator.post(f"{FLOW}/submit", administrator.form(f"{FLOW}/submit"))
    assert body(reading) == made


def test_a_wrong_entry_condition_is_said_there_and_kept_only_if_one_insists(
    reading: Reading, administrator: Any
) -> None:
    form = administrator.form(f"{FLOW}/submit")
    form["b/entry"] = "prise > 0"
    answer = administrator.post(f"{FLOW}/submit", form)
    assert answer.status_code == 422
    assert "prise &gt; 0" in answer.text
    assert "entry" not in body(reading)
    form["@do"] = "keep"
    administrator.post(f"{FLOW}/submit", form)
    assert body(reading)["entry"] == "prise > 0"


def test_outcome_actions_are_steps_by_outcome(reading: Reading, administrator: Any) -> None:
    form = administrator.form(f"{FLOW}/outcomes")
    form["@do"] = "add-step b/on/approved update"
    form = administrator.inputs(administrator.post(f"{FLOW}/outcomes", form).text)
    form.update({"b/on/approved/0/update/set/0/@": "note", "b/on/approved/0/update/set/0/v": '"done"'})
    answer = administrator.post(f"{FLOW}/outcomes", form)
    assert answer.status_code == 303, re.findall(r"dg-error[^>]*>.*?<span>(.*?)<", answer.text, re.DOTALL)
    assert body(reading)["on"] == {"approved": [{"update": {"set": {"note": '"done"'}}}]}
    administrator.post(f"{FLOW}/outcomes", administrator.form(f"{FLOW}/outcomes"))
    assert body(reading)["on"] == {"approved": [{"update": {"set": {"note": '"done"'}}}]}


GARBAGE: list[dict[str, Any]] = [
    {"object": "nothing", "nodes": [{"name": "a", "kind": "approve", "by": [{"user": "x"}]}]},
    {"object": 3, "nodes": "none", "submit": 5, "on": [], "settings": "x", "title": 3, "shown": "all", "lapses": 1},
    {
        "object": "wish",
        "nodes": [{"name": "a", "kind": "approve", "by": "x", "limit": 5, "on": 3, "edit": "abc", "need": []}],
    },
    {
        "object": "wish",
        "nodes": [{"kind": "what"}, {"name": 7, "kind": "cc", "to": {"a": 1}}, {"name": "a", "kind": "end"}],
    },
    {
        "object": "wish",
        "nodes": [{"name": "a", "kind": "branch"}, {"name": "b", "kind": "parallel", "branches": [1, {}]}],
    },
    {"object": "wish", "nodes": [{"name": "a", "kind": "approve", "by": [{"managers": 3}, {"choice": "x"}, {}, 4]}]},
    {"object": "wish", "nodes": [{"name": "a", "kind": "action", "do": [{"update": 3}, 5, {"notify": {"to": 1}}]}]},
    {
        "object": "wish",
        "nodes": [{"name": "a", "kind": "approve", "label": "A", "by": [{"manager": "x"}], "limit": {"to": 3}}],
    },
    {"object": "wish", "submit": {"by": 3, "crosses": {"price": "x"}}, "on": {"approved": 3}, "nodes": []},
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_whatever_a_draft_holds_is_shown_with_its_problems_and_can_be_mended(
    reading: Reading, administrator: Any, garbage: dict[str, Any]
) -> None:
    drafts.put(reading.database, reading.tenant, [Document("approval", "loan", garbage)], by=reading.ann)
    for path in (BASE, FLOW, f"{FLOW}?node=a", f"{FLOW}?node=b", f"{FLOW}/submit", f"{FLOW}/outcomes"):
        assert administrator.get(path).status_code == 200, path
    assert "cannot be published" in administrator.get(FLOW).text
    if 'id="node-form"' in administrator.get(f"{FLOW}?node=a").text:
        assert save(administrator, "node=a").status_code == 303
    assert press(administrator, "add-node approve @0").status_code == 303
    assert press(administrator, "remove-node a").status_code == 303
