"""Saves what a form sent: the record and its child rows in one transaction, once per attempt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from flask import request

from dougong_platform import records
from dougong_platform.errors import IdempotencyMismatch, RecordsInvalid, StaleVersion
from dougong_platform.jobs import ring
from dougong_platform.records.idempotency import claim, digest, keep
from dougong_ui_builder.screens.confirming import confirmed, question, refusals
from dougong_ui_builder.screens.forms import lines as child_rows
from dougong_ui_builder.screens.forms.arranging import Form, take_errors
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller
    from dougong_tenants import TenantTransaction


class _Refused(Exception):
    """Rolls the transaction back; what was wrong stands in the form by then."""


def save(caller: Caller, form: Form, values: Mapping[str, Any], version: int | None = None) -> str | None:
    """The record's id, or None with the errors in the form. Raises StaleVersion where the record was changed since."""
    if form.faulty:
        _check_only(caller, form, values, version)
        return None
    try:
        with caller.database.transaction(caller.tenant) as tx:
            caller.verify(tx.entry)
            id = _once(caller, form, values, version, tx)
    except _Refused:
        return None
    except IdempotencyMismatch:
        form.general.append(gettext("This form was saved before. Save again to save it once more."))
        return None
    ring(caller.tenant.name)
    return id


def _once(caller: Caller, form: Form, values: Mapping[str, Any], version: int | None, tx: TenantTransaction) -> str:
    key = request.form.get("attempt", "")
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "attempt")]
    if key:
        before = claim(tx, caller, f"form-{key}"[:200], digest("POST", request.path, orjson.dumps(sent)))
        if before is not None:
            return str(before[1]["id"])
    id = _write(caller, form, values, version, tx)
    refused = child_rows.save(caller, form.lines, id, tx, confirmed())
    if refused:
        form.question = question(refused)
        raise _Refused
    if key:
        keep(tx, caller, f"form-{key}"[:200], 200, {"id": id})
    return id


def _write(caller: Caller, form: Form, values: Mapping[str, Any], version: int | None, tx: TenantTransaction) -> str:
    try:
        if form.id is None:
            outcome = records.create(caller, form.object.name, [values], tx=tx, confirmed=confirmed()).records[0]
        else:
            row = {**values, "id": form.id} | ({} if version is None else {"version": version})
            outcome = records.update(caller, form.object.name, [row], tx=tx, confirmed=confirmed()).records[0]
    except RecordsInvalid as refused:
        form.question = question(refused.errors)
        if form.question is None:
            take_errors(form, refusals(refused.errors))
        raise _Refused from None
    return str(outcome.id)


def _check_only(caller: Caller, form: Form, values: Mapping[str, Any], version: int | None) -> None:
    """There is an error already; the write path tells the others too, and nothing is kept."""
    known = set(form.errors)
    try:
        with caller.database.transaction(caller.tenant) as tx:
            caller.verify(tx.entry)
            _write(caller, form, {n: v for n, v in values.items() if n not in known or v is not None}, version, tx)
            raise _Refused
    except (_Refused, StaleVersion):
        form.question = None
        for name in known:
            form.errors[name] = form.errors[name][:1]
