"""The recycle bin's page and its two actions. Who may delete an object's records sees and restores them here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request

from dougong_platform import records
from dougong_platform.errors import BadRequest
from dougong_platform.query.fields import readable_paths
from dougong_platform.query.listing import list_records
from dougong_tenants import new_id
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import ObjectModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.records import WriteResult

blueprint = Blueprint("bin", __name__)

ROWS = 50
MOST = 1000  # of one action


@dataclass(frozen=True, slots=True)
class Tab:
    object: ObjectModel
    count: int
    capped: bool


@blueprint.get("/bin")
@page()
def show(caller: Caller) -> str:
    """One object's deleted records, newest first; tabs for the objects that have any."""
    tabs = _tabs(caller)
    wanted = request.args.get("object", "")
    tab = next((one for one in tabs if one.object.name == wanted), tabs[0] if tabs else None)
    context: dict[str, Any] = {"tabs": tabs, "tab": tab, "found": None, "failures": (), "said": None}
    if tab is not None:
        context |= _page(caller, tab.object)
    return render_template("bin/bin.html", **context)


@blueprint.post("/bin/<object>")
@page()
def act(caller: Caller, object: str) -> Response | str:
    """`do`: restore or purge, of the records named by `id`."""
    ids = list(dict.fromkeys(request.form.getlist("id")))
    if len(ids) > MOST:
        raise BadRequest(en=f"At most {MOST} records at once.", zh=f"一次最多处理 {MOST} 条记录。")
    back = f"/bin?object={object}"
    if not ids:
        return redirect_to(back)
    acting = replace(caller, cause_ref=str(new_id()))
    titles = _titles(caller, object)
    if request.form.get("do") == "purge":
        result = records.purge(acting, object, ids, atomic=False)
        said = ngettext("%(num)d record removed for good", "%(num)d records removed for good", result.written)
    else:
        result = records.restore(acting, object, ids, atomic=False)
        said = ngettext("%(num)d record restored", "%(num)d records restored", result.written)
    failures = _failures(result, ids, titles)
    if not failures:
        say(said)
        return redirect_to(back)
    tabs = _tabs(caller)
    tab = next((one for one in tabs if one.object.name == object), None)
    context = _page(caller, tab.object) if tab is not None else {"found": None}
    return render_template(
        "bin/bin.html", tabs=tabs, tab=tab, failures=failures, said=said if result.written else None, **context
    )


def _tabs(caller: Caller) -> list[Tab]:
    found = []
    for object in caller.model.objects.values():
        if object.system or not caller.rights.may(object.name, "delete") or not caller.rights.may(object.name, "read"):
            continue
        page = list_records(caller, object.name, fields=["id"], sort=["id"], limit=1, count=True, deleted=True)
        if page.count:
            found.append(Tab(object, page.count, page.count_capped))
    return sorted(found, key=lambda tab: tab.object.parent is not None)


def _page(caller: Caller, object: ObjectModel) -> dict[str, Any]:
    readable = caller.rights.fields(object.name)
    fields = [f for f in (object.name_field, "deleted_at", "owner") if f in readable]
    by = ["deleted_by.name"] if "deleted_by" in readable else []
    found = list_records(
        caller,
        object.name,
        fields=[*fields, *by],
        sort=["-deleted_at"],
        limit=ROWS,
        cursor=request.args.get("cursor") or None,
        deleted=True,
    )
    return {"found": found, "next": found.next}


def _titles(caller: Caller, object: str) -> dict[str, str]:
    """Names of the records shown, for those that fail."""
    name_field = caller.model.object(object).name_field
    shown = readable_paths(caller.rights, object, [name_field])
    found = list_records(caller, object, fields=shown, sort=["-deleted_at"], limit=MOST, deleted=True)
    return {record["id"]: str(record.get(name_field) or "") for record in found.records}


def _failures(result: WriteResult, ids: Sequence[str], titles: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (titles.get(ids[o.index]) or ids[o.index][:8], " ".join(error.message for error in o.errors))
        for o in result.records
        if not o.ok
    ]
