"""A try-out's answer: the way of each record beside the one it took, and how many pass which node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.state import Text
from dougong_platform.approvals.try_out.ways import Taken, Visit, Way

SAME, PEOPLE, WAY, REFUSED = "same", "people", "way", "refused"
CHANGES = (WAY, PEOPLE, REFUSED, SAME)
Edge = tuple[str, str | None]  # a node, or a branch of one


@dataclass(frozen=True, slots=True)
class Line:
    """One record. `ends`: how it would end if everybody approved; `change`: way, people (the same nodes, others
    asked), refused (it could not be submitted; `refusal` is entry or record_type), or same; None where nothing was
    submitted. `did` and `state` are None without an approval."""

    record: str
    at: str
    submitter: str | None
    ends: str | None
    would: Way
    refusal: str | None = None
    approval: str | None = None
    state: str | None = None
    did: Way | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many records would pass a node, or a branch of it, and how many did. `known`: the flow that was tried has
    it."""

    node: str
    branch: str | None
    kind: str
    would: int
    did: int
    known: bool


@dataclass(frozen=True)
class Tried:
    """`lines`: the newest first; `gone`: records that are no longer there and were left out; `more`: the period holds
    further ones; `notices` say what the answer cannot tell."""

    flow: ApprovalModel
    over: str
    since: str
    until: str
    lines: Sequence[Line]
    gone: int = 0
    more: bool = False
    notices: Sequence[Text] = ()

    @cached_property
    def changes(self) -> Mapping[str, int]:
        """How many lines of each change."""
        counted = Counter(line.change for line in self.lines)
        return {change: counted[change] for change in CHANGES}

    @cached_property
    def ends(self) -> Mapping[str, int]:
        """How many would end in which way."""
        return Counter(line.ends for line in self.lines if line.ends is not None)

    @cached_property
    def shares(self) -> Sequence[Share]:
        """Every node of the flow in its order, its branches behind it, then nodes that are no longer in it."""
        would, did, kinds = Counter[Edge](), Counter[Edge](), dict[str, str]()
        for line in self.lines:
            would.update(_edges(line.would))
            did.update(_edges(line.did or ()))
            kinds.update((visit.node, visit.kind) for visit in line.did or ())
        edges = dict.fromkeys([*self._of_flow(), *did])
        nodes = self.flow.nodes
        return tuple(
            Share(
                *edge,
                nodes[edge[0]].kind if edge[0] in nodes else kinds[edge[0]],
                would[edge],
                did[edge],
                self._has(edge),
            )
            for edge in sorted(edges, key=self._place)
        )

    def _of_flow(self) -> Iterator[Edge]:
        for node in self.flow.nodes.values():
            yield node.name, None
            yield from ((node.name, branch.name) for branch in node.branches)

    def _has(self, edge: Edge) -> bool:
        node = self.flow.nodes.get(edge[0])
        return node is not None and (edge[1] is None or any(b.name == edge[1] for b in node.branches))

    def _place(self, edge: Edge) -> tuple[int, int]:
        names, node = list(self.flow.nodes), self.flow.nodes.get(edge[0])
        branches = [b.name for b in node.branches] if node is not None else []
        own = -1 if edge[1] is None else branches.index(edge[1]) if edge[1] in branches else len(branches)
        return (names.index(edge[0]) if node is not None else len(names), own)


def edge_counts(tried: Tried) -> dict[Edge, int]:
    """How many records would pass each node (branch None) and each branch."""
    return {(one.node, one.branch): one.would for one in tried.shares if one.known}


def change_of(flow: ApprovalModel, would: Way, taken: Taken) -> str:
    """What is different. An approval that did not go to its end is compared as far as it came; where one branch of a
    parallel was enough, chance decided how far the others came."""
    ours, theirs = {v.node: v for v in would}, {v.node: v for v in taken.way}
    missing = [node for node in theirs if node not in ours]
    extra = [node for node in ours if node not in theirs] if taken.whole else []
    if any(not _by_chance(flow, node) for node in (*missing, *extra)):
        return WAY
    both = [(ours[node], visit) for node, visit in theirs.items() if node in ours]
    if any(set(one.branches) != set(other.branches) for one, other in both):
        return WAY
    if any(set(one.people) != set(other.people) for one, other in both if one.kind == other.kind == "approve"):
        return PEOPLE
    return SAME


def _by_chance(flow: ApprovalModel, node: str) -> bool:
    if node not in flow.nodes:
        return False
    return any(flow.nodes[of].kind == "parallel" and flow.nodes[of].join != "all" for of, _ in flow.around(node))


def _edges(way: Sequence[Visit]) -> Iterator[Edge]:
    for visit in way:
        yield visit.node, None
        yield from ((visit.node, branch) for branch in visit.branches)
