"""What is done to an approval: asked for as a page of its own (a dialog with scripts), done by its form, never by
GET."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.approvals import asking, deciding, governing
from dougong_platform.errors import CallerOutdated, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.languages import current_locale, current_timezone
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.approvals import asks
from dougong_ui_builder.screens.approvals.asks import Ask
from dougong_ui_builder.screens.approvals.routes import BASE, ONE, after_decision, blueprint, listed
from dougong_ui_builder.screens.approvals.shown import One, one_of
from dougong_ui_builder.screens.approvals.typed import Typed, keep_files, named_in, people_named, read_typed
from dougong_ui_builder.screens.record_values.posted_row import PostedRow, read_row
from dougong_ui_builder.screens.record_values.reading import names_of
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

PREFIX = "v."
_ASKED = ("box", "q", "flow", "then", "verdict")
Work = Callable[[], Any]


@blueprint.get(f"{ONE}/decide")
@page()
def ask_decision(caller: Caller, id: UUID) -> Any:
    """`verdict` approve or return: the form. Values that were typed on the approval's page come along."""
    one = one_of(caller, str(id))
    return _ask_decision(caller, one)


@blueprint.post(f"{ONE}/decide")
@page()
def decide(caller: Caller, id: UUID) -> Any:
    """Approve, return or reject; then on to the next one."""
    typed = read_typed(caller)
    verdict = "approve" if request.form.get("verdict") == "approve" else _where_to()[0]
    one = one_of(caller, str(id))
    row = read_row(caller, _sent_fields(one), PREFIX) if verdict == "approve" else PostedRow()
    typed.errors |= row.errors
    keep_files(caller, typed)

    def again(wrong: Mapping[str, Sequence[str]], general: Sequence[str]) -> Any:
        return _ask_decision(caller, one, typed, wrong, general, row)

    if typed.errors:
        return again(typed.errors, ())
    to, back = (None, False) if verdict == "approve" else (_where_to()[1], request.form.get("back") == "true")

    def work() -> None:
        deciding.decide(
            caller,
            str(id),
            verdict,
            comment=typed.comment,
            to=to,
            back=back,
            values=row.values or None,
            files=typed.files,
        )

    done = {"approve": gettext("Approved: %(title)s"), "reject": gettext("Rejected: %(title)s")}
    return _do(one, work, done.get(verdict, gettext("Returned: %(title)s")), again, forward=True)


@blueprint.get(f"{ONE}/<act>")
@page()
def ask(caller: Caller, id: UUID, act: str) -> Any:
    """The form of any other act."""
    if act not in asks.ASKS:
        raise NotFound
    one = one_of(caller, str(id))
    return _answer(caller, one, _ask(one, act), act)


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
        return _answer(caller, one, _ask(one, act), act, typed, wrong, general)

    if typed.errors:
        return again(typed.errors, ())
    return _do(one, lambda: _WORK[act](caller, str(id), typed), _done(act), again, forward=act in _LEAVES)


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


def _do(one: One, work: Work, said: str, again: Callable[..., Any], *, forward: bool) -> Any:
    """Do the work and go on; what is wrong with the form is said there, what somebody else did on the approval's
    page."""
    try:
        work()
    except CallerOutdated:
        raise
    except RecordsInvalid as refused:
        wrong: dict[str, list[str]] = {}
        general: list[str] = []
        for error in refused.errors:
            if error.field:
                wrong.setdefault(error.field, []).append(error.message)
            else:
                general.append(error.message)
        return again(wrong, general)
    except Fault as fault:
        message = fault.message(current_locale())
        if fault.status in (400, 422):
            return again({}, [message])
        if fault.status not in (403, 409):
            raise
        toasts.say(message, tone="bad")  # somebody was faster; the page says who, and when
        return redirect_to(listed().url(one.id))
    toasts.say(said % {"title": one.title} if "%(title)s" in said else said)
    return redirect_to(after_decision(one.id) if forward else listed().url(one.id))


def _where_to() -> tuple[str, str | None]:
    """(verdict, where to) of the form that returns or rejects."""
    chosen = request.form.get("to") or request.form.get("only") or "submitter"
    return ("reject", None) if chosen == "reject" else ("return", chosen)


def _sent_fields(one: One) -> list[FieldModel]:
    names = (*request.values, *request.files)
    return [
        field
        for field in one.inputs
        if any(
            n == PREFIX + field.name or n.startswith(tuple(f"{PREFIX}{field.name}{c}" for c in ":.[")) for n in names
        )
    ]


def _ask_decision(
    caller: Caller,
    one: One,
    typed: Typed | None = None,
    wrong: Mapping[str, Sequence[str]] | None = None,
    general: Sequence[str] = (),
    row: PostedRow | None = None,
) -> Any:
    approving = request.values.get("verdict") == "approve"
    given, fields = dict(one.record), []
    if approving:
        sent = _sent_fields(one)
        values = (
            row.values if row is not None else read_posted(sent, request.args, None, current_timezone(), PREFIX).values
        )
        given |= values
        # what was changed beside the list, or could not be changed there
        fields = [
            f for f in one.inputs if f not in sent or given.get(f.name) != one.record.get(f.name) or row is not None
        ]
    ask = asks.approve(one, fields) if approving else asks.refuse(one)
    return _answer(caller, one, ask, "decide", typed, wrong or {}, general, given)


def _ask(one: One, act: str) -> Ask:
    return asks.ASKS[act](one)


def _answer(
    caller: Caller,
    one: One,
    ask: Ask,
    act: str,
    typed: Typed | None = None,
    wrong: Mapping[str, Sequence[str]] | None = None,
    general: Sequence[str] = (),
    given: Mapping[str, Any] | None = None,
) -> Any:
    """The form: a page for those without scripts, a dialog for the island. 422 where something is wrong."""
    values = given if given is not None else {}
    carried = [(name, request.values[name]) for name in _ASKED if request.values.get(name)]
    carried += [("only", ask.parts["only"])] if ask.parts.get("only") else []
    html = render_template(
        "approvals/ask.html",
        ask=ask,
        about=one.title,
        action=f"{BASE}/{one.id}/{act}",
        back=listed().url(one.id),
        carried=carried,
        typed=request.form,
        given=values,
        record=values or one.record,
        displays=dict(one.displays) | names_of(caller, ask.parts.get("fields", ()), values),
        wrong=wrong or {},
        general=general,
        chosen_people=people_named(caller, typed.people) if typed is not None else [],
        fragment=is_fragment(),
    )
    return (html, 422) if request.method == "POST" else html


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
