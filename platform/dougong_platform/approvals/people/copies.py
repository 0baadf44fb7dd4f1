"""Who gets a copy, and who may submit: recipients of a document, looked up without a statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalNode, Approvers
from dougong_metadata.model.flow_types import Recipient
from dougong_metadata.model.types import Model
from dougong_platform.approvals.facts import Facts, Roles, path_of
from dougong_platform.approvals.people.approvers import find
from dougong_tenants.organisation import Organisation

_PLAIN = ("user", "permission_set", "department", "team", "role", "field")
# Whoever has left gets no copy, and the submitter may have one.
_SETTINGS = ApprovalNode("", "cc", Label("", ""), own="ask", nobody="skip", left="leave_out")


def copied_to(
    organisation: Organisation,
    now: dt.datetime,
    model: Model,
    object: str,
    recipients: Sequence[Recipient],
    facts: Facts,
    roles: Roles,
) -> list[str]:
    """The active users whom `recipients` name, each once, in order."""
    found: dict[str, None] = {}
    for one in recipients:
        if one.kind in _PLAIN:
            rules = [Approvers(one.kind, one.value)]
            search = find(
                organisation,
                now,
                rules,
                _SETTINGS,
                submitter=None,
                facts=facts,
                roles=roles,
                choices=(),
                administrators=(),
            )
            found |= dict.fromkeys(person.user for person in search.people)
        elif one.kind == "department_head":
            heads = _heads(organisation, one, path_of(model, object, one), facts)
            found |= dict.fromkeys(head for head in heads if _is_active(organisation, head))
    return list(found)


def _heads(organisation: Organisation, one: Recipient, path: tuple[str, ...] | None, facts: Facts) -> Iterator[str]:
    """Of a department by name, or of the one that a path leads to (of a person's, where it leads to a person)."""
    if path is None:
        yield from (d.head for d in organisation.departments.values() if d.name == one.value and d.head)
        return
    person = organisation.people.get(str(facts.get(path)))
    department = organisation.departments.get(str(person.department if person is not None else facts.get(path)))
    if department is not None and department.head:
        yield department.head


def _is_active(organisation: Organisation, user: str) -> bool:
    person = organisation.people.get(user)
    return person is not None and person.active
