"""The worlds of the machine: `Known`, where everything was looked up before (previews, try-outs), and `Live`, which
looks things up in the approval's transaction when they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from dougong_metadata.expressions import Checked
from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode, TimeLimit
from dougong_metadata.model.compile_calendar import default_calendar
from dougong_metadata.model.types import Model
from dougong_platform.approvals.facts import Facts, Roles, facts_of, roles_of
from dougong_platform.approvals.hours.deadlines import after
from dougong_platform.approvals.people.approvers import administrators_of, find
from dougong_platform.approvals.people.copies import copied_to
from dougong_platform.approvals.state import Approval, Found, Search, Text, now_text
from dougong_platform.http.caller import Caller
from dougong_tenants import Tenant, TenantTransaction, new_id
from dougong_tenants.organisation import Organisation, organisation_in

NO_ADMINISTRATOR = {"en": "There is no active administrator.", "zh": "没有在职的管理员。"}
ADMINISTRATOR = {"en": "Administrator", "zh": "系统管理员"}
Act = Callable[[Approval, ApprovalNode], Text | None]


class Known:
    """A record of which everything is known. Nothing is done in it: actions succeed."""

    def __init__(
        self, model: Model, tenant: Tenant, organisation: Organisation, moment: dt.datetime, facts: Facts, roles: Roles
    ) -> None:
        self.model, self.tenant, self.organisation, self.moment = model, tenant, organisation, moment
        self._facts, self._roles = facts, roles
        self._ids = 0

    @property
    def facts(self) -> Facts:
        """The values of everything that the flow asks of the record."""
        return self._facts

    @property
    def roles(self) -> Roles:
        """Who stands in which role of the record."""
        return self._roles

    @cached_property
    def now(self) -> str:
        return now_text(self.moment)

    def holds(self, condition: Checked) -> bool:
        return self.facts[condition] is True

    def saw(self, condition: Checked) -> Mapping[str, Any]:
        return {".".join(path): self.facts.get(path) for path in condition.paths}

    def search(self, approval: Approval, node: ApprovalNode) -> Search:
        return self._find(approval, node, node.by)

    def takers(self, approval: Approval, node: ApprovalNode) -> Search:
        """Who takes over when the node's time is up."""
        return self._find(approval, node, node.limit.to if node.limit is not None else ())

    def _find(self, approval: Approval, node: ApprovalNode, rules: Sequence[Any]) -> Search:
        return find(
            self.organisation,
            self.moment,
            rules,
            node,
            submitter=approval.submitter,
            facts=self.facts,
            roles=self.roles,
            choices=approval.choices.get(node.name, ()),
            administrators=administrators_of(self.organisation, self.moment),
            called=lambda kind, value: self._called(approval.object, kind, value),
        )

    def _called(self, object: str, kind: str, value: str) -> Label | str:
        """What a permission set or a path of fields is called."""
        if kind == "permission_set":
            known = self.model.permission_sets.get(value)
            return known.label if known is not None else value
        labels: list[Label] = []
        at: str | None = object
        for step in value.split(".") if kind == "field" else ():
            of = self.model.objects.get(at or "")
            field = of.fields.get(step) if of is not None else None
            if field is None:
                return value
            labels.append(field.label)
            at = field.to
        return Label(" › ".join(one.en for one in labels), " › ".join(one.zh for one in labels)) if labels else value

    def administrators(self) -> Search:
        people = tuple(Found(user, ADMINISTRATOR) for user in administrators_of(self.organisation, self.moment))
        return Search("ask", people) if people else Search("refuse", why=NO_ADMINISTRATOR)

    def copied(self, approval: Approval, node: ApprovalNode) -> Sequence[str]:
        return copied_to(self.organisation, self.moment, self.model, approval.object, node.to, self.facts, self.roles)

    def deadline(self, limit: TimeLimit) -> tuple[str | None, str | None]:
        calendars = self.model.calendars
        calendar = calendars.get(limit.calendar) if limit.calendar else default_calendar(calendars)
        zone = ZoneInfo(self.tenant.timezone)

        def at(hours: float) -> str | None:
            found = after(self.moment, hours, calendar, zone, working=limit.working)
            return now_text(found) if found is not None else None

        return at(limit.hours - limit.remind) if limit.remind is not None else None, at(limit.hours)

    def act(self, approval: Approval, node: ApprovalNode) -> Text | None:
        return None

    def new_id(self) -> str:
        self._ids += 1
        return f"00000000-0000-0000-0000-{self._ids:012}"


class Live(Known):
    """The record of a running approval, inside the transaction that moves it. `act` does a node's actions."""

    def __init__(
        self,
        caller: Caller,
        tx: TenantTransaction,
        flow: ApprovalModel,
        approval: Approval,
        moment: dt.datetime,
        act: Act,
        *,
        facts: Facts | None = None,
        roles: Roles | None = None,
    ) -> None:
        organisation = organisation_in(tx, caller.database, caller.tenant)
        super().__init__(caller.model, caller.tenant, organisation, moment, {}, {})
        self._caller, self._tx, self._flow, self._approval, self._act = caller, tx, flow, approval, act
        self._looked_up, self._in_roles = facts, roles

    @property
    def facts(self) -> Facts:
        if self._looked_up is None:
            record, submitter = self._approval.record, self._approval.submitter
            found = facts_of(self._caller, self._flow, [record], self._tx, submitter)
            self._looked_up = found.get(record, {})
        return self._looked_up

    @property
    def roles(self) -> Roles:
        if self._in_roles is None:
            record = self._approval.record
            self._in_roles = roles_of(self._flow, [record], self._tx).get(record, {})
        return self._in_roles

    def holds(self, condition: Checked) -> bool:
        return self.facts.get(condition) is True  # a record that is gone fits nothing

    def look_again(self) -> None:
        """The record changed."""
        self._looked_up = self._in_roles = None

    def act(self, approval: Approval, node: ApprovalNode) -> Text | None:
        self.look_again()
        return self._act(approval, node)

    def new_id(self) -> str:
        return new_id()
