"""What has to become of an approval, in plain Python from the words of the documentation: nested lists of nodes are
walked from the top after each action. Shares nothing with the engine, which goes from node to node and keeps steps.

An approval is approved, rejected, returned (to the submitter) or pending; while it is pending, `asked` are the people
who have to be asked now, as (node, user).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Region = tuple[tuple[str, str], ...]  # the (parallel node, branch) pairs around a node


@dataclass
class Person:
    """Somebody asked at a node, and the signers whom he added."""

    user: str
    verdict: str | None = None
    before: list[Person] = field(default_factory=list)
    after: list[Person] = field(default_factory=list)

    @property
    def result(self) -> str:
        added = [one.result for one in (*self.before, *self.after)]
        if self.verdict == "rejected" or "rejected" in added:
            return "rejected"
        return "approved" if self.verdict == "approved" and "pending" not in added else "pending"

    def asked(self) -> Iterator[Person]:
        """Whose turn it is, of him and his signers."""
        if self.verdict is None and all(one.result == "approved" for one in self.before):
            yield self
        for one in (*(self.before if self.verdict is None else ()), *(self.after if self.verdict else ())):
            if one.result == "pending":
                yield from one.asked()

    def all(self) -> Iterator[Person]:
        yield self
        for one in (*self.before, *self.after):
            yield from one.all()


@dataclass
class Visit:
    """Somebody came to an approve node. `outcome`: ask, skip or refuse."""

    node: Mapping[str, Any]
    region: Region
    outcome: str
    people: list[Person]
    fate: str | None = None  # interrupted, cancelled
    kept: set[str] | None = None  # who had approved when it was interrupted

    @property
    def agreed(self) -> set[str]:
        """Who approved here."""
        if self.kept is not None:
            return self.kept
        return {p.user for one in self.people for p in one.all() if p.verdict == "approved"}

    @property
    def result(self) -> str:
        if self.outcome != "ask":
            return {"skip": "skipped", "refuse": "rejected"}[self.outcome]
        results = [one.result for one in self.people]
        approved, rejected, all_of_them = results.count("approved"), results.count("rejected"), len(results)
        need = {"any": 1, "count": min(self.node.get("count", 1), all_of_them)}.get(self.need, all_of_them)
        if self.need == "any" and rejected:  # the first decision decides, and there was no other before it
            return "approved" if approved and self._first() == "approved" else "rejected"
        if approved >= need:
            return "approved"
        return "rejected" if all_of_them - rejected < need else "pending"

    def _first(self) -> str:
        return next(one.result for one in self.people if one.result != "pending")

    @property
    def need(self) -> str:
        return str(self.node.get("need", "any"))

    def asked(self) -> list[Person]:
        pending = [one for one in self.people if one.result == "pending"]
        turn = pending[:1] if self.need == "sequence" else pending
        return [asked for one in turn for asked in one.asked()]


class Oracle:
    """`holds`: condition -> whether it does. `found`: node -> (outcome, users); `own`: the submitter, where he counts
    as approved by himself."""

    def __init__(
        self,
        nodes: Sequence[Mapping[str, Any]],
        holds: Mapping[str, bool],
        found: Mapping[str, tuple[str, Sequence[str]]],
        own: str | None,
    ) -> None:
        self.nodes, self.holds, self.found, self.own = nodes, holds, found, own
        self.visits: list[Visit] = []
        self.since = 0  # what was approved before something was sent back for good no longer counts
        self.current: dict[str, Visit] = {}
        self.state, self.open = "pending", []  # type: str, list[tuple[Visit, Person]]
        self.anew: set[str] = set()
        self.look()

    @property
    def asked(self) -> list[tuple[str, str]]:
        return sorted((visit.node["name"], person.user) for visit, person in self.open)

    def look(self) -> None:
        """Walk it from the top."""
        result, opened = self._walk(self.nodes, ())
        self.state = {"ended": "approved"}.get(result, result)
        self.open = opened if result == "pending" else []

    # What people do: `person` is one of those asked

    def approve(self, person: Person, after: Sequence[str] = ()) -> None:
        person.verdict = "approved"
        person.after += [Person(user) for user in after]
        self.look()

    def reject(self, person: Person) -> None:
        person.verdict = "rejected"
        self.look()

    def add_before(self, person: Person, users: Sequence[str]) -> None:
        person.before += [Person(user) for user in users]
        self.look()

    def transfer(self, person: Person, user: str) -> None:
        person.user = user
        self.look()

    def give_back(self, target: str | None, *, back: bool) -> None:
        """To the submitter (None), or to a node on the way."""
        region = self.current[target].region if target is not None else ()
        for one in {id(v): v for v, _ in self.open}.values():
            if one.region[: len(region)] == region:
                one.fate, one.kept = ("interrupted", one.agreed) if back else ("cancelled", None)
        if not back:
            self.since = len(self.visits)
            kept = set() if target is None else set(self.current) - _behind(self.nodes, target)
            self.current = {name: one for name, one in self.current.items() if name in kept}
        if target is None:
            self.state, self.open = "returned", []
            return
        self.current.pop(target, None)
        self.anew.add(target)
        self.look()

    def targets(self, visit: Visit) -> list[str]:
        """The approve nodes on the way to a visit, to which whoever is asked there may give it back."""
        found = []
        for name in _names(self.nodes):
            if name == visit.node["name"]:
                break
            one = self.current.get(name)
            if one is not None and visit.region[: len(one.region)] == one.region:
                found.append(name)
        return found

    def resubmit(self) -> None:
        self.look()

    # The walk

    def _walk(self, nodes: Sequence[Mapping[str, Any]], region: Region) -> tuple[str, list[tuple[Visit, Person]]]:
        """approved (its end was reached), ended (by a node that ends it as approved), rejected, or pending."""
        for node in nodes:
            result, opened = "approved", []  # type: str, list[tuple[Visit, Person]]
            if node["kind"] == "approve":
                visit = self._visit(node, region)
                result, opened = visit.result, [(visit, person) for person in visit.asked()]
            elif node["kind"] == "branch":
                taken = next(b for b in node["branches"] if "if" not in b or self.holds[b["if"]])
                result, opened = self._walk(taken["nodes"], region)
            elif node["kind"] == "parallel":
                result, opened = self._join(node, region)
            elif node["kind"] == "end":
                return {"approved": "ended", "rejected": "rejected"}[node["outcome"]], []
            if result not in ("approved", "skipped"):
                return result, opened
        return "approved", []

    def _join(self, node: Mapping[str, Any], region: Region) -> tuple[str, list[tuple[Visit, Person]]]:
        branches = [b for b in node["branches"] if "if" not in b or self.holds[b["if"]]]
        need = {"any": 1, "count": min(node.get("count", 1), len(branches))}.get(node.get("join", "all"), len(branches))
        opened: list[tuple[Visit, Person]] = []
        agreed = refused = 0
        for branch in branches:
            result, more = self._walk(branch["nodes"], (*region, (node["name"], branch["name"])))
            opened += more if result == "pending" else []
            agreed, refused = agreed + (result in ("approved", "ended")), refused + (result == "rejected")
            if agreed >= need or len(branches) - refused < need:
                break
        decided = not branches or agreed >= need or len(branches) - refused < need
        if not decided:
            return "pending", opened
        for visit in self.current.values():
            inside = any(name == node["name"] for name, _ in visit.region)
            if inside and visit.result == "pending" and visit.fate is None:
                visit.fate = "cancelled"
        return ("approved" if not branches or agreed >= need else "rejected"), []

    def _visit(self, node: Mapping[str, Any], region: Region) -> Visit:
        known = self.current.get(node["name"])
        if known is not None and known.fate != "interrupted":
            return known
        if known is not None:  # it was interrupted: whoever approved need not again
            people = known.people
            for person in (p for one in people for p in one.all()):
                person.verdict = "approved" if person.verdict == "approved" else None
            made = Visit(node, region, known.outcome, people)
        else:
            outcome, users = self.found[node["name"]]
            made = Visit(node, region, outcome, [Person(user) for user in users])
            before = set() if node["name"] in self.anew else self._approved_before(node.get("same"), region)
            self.anew.discard(node["name"])
            for person in made.people:
                person.verdict = "approved" if person.user == self.own or person.user in before else None
        self.visits.append(made)
        self.current[node["name"]] = made
        return made

    def _approved_before(self, same: Any, region: Region) -> set[str]:
        found: set[str] = set()
        if same == "ask":
            return found
        for visit in reversed(self.visits[self.since :]):
            on_the_way = region[: len(visit.region)] == visit.region
            if visit.outcome != "ask" or visit.fate == "cancelled" or (same != "once" and not on_the_way):
                continue
            if visit.fate is None and visit.result == "rejected":
                continue
            found |= visit.agreed
            if same != "once":
                break
        return found


def _behind(nodes: Sequence[Mapping[str, Any]], target: str) -> set[str]:
    """The names of the node and of all nodes behind it in its region (a parallel's branch, or all)."""
    found: set[str] = set()

    def look(listed: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the target stands here, or in a condition's branch."""
        here = False
        for node in listed:
            inside = [look(branch["nodes"]) for branch in node.get("branches", ())]
            if here:
                found.update(_names([node]))
            here = here or node["name"] == target or (node["kind"] == "branch" and any(inside))
            if node["name"] == target:
                found.add(target)
        return here

    look(nodes)
    return found


def _names(nodes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield node["name"]
        for branch in node.get("branches", ()):
            yield from _names(branch["nodes"])
