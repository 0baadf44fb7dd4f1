"""Who is asked at a node, found by trying everybody: the oracle of random companies.
Rows only, nothing of the engine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.model.approval_types import ApprovalNode, Approvers
from small_company import SmallCompany


class Oracle:
    """The same by trying everybody: rows only, no dictionary of the engine's."""

    def __init__(self, company: SmallCompany, node: ApprovalNode, given: Mapping[str, Any]) -> None:
        self.company, self.node, self.given = company, node, given
        self.submitter: str | None = given["submitter"]

    def active(self, id: str | None) -> bool:
        worker = self.company.worker(id)
        return worker is not None and worker.active and worker.kind == "person"

    def holds(self, id: str, name: str) -> bool:
        worker = self.company.worker(id)
        if not self.active(id) or worker is None:
            return False
        for of_set, department, below in self.company.set_of_departments:
            at, seen = worker.department, set[str]()
            while at is not None and at not in seen and of_set == name:
                seen.add(at)
                if at == department:
                    return True
                at = self.company.departments[at][0] if below else None
        return name in worker.sets

    def managers(self, id: str) -> list[str]:
        found: list[str] = []
        worker = self.company.worker(id)
        while worker is not None and worker.manager is not None and worker.manager not in (*found, id):
            found.append(worker.manager)
            worker = self.company.worker(worker.manager)
        return found

    def above(self, id: str) -> str | None:
        return next((one for one in self.managers(id) if self.active(one)), None)

    def administrators(self) -> list[str]:
        found = sorted(w.id for w in self.company.workers if self.holds(w.id, "administrator"))
        return found if self.node.own in ("ask", "approve") else [one for one in found if one != self.submitter]

    def raw(self, rule: Approvers) -> list[tuple[str, bool]]:
        """(user, whether he was named himself)"""
        base = self.submitter if rule.of is None else self.given["keeper"]
        company = self.company
        match rule.kind:
            case "permission_set":
                return [(w.id, False) for w in company.workers if self.holds(w.id, "signs")]
            case "team":
                return [(w.id, False) for w in company.workers if w.id in company.teams.get(rule.value, ())]
            case "department":
                return [(w.id, False) for w in company.workers if w.department == rule.value]
            case "user":
                return [(rule.value.partition("@")[0], True)]
            case "role":
                return [(one, True) for one in self.given["roles"]]
            case "field":
                return [(self.given["keeper"], True)] if self.given["keeper"] else []
            case "choice":
                return [(one, True) for one in self.given["choices"]]
            case "expression":
                return [(self.given["named"], True)] if self.given["named"] else []
        return [] if base is None else [(one, True) for one in self.higher(rule, base)]

    def higher(self, rule: Approvers, base: str) -> list[str]:
        company = self.company
        if rule.kind == "manager":
            return self.managers(base)[rule.levels - 1 : rule.levels]
        if rule.kind == "managers":
            found = []
            for one in self.managers(base)[: rule.levels if rule.levels_by is None else max(0, self.given["levels"])]:
                found.append(one)
                if rule.until and self.holds(one, rule.until):
                    break
            return found
        worker = company.worker(base)
        at, seen = worker.department if worker else None, list[str]()
        while at is not None and at not in seen:
            seen.append(at)
            at = company.departments[at][0]
        head = company.departments[seen[rule.levels]][1] if rule.levels < len(seen) else None
        return [head] if head else []

    def active_ones(self, user: str, named: bool) -> list[str]:
        worker = self.company.worker(user)
        if worker is not None and worker.kind == "queue":
            return sorted(w for w in self.company.teams.get(worker.team or "", ()) if self.active(w))
        if self.active(user):
            return [user]
        if not named or worker is None or self.node.left == "leave_out":
            return []
        if self.node.left == "administrator":
            return self.administrators()
        manager = self.above(user)
        return [manager] if manager else []

    def answer(self, rules: Sequence[Approvers]) -> tuple[str, list[str], bool]:
        found: list[str] = []
        own = refused = False
        for rule in rules:
            for user, named in self.raw(rule):
                for one in self.active_ones(user, named):
                    mine = one == self.submitter
                    refused = refused or (mine and self.node.own == "refuse")
                    own = own or (mine and self.node.own == "approve")
                    if mine and self.node.own == "manager":
                        found += [self.above(one) or ""]
                    elif mine and self.node.own == "administrator":
                        found += self.administrators()
                    elif not (mine and self.node.own == "refuse"):
                        found.append(one)
        if refused:
            return "refuse", [], False
        people = [one for one in dict.fromkeys(found) if one]
        if people:
            return "ask", people, own
        if self.node.nobody != "administrator":
            return self.node.nobody, [], False
        fallback = self.administrators()
        return ("ask" if fallback else "refuse"), fallback, self.node.own == "approve" and self.submitter in fallback
