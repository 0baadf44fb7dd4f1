"""A posted form as a tree: the input "b/sections/0/label/en" lies at b → sections → 0 → label → en, in page order.

Buttons without JavaScript ("@do" = "add b/sections") act on this tree before it is read.
"""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

Tree = dict[str, Any]  # a branch, or a list of the texts posted under that very name
ROOT = "b"
LISTED = "#"  # the hidden input by which an empty list differs from one that is not in the form
KEY = "@"  # in a mapping's row: the key's own input
MOST_PARTS = 20_000


def tree_of(form: MultiDict[str, str]) -> Tree:
    """Everything under ROOT."""
    root: Tree = {}
    for name, texts in list(form.lists())[:MOST_PARTS]:
        parts = name.split("/")
        if parts[0] != ROOT or len(parts) > 24:
            continue
        at: Any = root
        for part in parts[1:-1]:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                break
        if isinstance(at, dict) and len(parts) > 1 and not isinstance(at.get(parts[-1]), dict):
            at[parts[-1]] = texts
    return root


def act(root: Tree, what: str) -> bool:
    """Do what a button asks: "add b/x", "remove b/x/0", "up b/x/0", "down b/x/0", "show b/x". Whether it was one
    of these."""
    action, _, place = what.partition(" ")
    parts = place.split("/")[1:]
    if action == "show":  # drawn anew: what was chosen has other inputs
        return True
    if action == "add":
        branch = _branch(root, parts)
        if branch is not None:
            fresh = 1 + max((int(key) for key in branch if key.isdigit()), default=-1)
            branch[str(fresh)] = {}
        return True
    if action in ("remove", "up", "down") and parts:
        branch = _branch(root, parts[:-1])
        if branch is not None and parts[-1] in branch:
            _change(branch, parts[-1], action)
        return True
    return False


def _change(branch: Tree, key: str, action: str) -> None:
    if action == "remove":
        del branch[key]
        return
    keys = [k for k in branch if k.isdigit()]
    at = keys.index(key) + (1 if action == "down" else -1)
    if 0 <= at < len(keys):
        keys.remove(key)
        keys.insert(at, key)
        for k in keys:
            branch[k] = branch.pop(k)  # taken out and put back at the end: the new order


def _branch(root: Tree, parts: list[str]) -> Tree | None:
    at: Any = root
    for part in parts:
        at = at.setdefault(part, {}) if isinstance(at, dict) else None
        if isinstance(at, list):
            return None
    return at if isinstance(at, dict) else None


def items(branch: Any) -> list[tuple[str, Any]]:
    """The rows of a list or mapping in their order on the page."""
    return [(key, item) for key, item in branch.items() if key.isdigit()] if isinstance(branch, dict) else []


def last(given: Any) -> str:
    """The text of an input (the last of several of that name: a checkbox after its hidden twin)."""
    return given[-1] if isinstance(given, list) and given else ""
