"""Subscriptions of a report or a dashboard: who gets it, when, and what can be done about it. A drawer, or a page of
its own; `lines` also for the list of all under the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, make_response, render_template, request

from dougong_metadata.errors import Fault, InvalidDocuments
from dougong_metadata.label import Label
from dougong_platform.errors import CallerOutdated, NotFound, RecordsInvalid
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.sources import source_of
from dougong_platform.reports.subscriptions.stored import REPORT, SET, USER, Subscription
from dougong_platform.reports.subscriptions.words import WHY
from dougong_ui_builder import toasts
from dougong_ui_builder.formats import as_moment
from dougong_ui_builder.page import is_fragment, redirect_to
from dougong_ui_builder.screens.reports.of_both import of_both
from dougong_ui_builder.screens.reports.subscription_form import (
    WEEKDAYS,
    Form,
    form_of,
    fresh,
    names_of,
    posted,
    schedule_words,
    value_choices,
)
from dougong_ui_builder.screens.reports.subscription_settings import in_words, settings_of
from dougong_ui_builder.screens.reports.visit import visit_of
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from dougong_platform.http.caller import Caller

_FIELDS = ("recipients", "cadence", "hour", "weekday", "day", "filters", "only_if")
DOING = ("pause", "resume", "remove", "send", "leave", "return", "undo")
_UNDONE_BY = {"pause": "undo", "resume": "undo", "remove": "undo", "leave": "return", "return": "leave"}
_SETTINGS = "/settings/subscriptions"


@dataclass(frozen=True, slots=True)
class Line:
    """One subscription as it is listed. `own`: the reader's; `left`: he has unsubscribed from it. `asked`: what is
    asked of it, in words; `withheld`: (names, why) of those who get nothing."""

    one: Subscription
    label: str
    when: str
    next: str
    to: str
    own: bool
    left: bool
    error: str | None
    asked: tuple[str, ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()


def show_subscriptions(caller: Caller, key: str, *, kind: str) -> str:
    """Those that concern the reader, and the form of a new one, asked for what the address says."""
    filters = visit_of(key, request.args).query
    if kind != REPORT:
        filters = {name: value for name, value in filters.items() if name not in ("where", "sort")}
    return _draw(caller, kind, key, fresh(caller, filters))


def subscribe(caller: Caller, key: str, *, kind: str) -> Response:
    """Have it sent."""
    form = posted(caller)
    if form.errors or request.form.get("do") == "further":
        return make_response(_draw(caller, kind, key, form), 422 if form.errors else 200)
    try:
        made = keeping.create(caller, kind, key, form.given())
    except Fault as fault:
        _refused(caller, form, fault)
        return make_response(_draw(caller, kind, key, form), 422)
    said = gettext("Subscribed. Next: %(when)s", when=next_words(made))
    return _done(caller, kind, key, said)


def show_subscription(caller: Caller, key: str, id: UUID, *, kind: str) -> str:
    """One of one's own, to be changed."""
    one = _own(caller, kind, key, id)
    return _draw(caller, kind, key, form_of(caller, one), changed=one)


def change_subscription(caller: Caller, key: str, id: UUID, *, kind: str) -> Response:
    """Save it."""
    one, form = _own(caller, kind, key, id), posted(caller)
    if form.errors or request.form.get("do") == "further":
        return make_response(_draw(caller, kind, key, form, changed=one), 422 if form.errors else 200)
    try:
        keeping.change(caller, one.id, form.given())
    except Fault as fault:
        _refused(caller, form, fault)
        return make_response(_draw(caller, kind, key, form, changed=one), 422)
    return _done(caller, kind, key, gettext("Saved"), undo=f"/{kind}s/{key}/subscriptions/{one.id}/undo")


def do(caller: Caller, key: str, id: UUID, act: str, *, kind: str) -> Response:
    """Pause, resume, end or send one's own; leave what somebody else has sent, or come back to it; take it back."""
    if act not in DOING:
        raise NotFound
    said = _act(caller, str(id), act)
    undo = f"/{kind}s/{key}/subscriptions/{id}/{_UNDONE_BY[act]}" if act in _UNDONE_BY else None
    if request.form.get("from") == "settings" or not _is_there(caller, kind, key):
        toasts.say(said, undo)
        return redirect_to(_SETTINGS)
    return _done(caller, kind, key, said, undo=undo)


def lines(caller: Caller, found: list[Subscription]) -> list[Line]:
    """Subscriptions for a list."""
    names = names_of(caller)
    zh = caller.locale.startswith("zh")
    made = []
    for one in found:
        error = (one.last_error or {}).get("zh" if zh else "en")
        when, to = schedule_words(one.schedule), _to_words(caller, one, names)
        own, left = one.owner == caller.user, caller.user in one.gone
        asked = tuple(in_words(caller, one.kind, one.key, one.filters)) if one.filters else ()
        withheld = tuple(_withheld(one, names, caller.locale))
        made.append(Line(one, label_of(caller, one), when, next_words(one), to, own, left, error, asked, withheld))
    return made


def _withheld(one: Subscription, names: dict[str, str], locale: str) -> Iterator[tuple[str, str]]:
    """(names, why) for each reason."""
    for reason in dict.fromkeys(one.told.values()):
        people = [names.get(user, gettext("(no longer there)")) for user, why in one.told.items() if why == reason]
        if reason in WHY:
            yield _few(people), WHY[reason].text(locale)


