"""The way that a record would take, shown before it is submitted to somebody who sees the record. Called by the API and
the dialog of the record's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from dougong_platform.approvals.reading.shown_steps import Teller
from dougong_platform.approvals.running.route import RouteStep, flow_named, preview
from dougong_platform.approvals.sight.labels import labels_of_flow
from dougong_platform.approvals.sight.seeing import Knowing, Sight
from dougong_platform.approvals.state import Approval
from dougong_platform.http.caller import Caller
from dougong_platform.query import get


def shown_route(
    caller: Caller, flow: str, object: str, id: str, choices: Mapping[str, Sequence[str]] | None = None
) -> list[RouteStep]:
    """As `route.preview`, with reasons as far as the caller may know what they speak of. Raises NotFound where he does
    not see the record; NotSubmitted."""
    get(caller, object, id, ["id"])
    steps = preview(caller, flow, object, id, choices)
    model = flow_named(caller, flow)
    sight = Sight(caller, (), submitted=True, reads=True, administers=False)
    known = Knowing(caller, object, frozenset(), asked=False)
    approval = Approval("", flow, 0, object, id, "", caller.user)
    teller = Teller(sight, approval, labels_of_flow(caller.model, model), {}, dt.datetime.now(dt.UTC), model, known)
    return [teller.route(step) for step in steps]
