"""Records as they were when they were submitted, or last saved in a period, with all that a flow asks of them: one
statement for thousands. What lies behind lookups, and roll-ups, are as they are now (automations/try_out/as_of.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.facts import Asked, Facts, asked_of
from dougong_platform.approvals.running.acting import company
from dougong_platform.automations.try_out.as_of import AsOf, of_the_moment
from dougong_platform.evaluation.rows import column
from dougong_platform.http.caller import Caller
from dougong_platform.records.statement import Statement, literal, quoted
from dougong_tenants import TenantTransaction

SUBMITTED, SAVED = "submitted", "saved"
OVER = (SUBMITTED, SAVED)
# The version of the record says exactly what was submitted.
_MOMENTS = {
    SUBMITTED: """
select a.record as id, a.submitted_at as _at, a.submitter as _actor, a.id as _approval, a.choices as _choices,
       0::bigint as _seq, (select (e.data ->> 'record_version')::integer from "§"._approval_event e
         where e.approval = a.id and e.action = 'submitted' order by e.id limit 1) as _version
  from "§"._approval a
 where a.flow = {flow} and a.object = {object} and a.submitted_at >= %(since)s::timestamptz
   and a.submitted_at < %(until)s::timestamptz order by a.submitted_at desc, a.id limit %(limit)s
""",
    SAVED: """
select distinct on (h.record) h.record as id, h.at as _at, h.actor as _actor, null::uuid as _approval,
       null::jsonb as _choices, h.seq as _seq, null::integer as _version
  from "§"._history h
 where h.object = {object} and h.op in ('create', 'update') and h.at >= %(since)s::timestamptz
   and h.at < %(until)s::timestamptz order by h.record, h.seq desc
""",
}


@dataclass(frozen=True, slots=True)
class Then:
    """A record at a moment, and who sent it in, or saved it. `approval`: what was submitted then, None where nothing
    was; `there`: the record still is."""

    record: str
    at: str
    submitter: str | None
    approval: str | None
    choices: Mapping[str, Sequence[str]]
    there: bool
    record_type: str | None
    facts: Facts


def records_then(
    caller: Caller, flow: ApprovalModel, tx: TenantTransaction, over: str, values: Mapping[str, Any]
) -> list[Then]:
    """The newest first. `values`: since, until and limit. Raises DataError for what cannot be worked out."""
    asked = asked_of(caller.model, flow)
    acting = company(caller)
    given = acting.environment | {"tenant_timezone": caller.tenant.timezone, **values}
    rows = _statement(caller, flow, asked, over).run(tx, acting, given)
    return [
        Then(id, at, actor, approval, choices or {}, there, record_type, dict(zip(asked, facts, strict=True)))
        for id, at, actor, approval, choices, there, record_type, *facts in rows
    ]


def _statement(caller: Caller, flow: ApprovalModel, asked: Sequence[Asked], over: str) -> Statement:
    as_of = AsOf(caller.release, flow.object, of_saves=False, of_versions=True)
    row = as_of.row()
    row.used["record_type"] = row.field(("record_type",))
    columns = [column(row, one) for one in asked]
    alone = [] if over == SUBMITTED else _entry(flow, dict(zip(asked, columns, strict=True)))
    base = _MOMENTS[over].format(flow=literal(flow.name), object=literal(flow.object))
    rows = as_of.rows(base, list(row.used.values()), "b._approval, b._choices, b._seq, b._version")
    table = f'"§".{quoted(caller.release.catalogue.table(flow.object))}'
    there = f"exists (select from {table} y where y.id = n.id)"
    answered = of_the_moment(", ".join([there, "n.record_type", *columns]))
    where = f" where {' and '.join([there, *map(of_the_moment, alone)])}" if alone else ""
    return Statement(
        f"with {rows} select n.id, n._at, n._actor, n._approval, n._choices, {answered}"
        f" from n {of_the_moment(row.joins)}{where} order by n._at desc, n.id limit %(limit)s"
    )


def _entry(flow: ApprovalModel, columns: Mapping[Asked, str]) -> list[str]:
    """What a record had to be like to be submitted."""
    found = ["true"]
    if flow.record_types:
        found.append(f"n.record_type = any({literal(list(flow.record_types))}::text[])")
    if flow.entry is not None:
        found.append(columns[flow.entry])
    return found