def label_of(caller: Caller, one: Subscription) -> str:
    """What it sends, as the reader may know it."""
    try:
        return source_of(one.kind).label(caller, one.key).text(caller.locale)
    except CallerOutdated:
        raise
    except Fault:
        return gettext("(no longer there)")


def next_words(one: Subscription) -> str:
    """When it is due next."""
    found = as_moment(one.next_at)
    return f"{WEEKDAYS[found.weekday()]} {found:%Y-%m-%d %H:%M}" if found is not None else ""


def _act(caller: Caller, id: str, do: str) -> str:
    if do in ("leave", "return"):
        if not any(one.id == id for one in keeping.list_for(caller)):
            raise NotFound
        keeping.leave(caller.database, caller.tenant, id, caller.user, back=do == "return")
        return gettext("You do not get it any more.") if do == "leave" else gettext("You get it again.")
    if do == "undo":
        keeping.undo(caller, id)
        return gettext("Taken back")
    if do == "send":
        keeping.send_now(caller, id)
        return gettext("It is being sent.")
    if do == "remove":
        keeping.remove(caller, id)
        return gettext("Removed")
    keeping.change(caller, id, {"active": do == "resume"})
    return gettext("Resumed") if do == "resume" else gettext("Paused")


def _own(caller: Caller, kind: str, key: str, id: UUID) -> Subscription:
    found = keeping.find(caller, str(id))
    if (found.kind, found.key) != (kind, key):
        raise NotFound
    return found


def _refused(caller: Caller, form: Form, fault: Fault) -> None:
    """What was refused, beside its field. Raises what is no fault of the form."""
    if isinstance(fault, RecordsInvalid):
        for error in fault.errors:
            place = (error.field or "").partition(".")[0]
            form.errors.setdefault(place if place in _FIELDS else "", []).append(error.message)
    elif isinstance(fault, (CallerOutdated, NotFound)) or fault.status >= 500:
        raise fault
    else:
        form.errors.setdefault("", []).append(fault.message(caller.locale))


def _is_there(caller: Caller, kind: str, key: str) -> bool:
    """Whether the page of its subscriptions can be shown: an undo may bring back one of what is gone."""
    try:
        _label(caller, kind, key)
    except NotFound:
        return False
    return True


def _done(caller: Caller, kind: str, key: str, said: str, undo: str | None = None) -> Response:
    if not is_fragment():
        toasts.say(said, undo)
        return redirect_to(f"/{kind}s/{key}/subscriptions")
    return make_response(_draw(caller, kind, key, fresh(caller, {}), said=said, undo=undo))


def _draw(
    caller: Caller,
    kind: str,
    key: str,
    form: Form,
    *,
    changed: Subscription | None = None,
    said: str | None = None,
    undo: str | None = None,
) -> str:
    label = _label(caller, kind, key)
    whole = not is_fragment()
    name = "page" if whole else "body" if request.method == "POST" else "drawer"
    return render_template(
        f"reports/subscriptions_{name}.html",
        kind=kind,
        what=label.text(caller.locale),
        back=f"/{kind}s/{key}",
        here=f"/{kind}s/{key}/subscriptions",
        form=form,
        changed=changed,
        said=said,
        undo=undo,
        lines=lines(caller, keeping.list_for(caller, kind, key)),
        sets=[(one.name, one.label.text(caller.locale)) for one in caller.model.permission_sets.values()],
        weekdays=[(number + 1, str(word)) for number, word in enumerate(WEEKDAYS)],
        days=[(day, str(day)) for day in range(1, 32)],
        hours=[(hour, f"{hour}:00") for hour in range(24)],
        values=value_choices(caller, kind, key),
        settings=settings_of(caller, kind, key, form.filters),
        zone=caller.timezone,
        heading="h2" if whole else "h3",
    )


def _label(caller: Caller, kind: str, key: str) -> Label:
    """Raises NotFound. One that is broken still has its subscriptions."""
    try:
        return source_of(kind).label(caller, key)
    except InvalidDocuments:
        return Label(gettext("(no longer there)"), gettext("(no longer there)"))


def _to_words(caller: Caller, one: Subscription, names: dict[str, str]) -> str:
    """The first receivers and how many more."""
    people = [names.get(r.id, gettext("(no longer there)")) for r in one.recipients if r.kind == USER]
    known = caller.model.permission_sets
    people += [
        known[r.id].label.text(caller.locale) if r.id in known else r.id for r in one.recipients if r.kind == SET
    ]
    return _few(people)


def _few(people: list[str]) -> str:
    more = len(people) - 3
    said = gettext(", ").join(people[:3])
    return f"{said} {ngettext('and %(num)d more', 'and %(num)d more', more)}" if more > 0 else said


of_both("/subscriptions", "subscriptions", show_subscriptions)
of_both("/subscribe", "subscribing", show_subscriptions)
of_both("/subscriptions", "new_subscription", subscribe, "POST")
of_both("/subscriptions/<uuid:id>", "subscription", show_subscription)
of_both("/subscriptions/<uuid:id>", "changed_subscription", change_subscription, "POST")
of_both("/subscriptions/<uuid:id>/<act>", "done_subscription", do, "POST")
