"""The steps of a hand-over, each a named action: start, undo, and reading how far it is. Called by the API and the
screens."""

from __future__ import annotations

from dougong_platform.errors import CallerOutdated, Conflict, NotAllowed
from dougong_platform.hand_overs import store
from dougong_platform.hand_overs.errors import TooLongAgo, WrongState
from dougong_platform.hand_overs.plan import Plan, check_plan
from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.selection import BATCH, write_down
from dougong_platform.hand_overs.turns import Places
from dougong_platform.hand_overs.undoing import work_undo
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import put, ring
from dougong_platform.people.authority import require_authority
from dougong_platform.records.ids import new_id
from dougong_tenants import TenantTransaction

TOPIC = "hand_over"
DIRECTLY = 500  # records that are moved before the answer; more are left to the worker


def start(caller: Caller, plan: Plan) -> store.HandOver:
    """Write down which records go, and begin; up to 500 records are moved when this answers.

    Raises NotFound, NotAllowed, RecordsInvalid, BadFilter, CallerOutdated; nothing is done then.
    """
    _require(caller)
    identifier = new_id()
    with caller.database.transaction(caller.tenant, statement_timeout=300_000) as tx:
        caller.verify(tx.entry)
        checked = check_plan(caller, tx, plan, complete=True)
        store.insert(tx, identifier, checked, caller.user)
        total = _write_down(caller, tx, identifier, checked)
        store.change(tx, identifier, total=total)
        if total > DIRECTLY:
            put(tx, TOPIC, {"hand_over": identifier, "do": "work"})
    if total > DIRECTLY:
        ring(caller.tenant.name)
    else:
        _directly(caller, identifier, "work")
    return read(caller, identifier)


def undo(caller: Caller, identifier: str) -> store.HandOver:
    """Take it back, as far as nobody changed since. Raises NotFound, NotAllowed, WrongState, TooLongAgo."""
    _require(caller)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        job = store.read(tx, identifier, lock=True)
        require_authority(caller, job.from_user)
        if job.state not in ("done", "failed"):
            raise WrongState(state=job.state)
        if not job.recent:
            raise TooLongAgo(days=store.UNDO_DAYS)
        store.change(tx, identifier, state="undoing", counts={"undone_by": caller.user})
        directly = int(job.counts.get("moved", 0)) <= DIRECTLY
        if not directly:
            put(tx, TOPIC, {"hand_over": identifier, "do": "undo"})
    if directly:
        _directly(caller, identifier, "undo")
    else:
        ring(caller.tenant.name)
    return read(caller, identifier)


def read(caller: Caller, identifier: str) -> store.HandOver:
    """One hand-over as it is now. Raises NotFound, NotAllowed."""
    _require(caller)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        return store.read(tx, identifier)


def read_all(caller: Caller, user: str | None = None) -> list[store.HandOver]:
    """The newest, or those of one user."""
    _require(caller)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return store.read_all(tx, user)


def _write_down(caller: Caller, tx: TenantTransaction, identifier: str, plan: Plan) -> int:
    places, number, total = Places(), 0, 0
    for object, choice in plan.choices(caller).items():
        receivers = plan.receivers(choice)
        count = write_down(
            caller, tx, identifier, plan.from_user, object, choice, receivers, number, places.begin(receivers)
        )
        places.take(receivers, count)
        number += -(-count // BATCH)
        total += count
    return total


def _directly(caller: Caller, identifier: str, do: str) -> None:
    """Work before the answer. What is begun must not be begun again: if it is too busy, the worker goes on."""
    try:
        (work_undo if do == "undo" else work)(caller.database, caller.tenant, identifier)
    except (CallerOutdated, Conflict):
        with caller.database.transaction(caller.tenant) as tx:
            put(tx, TOPIC, {"hand_over": identifier, "do": do})
        ring(caller.tenant.name)


def _require(caller: Caller) -> None:
    if "people" not in caller.rights.system:
        raise NotAllowed
