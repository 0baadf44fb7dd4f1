"""One write as an action: its transaction, the guard against a release that changed, and the retry after a lost race.

Every function of the write path runs inside `act`; nothing else opens a transaction that writes records.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import orjson
from psycopg import errors

from dougong_platform.errors import Conflict, FieldError, RecordsInvalid, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.records.approval_checks import HELD
from dougong_platform.records.arrays import array_text
from dougong_platform.records.messages import sentence
from dougong_platform.records.stage_checks import UNGATED
from dougong_platform.records.statement import Statement
from dougong_platform.releases.coming import coming_key
from dougong_platform.releases.locks import WRITER_LOCK
from dougong_platform.storage.statements import place
from dougong_platform.storage.structure import structure
from dougong_tenants import TenantTransaction

Answer = TypeVar("Answer")


class LostRace(Exception):
    """Somebody else was first, seen without PostgreSQL saying so: the action is repeated. Never leaves `act`."""


ATTEMPTS = 8
SILENT = frozenset({"demo", "restore"})  # causes after which no automation follows: nothing has happened in the world
_ASKED = frozenset({"user", "api"})  # causes behind which somebody stands who can be asked
_GUARD = ((WRITER_LOCK, None), ("select max(number) from _release", None))
_KEEP_PLANS = "set local plan_cache_mode = force_generic_plan"
# Somebody else was first: with their commit before our eyes, the checks find what collided and say so.
_RACES = (
    LostRace,
    errors.UniqueViolation,
    errors.ForeignKeyViolation,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)
_TOO_LARGE = (errors.ProgramLimitExceeded,)


class Writing:
    """A transaction that writes records. The guard travels with its first statement, in the same round trip.

    `alone` says that the batch is a single row: PostgreSQL then keeps the plan of each statement, whose making costs
    several times its execution; left to itself it plans every time, because it takes arrays for long.
    """

    def __init__(self, caller: Caller, tx: TenantTransaction) -> None:
        self.caller, self.tx = caller, tx
        self.guarded = self.alone = False
        self.environment = caller.environment | {
            "cause": caller.cause,
            "cause_ref": caller.cause_ref,
            "tenant_timezone": caller.tenant.timezone,
            "fires": caller.cause not in SILENT,
            "gated": caller.cause not in UNGATED,
            "held": caller.cause in HELD,
            "confirmed": "{}" if caller.cause in _ASKED else "{*}",
            "chain": orjson.dumps(caller.chain).decode(),
        }

    def after(self, confirmed: Collection[str]) -> Writing:
        """The same, after whoever saves has seen these warnings."""
        if confirmed:
            self.environment["confirmed"] = array_text(sorted(confirmed))
        return self

    def run(self, statement: Statement, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The rows of one statement. Raises ReleaseChanged if the caller's release is no longer in force."""
        caller = self.caller
        text = place(statement.text, caller.tenant.schema, caller.release.number)
        params = self.environment if values is None else {**self.environment, **values}
        if self.guarded:
            return self.tx.rows(text, params)
        guard = (*_GUARD, (_KEEP_PLANS, None)) if self.alone else _GUARD
        answers = self.tx.together(*guard, (text, params))
        self.guarded = True
        number = answers[1].fetchone()
        if number is None or number[0] != caller.release.number:
            raise ReleaseChanged
        return answers[-1].fetchall()


def act(caller: Caller, work: Callable[[Writing], Answer], tx: TenantTransaction | None = None) -> Answer:
    """Run `work` in a transaction of its own, or inside `tx` under a savepoint. Repeated after a lost race.

    Whoever passes `tx` rings the doorbell (`jobs.ring`) after its commit.

    Raises RecordsInvalid for values that PostgreSQL refuses, Conflict when a race is lost again and again.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _inside(caller, work, tx) if tx is not None else _apart(caller, work)
        except _RACES as race:
            if isinstance(race, errors.UniqueViolation):
                _refuse_coming(caller, race)
            if attempt + 1 == ATTEMPTS or (tx is not None and isinstance(race, errors.DeadlockDetected)):
                raise Conflict from race
            time.sleep(0.005 * attempt)
        except (*_TOO_LARGE, errors.DataError) as refusal:
            raise _refused(caller, refusal) from refusal
    raise AssertionError("the loop returns or raises")


def _apart(caller: Caller, work: Callable[[Writing], Answer]) -> Answer:
    try:
        with caller.database.transaction(caller.tenant) as tx:
            caller.verify(tx.entry)
            answer = work(Writing(caller, tx))
    except (errors.UndefinedTable, errors.UndefinedColumn, errors.DatatypeMismatch, errors.UndefinedFunction):
        with caller.database.transaction(caller.tenant, read_only=True) as tx:
            caller.verify(tx.entry)  # a release that was published in between explains it
        raise
    ring(caller.tenant.name)
    return answer


def _inside(caller: Caller, work: Callable[[Writing], Answer], tx: TenantTransaction) -> Answer:
    caller.verify(tx.entry)
    tx.execute("savepoint _write")
    try:
        answer = work(Writing(caller, tx))
    except BaseException:
        if not tx.connection.closed:
            tx.together(("rollback to savepoint _write", None), ("release savepoint _write", None))
        raise
    tx.execute("release savepoint _write")
    return answer


def _refuse_coming(caller: Caller, race: errors.UniqueViolation) -> None:
    """A key of the release in force was only lost in a race; one that a publish is about to bring is no race."""
    index = race.diag.constraint_name or ""
    if structure(caller.model, caller.release.catalogue).unique(index) is not None:
        return
    key = coming_key(caller.database, caller.tenant, index)
    if key is None:
        return
    labels = ("、" if caller.locale.startswith("zh") else ", ").join(f.label.text(caller.locale) for f in key.fields)
    name = key.fields[0].name
    known = key.object in caller.model.objects and name in caller.model.objects[key.object].fields
    said = sentence("not_unique_soon", caller.locale, label=labels, release=key.release)
    raise RecordsInvalid([FieldError(name if known else None, "not_unique_soon", said)]) from race


def _refused(caller: Caller, refusal: errors.Error) -> RecordsInvalid:
    detail = refusal.diag.message_primary or type(refusal).__name__
    return RecordsInvalid([FieldError(None, "invalid_value", sentence("invalid_value", caller.locale, detail=detail))])
