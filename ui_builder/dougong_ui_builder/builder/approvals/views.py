"""The designer: the tree of nodes with the inspector beside it, and one small post per change."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Response, request

from dougong_platform.errors import DraftChanged
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.approvals.changing import change
from dougong_ui_builder.builder.approvals.inspecting import inspect
from dougong_ui_builder.builder.approvals.node_kinds import KINDS
from dougong_ui_builder.builder.approvals.page_of import KIND, FlowPage, flow_page
from dougong_ui_builder.builder.approvals.periods import period_of
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.builder.approvals.shown import Key, canvas
from dougong_ui_builder.builder.approvals.tree import Node, node_at
from dougong_ui_builder.builder.approvals.trying import shares_of
from dougong_ui_builder.builder.sharing.choices import condition_fields
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]


@blueprint.get("/<name>")
@page("metadata", KIND)
def show_flow(caller: Caller, name: str) -> str:
    """?node= chooses a node, with ?branch= one of its branches; ?at= is a path of the document, as problems have it.
    ?since= and ?until= put the numbers of a try-out onto the edges."""
    made = flow_page(caller, name)
    if request.args.get("at"):
        return designer(made, node_at(made.nodes, request.args["at"]))
    return designer(made, (request.args.get("node", ""), request.args.get("branch", "")))


@blueprint.post("/<name>")
@page("metadata", KIND)
def change_flow(caller: Caller, name: str) -> Answer:
    """One change: what "@do" says, else the inspector's form. The page with what is chosen now; the island takes its
    parts out of it."""
    made = flow_page(caller, name)
    did = change(made, request.form)
    try:
        problems = made.write(did.body, request.form.get("@seen"))
    except DraftChanged:
        told = gettext(
            "Somebody else changed this flow meanwhile. Here is how it is now; your last change is not in it."
        )
        return designer(flow_page(caller, name), did.chosen, notes=[told]), 409
    if problems:
        return designer(made, did.chosen, did.kept, [one.message(caller.locale) for one in problems]), 422
    if not is_fragment() and did.kept is None:
        return redirect_to(address(made, did.chosen))
    return designer(flow_page(caller, name), did.chosen, did.kept)


def address(made: FlowPage, chosen: Key) -> str:
    """Of the designer with a node or branch chosen."""
    node, branch = chosen
    if not node:
        return made.url
    return f"{made.url}?node={quote(node, safe='')}" + (f"&branch={quote(branch, safe='')}" if branch else "")


def designer(made: FlowPage, chosen: Key, kept: Node | None = None, notes: list[str] | None = None) -> str:
    """The page; `kept`: the chosen node as the form has it, `notes`: what went wrong."""
    inspected = inspect(made, chosen, kept)
    days = period_of(made.caller)
    tried = request.method == "GET" and days.asked
    shares = shares_of(made) if tried else {}
    return made.draw(
        "approval_flows/designer.html",
        "flow",
        canvas=canvas(made, chosen if inspected else ("", ""), shares),
        inspected=inspected,
        tried=days if tried else None,
        shares=shares,
        trial=days.choices[-1],
        kinds=KINDS,
        notes=notes or [],
        state=_script({"nodes": made.nodes, "seen": made.document.hash}),
        condition_fields=json.dumps(condition_fields(made.words, made.object), ensure_ascii=False),
        asked=request.form.get("@do", ""),
    )


def _script(data: dict[str, Any]) -> str:
    """JSON for inside a <script>."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
