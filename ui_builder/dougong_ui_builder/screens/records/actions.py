"""What is done to a record from its page: another owner, delete, restore, take a change back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, request

from dougong_platform import records
from dougong_platform.errors import BadRequest, NotFound, RecordsInvalid, StaleVersion
from dougong_platform.http.caller import Caller
from dougong_platform.records.history.read import timeline
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.confirming import ask_page, confirmed, question
from dougong_ui_builder.screens.record_values.reading import editable, names_of, read
from dougong_ui_builder.screens.records.routes import PAGE, address, blueprint
from dougong_ui_builder.suggestions import the_one_called
from dougong_ui_builder.words import gettext

SEARCHED = 200  # versions back in which a change may be taken back


@blueprint.post(f"{PAGE}/owner")
@page()
def transfer(caller: Caller, object: str, id: UUID) -> Response | tuple[str, int]:
    """To another owner, chosen or typed by name."""
    words = request.form.get("t.owner:text", "")
    owner = request.form.get("t.owner") or (the_one_called(caller, "user", words) if words else None)
    if not owner:
        toasts.say(gettext("Nobody is called “%(name)s”. Choose a person from the list.", name=words), tone="bad")
        return redirect_to(address(object, id))
    field = caller.model.object(object).fields["owner"]
    try:
        outcome = records.update(caller, object, [{"id": str(id), "owner": owner}], confirmed=confirmed()).records[0]
    except RecordsInvalid as refused:
        if (asked := question(refused.errors)) is not None:
            return ask_page(asked, gettext("Transfer"), address(object, id))
        toasts.say(" ".join(e.message for e in refused.errors), tone="bad")
        return redirect_to(address(object, id))
    name = names_of(caller, [field], {"owner": owner}).get("owner") or words
    toasts.say(gettext("Transferred to %(name)s", name=name), undo=address(object, id, f"revert/{outcome.version}"))
    try:
        read(caller, object, str(id))
    except NotFound:  # given away with the right to see it
        return redirect_to(f"/o/{object}")
    return redirect_to(address(object, id))


@blueprint.post(f"{PAGE}/delete")
@page()
def delete(caller: Caller, object: str, id: UUID) -> Response:
    """To the recycle bin."""
    found = read(caller, object, str(id))
    try:
        records.delete(caller, object, [str(id)])
    except RecordsInvalid as refused:
        toasts.say(" ".join(e.message for e in refused.errors), tone="bad")
        flow = next((one.name for one in found.object.approvals if one.active and one.deletes), None)
        if flow is not None and any(e.code == "delete_by_approval" for e in refused.errors):
            return redirect_to(f"{address(object, id, 'submit')}?flow={flow}")
        return redirect_to(address(object, id))
    name = found.title or label_text(found.object)
    toasts.say(gettext("“%(name)s” is in the recycle bin", name=name), undo=address(object, id, "restore"))
    return redirect_to(f"/o/{object}")


@blueprint.post(f"{PAGE}/restore")
@page()
def restore(caller: Caller, object: str, id: UUID) -> Response:
    """Out of the recycle bin."""
    try:
        records.restore(caller, object, [str(id)])
        toasts.say(gettext("Restored"))
    except RecordsInvalid as refused:
        toasts.say(" ".join(e.message for e in refused.errors), tone="bad")
    return redirect_to(address(object, id))


@blueprint.post(f"{PAGE}/revert/<int:version>")
@page()
def revert(caller: Caller, object: str, id: UUID, version: int) -> Response:
    """Take back the change that made this version. What was changed again since stays, and is said.

    One's own change is undone without asking the gates of stages: a slip of the hand may end a record.
    """
    values, own = _before(caller, object, str(id), version)
    if own:
        caller = replace(caller, cause="undo")
    try:
        records.update(caller, object, [{"id": str(id), "version": version, **values}], confirmed=("*",))
        toasts.say(gettext("Taken back"))
    except StaleVersion as fault:
        toasts.say(fault.message(caller.locale), tone="bad")
    except RecordsInvalid as refused:
        toasts.say(" ".join(e.message for e in refused.errors), tone="bad")
    return redirect_to(address(object, id))


def _before(caller: Caller, object: str, id: str, version: int) -> tuple[dict[str, Any], bool]:
    """The values before the change, and whether it was the caller's."""
    for one in timeline(caller, object, id, limit=SEARCHED):
        if one["version"] == version and one["op"] == "update":
            changes = one["changes"].items()
            fields = caller.model.object(object).fields
            values = {n: pair[0] for n, pair in changes if n in fields and editable(caller, fields[n])}
            return values, one["actor"] == caller.user
    raise BadRequest(en="This change cannot be taken back any more.", zh="该更改已无法撤销。")
