"""A new flow: for which object, called what, and what it starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.approvals.node_kinds import new_node
from dougong_ui_builder.builder.approvals.page_of import BASE, KIND
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.builder.approvals.tree import Nodes
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import draw, problem_links
from dougong_ui_builder.builder.saving import make, save
from dougong_ui_builder.builder.vocabulary import NUMBERS, Vocabulary
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext, lazy_gettext

# start: (icon, words, what it is)
STARTS: dict[str, tuple[str, Any, Any]] = {
    "manager": ("user-check", lazy_gettext("Direct manager"), lazy_gettext("One approval, by the submitter's manager")),
    "parallel": (
        "arrows-left-right",
        lazy_gettext("Two at the same time"),
        lazy_gettext("Two ways side by side, both have to agree"),
    ),
    "amount": (
        "git-branch",
        lazy_gettext("By amount"),
        lazy_gettext("The manager; above an amount his manager too"),
    ),
}
RESERVED = {"new", "fields"}  # words that addresses below BASE have
USUAL_AMOUNT = 10_000


@blueprint.get("/new")
@page("metadata", KIND)
def new_flow(caller: Caller) -> str:
    """?object= says what it is about."""
    return _new_page(caller, read_draft(caller), {"@object": request.args.get("object", ""), "@start": "manager"})


@blueprint.post("/new")
@page("metadata", KIND)
def create_flow(caller: Caller) -> str | Response | tuple[str, int]:
    """Into the draft; nothing is submitted to it before it is published."""
    view, given = read_draft(caller), request.form
    words = Vocabulary(view, caller.locale)
    object = given.get("@object", "")
    label = {locale: text for locale in ("en", "zh") if (text := given.get(f"@label/{locale}", "").strip())}
    problems = []
    if object not in words.objects or words.objects[object].system:
        problems.append(Problem("required", "Choose an object.", "请选择一个对象。", path="object"))
    if not label:
        problems.append(Problem("required", "Give it a name.", "请填写名称。", path="label"))
    if problems:
        return _new_page(caller, view, given, problems), 422
    taken = {name for kind, name in view.documents if kind == KIND} | RESERVED
    name = given.get("@name", "").strip() or free_name(label, taken, KIND)
    body: dict[str, Any] = {
        "object": object,
        "label": label,
        "nodes": first_nodes(given.get("@start", ""), words, object),
    }
    made = make(KIND, name, body)
    if isinstance(made, tuple):
        return _new_page(caller, view, given, list(made)), 422
    save(caller, [made], {made.key: drafts.GONE})
    toasts.say(gettext("Flow added in the draft"))
    return redirect_to(f"{BASE}/{name}")


def first_nodes(start: str, words: Vocabulary, object: str) -> Nodes:
    """The nodes that a flow starts from."""
    if start == "parallel":
        node = new_node("parallel", set())
        for way, rule in zip(node["branches"], ({"manager": 1}, {"department_head": 0}), strict=True):
            way["nodes"][0]["by"] = [rule]
        return [node]
    first = {**new_node("approve", set()), "name": "manager", "label": {"en": "Direct manager", "zh": "直属上级"}}
    amount = amount_field(words, object)
    if start != "amount" or amount is None:
        return [first]
    above = {**new_node("approve", {"manager"}), "name": "second_manager", "by": [{"manager": 2}]}
    above["label"] = {"en": "Manager two levels up", "zh": "上两级上级"}
    large = {"name": "large", "if": f"{amount} > {USUAL_AMOUNT}", "nodes": [above]}
    fork = {**new_node("branch", {"manager"}), "name": "by_amount", "label": {"en": "By amount", "zh": "按金额"}}
    return [first, {**fork, "branches": [large, {"name": "otherwise", "nodes": []}]}]


def amount_field(words: Vocabulary, object: str) -> str | None:
    """The number that decides how far up something goes: money before other numbers."""
    fields = words.objects[object].own_fields if object in words.objects else []
    money = next((f.name for f in fields if words.value_type(f) == "currency"), None)
    return money or next((f.name for f in fields if words.value_type(f) in NUMBERS), None)


def _new_page(caller: Caller, view: DraftView, given: Mapping[str, str], problems: list[Problem] | None = None) -> str:
    words = Vocabulary(view, caller.locale)
    objects = [(o.name, o.label.text(caller.locale)) for o in words.objects.values() if not o.system]
    return draw(
        caller,
        view,
        "approval_flows/new.html",
        given=given,
        objects=sorted(objects, key=lambda one: one[1]),
        starts=STARTS,
        problems=problem_links(problems or []),
    )
