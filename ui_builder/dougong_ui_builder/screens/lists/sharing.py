"""Sharing the selected records of a list at once: the form, and what came of it with its undo."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from dougong_platform import shares
from dougong_platform.errors import NotAllowed, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_ui_builder.formats import today
from dougong_ui_builder.page import redirect_to
from dougong_ui_builder.posted_share import Posted, by_field, read_share
from dougong_ui_builder.screens.lists.failures import failures_of
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.state import ListState
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import ngettext


def ask(caller: Caller, state: ListState, ids: Sequence[str], posted: Posted | None = None) -> str:
    """With whom, and how. Raises NotAllowed without the right to share."""
    if not caller.rights.may(state.object.name, "share"):
        raise NotAllowed
    return answer(
        "lists/bulk_share.html",
        state,
        ids=ids,
        posted=posted or Posted(),
        relations=shares.relations_of(caller, state.object.name),
        roles=shares.roles_in_use(caller, state.object.name),
        today=today().isoformat(),
    )


def save(caller: Caller, state: ListState, ids: Sequence[str]) -> Response | str:
    """Share those that may be shared; the others are listed with their reasons."""
    object = state.object.name
    posted = read_share(caller, new=True)
    if posted.errors:
        return ask(caller, state, ids, posted)
    try:
        result = shares.share(caller, object, ids, posted.given, atomic=False)
    except RecordsInvalid as refused:
        posted.errors = by_field(refused.errors)
        return ask(caller, state, ids, posted)
    changed = sum(one.ok and one.changed for one in result.records)
    undo = f"/o/{object}/shares/undo/{result.ref}" if changed else None
    said = ngettext(
        "%(num)d record shared with %(name)s", "%(num)d records shared with %(name)s", changed, name=posted.name
    )
    failures = failures_of(result, ids, display_names(caller, object, ids))
    if not failures:
        say(said, undo=undo)
        return redirect_to(state.url())
    return answer("lists/bulk_result.html", state, said=said if changed else None, failures=failures, undo=undo)
