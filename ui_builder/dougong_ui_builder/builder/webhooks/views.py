"""/builder/webhook-calls: the calls of webhooks with what was sent and answered; sent again; secrets renewed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import orjson
from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.webhooks import acting, log
from dougong_platform.webhooks.secret import OVERLAP_HOURS
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.frame import draw
from dougong_ui_builder.formats import day
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_webhooks", __name__, url_prefix="/builder")

PAGE = "/builder/webhook-calls"
OVERLAPS = (0, 1, 24, 72, 24 * 14)  # hours
_SHOWN = 50
_TONES = {"delivered": "good", "waiting": "warn", "dead": "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """One call as the page shows it; `payload` and `answer` are texts."""

    call: log.Delivery
    name: str
    tone: str
    payload: str
    problem: str


@blueprint.get("/webhook-calls")
@page("metadata", "webhook")
def show_calls(caller: Caller) -> str:
    """?webhook= one of them, ?state=, ?before= an id."""
    return _page(caller, request.args.get("webhook") or None)


@blueprint.post("/webhook-calls/<uuid:id>/again")
@page("metadata", "webhook")
def send_again(caller: Caller, id: UUID) -> Response:
    """Under the same id."""
    found = acting.send_again(caller, str(id))
    toasts.say(gettext("The call is sent again now"))
    return redirect_to(f"{PAGE}?webhook={found.webhook}")


@blueprint.post("/webhook-calls/<name>/secret")
@page("metadata", "webhook")
def renew_secret(caller: Caller, name: str) -> str:
    """The answer shows it, this once."""
    hours = request.form.get("overlap", "")
    chosen = int(hours) if hours.isdigit() and int(hours) in OVERLAPS else OVERLAP_HOURS
    return _page(caller, name, acting.renew_secret(caller, name, chosen))


@blueprint.post("/webhook-calls/<name>/start")
@page("metadata", "webhook")
def start_again(caller: Caller, name: str) -> Response:
    """After a 410 Gone."""
    acting.start_again(caller, name)
    toasts.say(gettext("The webhook is started again"))
    return redirect_to(f"{PAGE}?webhook={name}")


def _page(caller: Caller, name: str | None, secret: str = "") -> str:
    state = request.args.get("state", "")
    state = state if state in log.STATES else ""
    before = _uuid(request.args.get("before", ""))
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        standings = log.standings(tx)
        found = log.deliveries(tx, webhook=name, state=state or None, before=before, limit=_SHOWN + 1)
    webhooks = caller.model.webhooks
    if name is not None and name not in webhooks and name not in standings:
        raise NotFound
    return draw(
        caller,
        "webhooks/calls.html",
        webhook=webhooks.get(name or ""),
        name=name or "",
        state=state,
        standing=standings.get(name or ""),
        webhooks=[(one, standings.get(one.name, log.Standing())) for one in webhooks.values()],
        days=_by_day([_line(caller, one) for one in found[:_SHOWN]]),
        older=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        secret=secret,
        overlaps=OVERLAPS,
        overlap=OVERLAP_HOURS,
    )


def _line(caller: Caller, call: log.Delivery) -> Line:
    locale = current_locale()
    webhook = caller.model.webhooks.get(call.webhook)
    return Line(
        call,
        webhook.label.text(locale) if webhook else call.webhook,
        _TONES[call.state] if call.state != "waiting" or call.attempts else "",
        orjson.dumps(call.payload, option=orjson.OPT_INDENT_2).decode()[:20_000],
        (call.problem or {}).get("zh" if locale.startswith("zh") else "en", ""),
    )


def _by_day(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    days: dict[str, list[Line]] = {}
    for line in lines:
        days.setdefault(day(line.call.at), []).append(line)
    return list(days.items())


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
