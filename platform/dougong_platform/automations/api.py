"""HTTP endpoints of automations: what there is, runs, try-out, and the addresses at which calls come in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

import orjson
from flask import Blueprint, Response, current_app, request

from dougong_platform.automations import hooks, reading
from dougong_platform.automations.errors import CallRefused, HookUnknown
from dougong_platform.automations.runs import STATES
from dougong_platform.automations.schema import (
    AddressShape,
    AutomationList,
    RunList,
    RunShape,
    RunStarted,
    TriedShape,
    TryBody,
)
from dougong_platform.automations.try_out import try_out
from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Description, Parameter, endpoint
from dougong_platform.http.engine import Engine
from dougong_platform.http.json import answer
from dougong_platform.query.single import uuid_text
from dougong_tenants.tenancy import find

blueprint = Blueprint("automations", __name__)
_PATH = "/api/v1/automations"
_PAGE = (
    Parameter("state", "Only those in this state.", {"type": "string", "enum": list(STATES)}),
    Parameter("record", "Only those about this record.", {"type": "string", "format": "uuid"}),
    Parameter("limit", "Runs per page.", {"type": "integer", "minimum": 1, "maximum": reading.MOST}),
    Parameter("cursor", "`next` of the page before.", {"type": "string", "format": "uuid"}),
)


@blueprint.get(_PATH)
@endpoint("The automations and how they go", answers=AutomationList, errors=(403,))
def list_automations(caller: Caller) -> dict[str, Any]:
    """{"automations": […]} by object and order."""
    return {"automations": reading.automations(caller)}


@blueprint.get("/api/v1/automation-runs")
@endpoint("Runs of all automations", answers=RunList, errors=(400, 403), parameters=_PAGE)
def list_all_runs(caller: Caller) -> dict[str, Any]:
    """{"runs": […], "next"}, newest first."""
    return _page(caller, None)


@blueprint.get(f"{_PATH}/<name>/runs")
@endpoint("Runs of an automation", answers=RunList, errors=(400, 403, 404), parameters=_PAGE)
def list_runs(caller: Caller, name: str) -> dict[str, Any]:
    """{"runs": […], "next"}, newest first."""
    return _page(caller, name)


@blueprint.get(f"{_PATH}/<name>/runs/<id>")
@endpoint("One run of an automation", answers=RunShape, errors=(403, 404))
def show_run(caller: Caller, name: str, id: str) -> dict[str, Any]:
    """What it saw, decided and did."""
    return reading.run(caller, id, name)


@blueprint.post(f"{_PATH}/<name>/runs/<id>/again")
@endpoint("Do a failed run again", answers=RunStarted, status=202, errors=(403, 404, 409))
def run_again(caller: Caller, name: str, id: str) -> dict[str, Any]:
    """The id of the new run, which is there once it was done."""
    return {"run": reading.again(caller, id, name)}


@blueprint.post(f"{_PATH}/<name>/address")
@endpoint("Give an automation a new address for calls", answers=AddressShape, status=201, errors=(403, 404))
def new_address(caller: Caller, name: str) -> Response:
    """The address and the key of its signatures, this once; the old address takes no more calls."""
    return answer(asdict(hooks.renew(caller, name)), 201)


@blueprint.post(f"{_PATH}/try")
@endpoint(
    "What an automation would have done", body=TryBody, answers=TriedShape, errors=(400, 403, 404, 422), reads=True
)
def try_automation(caller: Caller) -> dict[str, Any]:
    """Nothing is written."""
    given = load_body(request, TryBody, caller.locale)
    if ("name" in given) == ("document" in given):
        raise BadRequest(en="Give either `name` or `document`.", zh="请在 name 与 document 中指定其一。")
    if given["until"] <= given["since"]:
        raise BadRequest(en="`to` has to be after `from`.", zh="to 须晚于 from。")
    tried = asdict(try_out(caller, **given))
    return {**tried, "from": tried.pop("since"), "to": tried.pop("until")}


@blueprint.post("/api/v1/hooks/<tenant>/<token>")
def take_call(tenant: str, token: str) -> Response:
    """A call from outside, for the automation whose address this is: 202 {"run": id}."""
    app = cast("Engine", current_app)
    raw = request.get_data(cache=False) if (request.content_length or 0) <= hooks.LARGEST else b""
    if (request.content_length or 0) > hooks.LARGEST or len(raw) > hooks.LARGEST:
        raise CallRefused(en="The body is larger than 256 KB.", zh="正文超过 256 KB。")
    found = find(app.database, tenant) if len(tenant) < 100 and len(token) < 200 else None
    if found is None or found.status != "active":
        raise HookUnknown
    app.gate.limits.count(f"hook:{found.id}:{token}", str(found.id))
    signature = request.headers.get("X-Signature-256") or request.headers.get("X-Hub-Signature-256")
    call = request.headers.get("Idempotency-Key") or request.headers.get("Webhook-Id")
    run = hooks.receive(app.database, found, token, raw, _json(raw), signature, call)
    return answer({"run": run}, 202)


take_call.description = Description(  # type: ignore[attr-defined]  # read by openapi from the view function
    "Take a call for an automation",
    body={"type": "object"},
    answers=RunStarted,
    status=202,
    parameters=(
        Parameter("Idempotency-Key", "The same key again is answered with the same run.", place="header"),
        Parameter("X-Signature-256", "sha256=… of the body, where calls are signed.", place="header"),
    ),
    errors=(404, 429),
)


def _json(raw: bytes) -> Any:
    try:
        value = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        raise CallRefused(en="The body is not JSON.", zh="正文不是 JSON。") from None
    if not isinstance(value, dict | list):
        raise CallRefused(en="The body must be a JSON object.", zh="正文必须是 JSON 对象。")
    return value


def _page(caller: Caller, name: str | None) -> dict[str, Any]:
    given = Arguments(request, ("state", "record", "limit", "cursor"))
    limit = max(1, min(given.whole("limit", 50), reading.MOST))
    state = given.text("state")
    if state is not None and state not in STATES:
        raise BadRequest(en=f"`state` is one of {', '.join(STATES)}.", zh=f"state 须为 {'、'.join(STATES)} 之一。")
    found = reading.runs(
        caller,
        automation=name,
        record=_id(given.text("record"), "record"),
        state=state,
        limit=limit,
        before=_id(given.text("cursor"), "cursor"),
    )
    return {"runs": found, "next": found[-1]["id"] if len(found) == limit else None}


def _id(text: str | None, name: str) -> str | None:
    found = uuid_text(text) if text is not None else None
    if text is not None and found is None:
        raise BadRequest(en=f"“{name}” is no id.", zh=f"{name} 不是有效的 ID。")
    return found
