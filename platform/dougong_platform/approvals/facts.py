"""What a flow has to know of records, for any number of them by one statement. Used by worlds and try-outs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dougong_metadata.expressions import Checked
from dougong_metadata.model.approval_types import ApprovalModel, Approvers
from dougong_metadata.model.flow_types import Recipient
from dougong_metadata.model.types import Model
from dougong_platform.automations.running import engine
from dougong_platform.evaluation import evaluate
from dougong_platform.http.caller import Caller
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction

Asked = Checked | tuple[str, ...]
Facts = Mapping[Asked, Any]
Roles = Mapping[str, Sequence[str]]

_ROLES = """
select s.record, s.role, s.subject from _share s
 where s.object = %(object)s and s.record = any(%(ids)s::uuid[]) and s.role = any(%(roles)s::text[])
   and (s.expires_at is null or s.expires_at > now()) order by s.created_at, s.id
"""


def path_of(model: Model, object: str, recipient: Recipient) -> tuple[str, ...] | None:
    """The path whose value a recipient needs; None for one who is named."""
    of = model.objects.get(object)
    path = tuple(recipient.value.split("."))
    is_path = recipient.kind == "field" or (recipient.kind == "department_head" and of and path[0] in of.fields)
    return path if is_path else None


def asked_of(model: Model, flow: ApprovalModel) -> tuple[Asked, ...]:
    """Everything that the flow may have to know of a record, each once."""
    recipients = [*flow.submitters, *(to for node in flow.nodes.values() for to in node.to)]
    paths = (path_of(model, flow.object, one) for one in recipients)
    return tuple(dict.fromkeys((*flow.asked, *(path for path in paths if path is not None), *read_by_branches(flow))))


def read_by_branches(flow: ApprovalModel) -> Iterator[tuple[str, ...]]:
    """The paths whose values are kept beside the choice of a branch, to say later why it was this one."""
    for node in flow.nodes.values():
        for branch in node.branches:
            if branch.condition is not None:
                yield from branch.condition.paths


def facts_of(
    caller: Caller, flow: ApprovalModel, ids: Sequence[str], tx: TenantTransaction, submitter: str | None
) -> dict[str, Facts]:
    """By record; records that are not there are absent. Conditions speak of `submitter` where they ask for the user."""
    asked = asked_of(caller.model, flow)
    if not asked:
        return {id: {} for id in ids}
    asking = engine(caller.database, caller.tenant, caller.release, actor=submitter, batch=None, chain=())
    found = evaluate(asking, flow.object, list(asked), list(ids), tx)
    return {id: dict(zip(asked, row, strict=True)) for id, row in found.items()}


def roles_of(flow: ApprovalModel, ids: Sequence[str], tx: TenantTransaction) -> dict[str, Roles]:
    """By record: the subjects (users, teams, departments) that stand in the roles which the flow asks for."""
    named: list[Approvers | Recipient] = [*flow.submitters]
    for node in flow.nodes.values():
        named += [*node.by, *(node.limit.to if node.limit is not None else ()), *node.to]
    roles = sorted({one.value for one in named if one.kind == "role"})
    if not roles:
        return {}
    found: dict[str, dict[str, list[str]]] = {}
    values = {"object": flow.object, "ids": array_text(ids), "roles": array_text(roles)}
    for record, role, subject in tx.rows(_ROLES, values):
        found.setdefault(record, {}).setdefault(role, []).append(subject)
    return {record: dict(by_role) for record, by_role in found.items()}
