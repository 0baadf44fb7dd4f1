"""The form that asks before an act, and what came of it: shared by all acts on an approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import CallerOutdated, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import is_fragment, redirect_to
from dougong_ui_builder.screens.approvals.asks import Ask
from dougong_ui_builder.screens.approvals.one import One
from dougong_ui_builder.screens.approvals.routes import BASE, after_decision, listed
from dougong_ui_builder.screens.approvals.typed import Typed, people_named
from dougong_ui_builder.screens.record_values.reading import names_of

_ASKED = ("box", "q", "flow", "then", "verdict")
Work = Callable[[], Any]


def do(one: One, work: Work, said: str, again: Callable[..., Any], *, forward: bool) -> Any:
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


def answer(
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
