"""How many existing records a validation would refuse, with the list of them; asked while it is being written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from dougong_metadata.errors import ExpressionError, Fault
from dougong_metadata.expressions import Scope, check
from dougong_metadata.kinds import registered
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_tenants.errors import StatementTooSlow
from dougong_ui_builder.builder.forms import read_body, tree_of
from dougong_ui_builder.page import page
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_validations", __name__)
WHILE_SAVING = frozenset({"PRIOR", "PRIORVALUE", "CHANGED", "ISCHANGED", "ISNEW"})
MOST = 10_000  # where counting stops


@dataclass(frozen=True, slots=True)
class Tried:
    """`failing` of `of` records do not pass (None: it cannot be asked, `note` says why); `url` lists them."""

    failing: int | None = None
    of: int = 0
    url: str = ""
    note: str = ""

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return (self.failing or 0) >= MOST


@blueprint.post("/builder/try-validation")
@page("metadata", "validation")
def show_tried(caller: Caller) -> str:
    """The fragment with the count, of a form that is being filled in."""
    body = read_body(kind_schema(registered()["validation"]), tree_of(request.form), {})
    return render_template("validations/tried.html", tried=tried(caller, body))


def tried(caller: Caller, body: Mapping[str, Any]) -> Tried:
    """Of the records that whoever builds may see, in the release in force."""
    object, must = str(body.get("object") or ""), str(body.get("must") or "").strip()
    if not must or object not in caller.model.objects:
        return Tried()
    when = str(body.get("when") or "").strip()
    try:
        used = [check(text, Scope.of(caller.model, object, saving=True)) for text in (must, when) if text]
    except ExpressionError:
        return Tried(note=gettext("It can be tried once it is right and what it uses is published."))
    if any({name.upper() for name in one.functions} & WHILE_SAVING for one in used):
        return Tried(note=gettext("It looks at what a save changes: only the next saves can tell."))
    wanted = failing_filter(must, when, body.get("record_types") or ())
    try:
        found = list_records(caller, object, fields=["id"], filter=wanted, limit=1, count=True)
        every = list_records(caller, object, fields=["id"], limit=1, count=True)
    except StatementTooSlow:
        return Tried(note=gettext("Counting takes too long."))
    except Fault as fault:
        return Tried(note=fault.message(caller.locale))
    return Tried(found.count or 0, every.count or 0, f"/o/{object}?{urlencode({'filter': wanted})}")


def failing_filter(must: str, when: str, record_types: Any) -> str:
    """The list filter of the records that do not pass. Unknown counts as not passing, as on a save."""
    parts = [f"({when})"] if when else []
    kinds = [f'record_type = "{name}"' for name in record_types if str(name).isidentifier()]
    if kinds:
        parts.append(f"({' or '.join(kinds)})")
    return " and ".join([*parts, f"IF({must}, false, true)"])
