"""The blueprint of the approvals' pages, and what their addresses carry along: the box, the words and the kind that the
list at the left is narrowed to, and which approval comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request

blueprint = Blueprint("approvals_pages", __name__)
BASE = "/approvals"
ONE = f"{BASE}/<uuid:id>"
BOXES = ("todo", "submitted", "cc", "done")
NEXT_COOKIE = "dg_approvals_next"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list shows. `goes_on`: after a decision the next approval is opened."""

    box: str = "todo"
    search: str = ""
    flow: str = ""
    choosing: bool = False
    goes_on: bool = True

    @property
    def may_choose(self) -> bool:
        """Whether rows may be selected, to decide several at once."""
        return self.box == "todo"

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The parameters that every address of a page keeps."""
        given = (("box", "" if self.box == "todo" else self.box), ("q", self.search), ("flow", self.flow))
        return [(name, value) for name, value in given if value]

    def url(self, id: str | None = None, **changes: str | None) -> str:
        """The list's address, or that of an approval beside it; a change to None leaves a parameter out."""
        given = {**dict(self.carried), **({"choose": "1"} if self.choosing else {}), **changes}
        query = urlencode({name: value for name, value in given.items() if value})
        return (f"{BASE}/{id}" if id else BASE) + (f"?{query}" if query else "")


def listed(given: Mapping[str, str] | None = None) -> Listed:
    """As the request says it, in its query or its form."""
    values = request.values if given is None else given
    box = values.get("box", "todo")
    return Listed(
        box if box in BOXES else "todo",
        values.get("q", "").strip()[:200],
        values.get("flow", "")[:60],
        values.get("choose") == "1",
        request.cookies.get(NEXT_COOKIE) != "off",
    )


def after_decision(id: str) -> str:
    """Where one is after a decision: at the next approval, in the list where none is left, or back at the same one."""
    shown, then = listed(), _uuid(request.values.get("then"))
    if not shown.goes_on:
        return shown.url(id)
    return shown.url(then)


def _uuid(text: Any) -> str | None:
    try:
        return str(UUID(str(text)))
    except ValueError:
        return None
