"""Delegations: who decides for me, for whom I decide, and the form that makes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.approvals.people import delegations
from dougong_platform.errors import CallerOutdated, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.formats import today
from dougong_ui_builder.languages import current_locale, current_timezone
from dougong_ui_builder.page import form_again, page, redirect_to
from dougong_ui_builder.screens.approvals.listing import flows_of
from dougong_ui_builder.screens.approvals.routes import BASE, blueprint
from dougong_ui_builder.screens.approvals.typed import read_typed
from dougong_ui_builder.words import gettext

HERE = f"{BASE}/delegations"


@blueprint.get(HERE)
@page()
def show_delegations(caller: Caller) -> str:
    """Mine, those to me, and the form."""
    return render_template("approvals/delegations.html", **_context(caller), typed={}, wrong={}, general=())


@blueprint.post(HERE)
@page()
def delegate(caller: Caller) -> Any:
    """Make one. Days count whole: from the first's beginning to the last's end, in the person's time zone."""
    typed = read_typed(caller, "note")
    if typed.person is None and "person" not in typed.errors:
        typed.wrong("person", gettext("Choose a person."))
    starts, ends = _day(request.form.get("from")), _day(request.form.get("until"))
    if request.form.get("until") and ends is None:
        typed.wrong("until", gettext("This is no date."))
    if typed.errors:
        return _again(caller, typed.errors)
    flows = request.form.getlist("flows") if request.form.get("which") == "some" else []
    if request.form.get("which") == "some" and not flows:
        return _again(caller, {"flows": [gettext("Choose at least one kind of approval.")]})
    try:
        made = delegations.create(
            caller,
            delegate=str(typed.person),
            flows=flows,
            starts_at=_moment(starts) if starts is not None and starts > today() else None,
            ends_at=_moment(ends + timedelta(days=1)) if ends is not None else None,
            note=typed.comment,
        )
    except CallerOutdated:
        raise
    except RecordsInvalid as refused:
        names = {"delegate": "person", "starts_at": "from", "ends_at": "until", "user": "person"}
        wrong: dict[str, list[str]] = {}
        for error in refused.errors:
            wrong.setdefault(names.get(error.field or "", error.field or ""), []).append(error.message)
        return _again(caller, {k: v for k, v in wrong.items() if k}, wrong.get("", ()))
    except Fault as fault:
        if fault.status not in (400, 403, 409, 422):
            raise
        return _again(caller, {}, [fault.message(current_locale())])
    toasts.say(gettext("%(name)s decides for you as you said.", name=made.delegate_name or ""))
    return redirect_to(HERE)


@blueprint.post(f"{HERE}/<uuid:id>/end")
@page()
def end_delegation(caller: Caller, id: Any) -> Response:
    """It ends now."""
    ended = delegations.end(caller, str(id))
    toasts.say(gettext("%(name)s no longer decides for you.", name=ended.delegate_name or ""))
    return redirect_to(HERE)


def _context(caller: Caller) -> dict[str, Any]:
    found = delegations.delegations(caller)
    labels = {name: label_text(flow) for name, flow in caller.model.approvals.items()}
    return {
        "mine": [one for one in found if one.user == caller.user and one.state != "over"],
        "to_me": [one for one in found if one.delegate == caller.user and one.state != "over"],
        "over": [one for one in found if one.user == caller.user and one.state == "over"][:10],
        "flow_names": labels,
        "flows": flows_of(caller),
        "today": today().isoformat(),
        "last_day": _last_day,
    }


def _again(caller: Caller, wrong: Mapping[str, Sequence[str]], general: Sequence[str] = ()) -> tuple[str, int]:
    return form_again(
        "approvals/delegations.html", **_context(caller), typed=request.form, wrong=wrong, general=list(general)
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), current_timezone())


def _last_day(moment: str) -> str:
    """The last day on which it holds, for a delegation that ends with a day."""
    ends = datetime.fromisoformat(moment).astimezone(current_timezone())
    return str((ends - timedelta(seconds=1)).date())
