"""What is done to an approval: asked for as a page of its own (a dialog with scripts), done by its form, never by
GET."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request

from dougong_metadata.errors import Fault
from dougong_platform.approvals.moves import asking, deciding, governing
from dougong_platform.errors import CallerOutdated, NotFound
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.approvals import asks
from dougong_ui_builder.screens.approvals.answering import answer, do
from dougong_ui_builder.screens.approvals.asks import Ask
from dougong_ui_builder.screens.approvals.routes import ONE, blueprint, listed
from dougong_ui_builder.screens.approvals.shown import Shown, one_of
from dougong_ui_builder.screens.approvals.typed import Typed, keep_files, named_in, read_typed
from dougong_ui_builder.words import gettext


@blueprint.get(f"{ONE}/<act>")
@page()
def ask(caller: Caller, id: UUID, act: str) -> Any:
    """The form of any other act."""
    if act not in asks.ASKS:
        raise NotFound
    one = one_of(caller, str(id))
    return answer(caller, one, _ask(one, act), act)


@blueprint.post(f"{ONE}/<act>")
@page()
def act(caller: Caller, id: UUID, act: str) -> Any:
    """Do it."""
    if act not in asks.ASKS:
        raise NotFound
    typed = read_typed(caller)
    one = one_of(caller, str(id))
    if not typed.errors:
        _complete(act, typed)

    def again(wrong: Mapping[str, Sequence[str]], general: Sequence[str]) -> Any:
        return answer(caller, one, _ask(one, act), act, typed, wrong, general)

    if typed.errors:
        return again(typed.errors, ())
    return do(one, lambda: _WORK[act](caller, str(id), typed), _done(act), again, forward=act in _LEAVES)


@blueprint.post(f"{ONE}/comments")
@page()
def say(caller: Caller, id: UUID) -> Any:
    """A comment with its files; @ names colleagues."""
    typed = read_typed(caller, "text")
    keep_files(caller, typed)
    if "file" in typed.errors:
        toasts.say(" ".join(typed.errors["file"]), tone="bad")
    elif typed.comment or typed.files:
        try:
            said = typed.comment or ""
            asking.comment(caller, str(id), said, named_in(caller, said), typed.files)
        except (CallerOutdated, NotFound):
            raise
        except Fault as fault:
            toasts.say(fault.message(current_locale()), tone="bad")
    return redirect_to(listed().url(str(id)))


@blueprint.post(f"{ONE}/urge")
@page()
def urge(caller: Caller, id: UUID) -> Any:
    """Remind those who are asked; once an hour."""
    try:
        asking.urge(caller, str(id))
        toasts.say(gettext("Those who are asked were reminded."))
    except (CallerOutdated, NotFound):
        raise
    except Fault as fault:
        toasts.say(fault.message(current_locale()), tone="bad")
    return redirect_to(_back_to(str(id)))


def _back_to(id: str) -> str:
    """The record's page, where it was asked from there."""
    back = request.form.get("back", "")
    return back if back.startswith("/o/") else listed().url(id)


def _ask(one: Shown, act: str) -> Ask:
    return asks.ASKS[act](one)


def _complete(act: str, typed: Typed) -> None:
    """What the form must hold before anything is tried."""
    ask = {"transfer": "person", "reassignment": "person", "signers": "people", "consultation": "people"}.get(act)
    if ask == "person" and typed.person is None:
        typed.wrong("person", gettext("Choose a person."))
    if ask == "people" and not typed.people:
        typed.wrong("people", gettext("Choose at least one person."))
    if act in ("consultation", "opinion", "reassignment", "jump", "end") and not typed.comment:
        typed.wrong("comment", gettext("Write a word about it."))


def _transfer(caller: Caller, id: str, typed: Typed) -> None:
    asking.transfer(caller, id, str(typed.person), typed.comment)


def _add(caller: Caller, id: str, typed: Typed) -> None:
    if request.form.get("place") == "after":
        deciding.decide(caller, id, "approve", comment=typed.comment, add_after=typed.people)
    else:
        asking.add_before(caller, id, typed.people, typed.comment)


def _reassign(caller: Caller, id: str, typed: Typed) -> None:
    governing.reassign(caller, id, request.form.get("task", ""), str(typed.person), typed.comment or "")


_WORK: Mapping[str, Callable[[Caller, str, Typed], Any]] = {
    "transfer": _transfer,
    "signers": _add,
    "consultation": lambda caller, id, typed: asking.consult(caller, id, typed.people, typed.comment or ""),
    "opinion": lambda caller, id, typed: asking.opine(caller, id, typed.comment or ""),
    "recall": lambda caller, id, typed: governing.recall(caller, id, typed.comment),
    "resubmission": lambda caller, id, typed: governing.resubmit(caller, id, typed.comment),
    "reassignment": _reassign,
    "jump": lambda caller, id, typed: governing.jump(caller, id, request.form.get("node", ""), typed.comment or ""),
    "end": lambda caller, id, typed: governing.end(caller, id, request.form.get("outcome", ""), typed.comment or ""),
}
_LEAVES = frozenset({"transfer", "signers", "opinion"})  # one is not asked any more: on to the next


def _done(act: str) -> str:
    return {
        "transfer": gettext("Transferred: %(title)s"),
        "signers": gettext("Signers were added."),
        "consultation": gettext("Their opinion was asked for."),
        "opinion": gettext("Your opinion was noted."),
        "recall": gettext("Recalled: %(title)s"),
        "resubmission": gettext("Submitted again: %(title)s"),
        "reassignment": gettext("Somebody else is asked now."),
        "jump": gettext("It goes on there."),
        "end": gettext("Ended: %(title)s"),
    }[act]
