"""Branches of approvals that no record ever takes: their condition contradicts itself, the branches around it, or lets
nothing through that an earlier branch has not taken. Called by `compile_approval`; what it refuses is certain.

Conditions are compared as long as nothing can change between them: where somebody is asked, or actions run, the record
may be another one afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dougong_metadata.expressions.cases import ALWAYS, Case, TooMany, both, fails, holds
from dougong_metadata.expressions.checked import Typed
from dougong_metadata.model.approval_types import ApprovalNode, Branch
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.problems import Path

Cases = tuple[Case, ...]
_AT_ONCE = ("branch", "parallel", "cc", "end")  # kinds of nodes that themselves neither wait nor write


def check_branches(one: Loaded, nodes: Sequence[ApprovalNode], checks: ExpressionCheck) -> None:
    """Records every branch that can never be taken, but for those inside such a branch."""
    _Walk(one, {node.name: node for node in nodes}, checks).through(next((n.name for n in nodes), None), ALWAYS)


@dataclass(frozen=True, slots=True)
class _Walk:
    one: Loaded
    nodes: dict[str, ApprovalNode]
    checks: ExpressionCheck

    def through(self, name: str | None, known: Cases) -> bool:
        """Goes down a list from the node of that name; `known` is what holds there. Whether it is passed at once."""
        at_once = True
        while name is not None:
            node = self.nodes[name]
            name = node.next
            passed = node.kind in _AT_ONCE
            if node.kind in ("branch", "parallel"):
                passed = self.inside(node, known)
            if not passed:
                at_once, known = False, ALWAYS
        return at_once

    def inside(self, node: ApprovalNode, known: Cases) -> bool:
        """Goes into the branches of a node; whether it is passed at once."""
        at_once = True
        left = known  # by the branches before
        for index, branch in enumerate(node.branches):
            path = (*node.path, "branches", index)
            taken = self.taken(path, branch, known, left)
            if taken and not self.through(branch.first, taken):
                at_once = False
            if node.kind == "branch" and branch.condition is not None:
                left = _met(left, fails, branch.condition.typed)
        return at_once

    def taken(self, path: Path, branch: Branch, known: Cases, left: Cases) -> Cases:
        """The cases in which a branch is taken; () (recorded) where there are none."""
        if branch.condition is None:
            if not left:
                self.wrong(path, branch, "The branches before it take everything", "之前的分支已涵盖所有情况")
            return left
        typed, place = branch.condition.typed, (*path, "if")
        found = _met(left, holds, typed)
        if found:
            return found
        if not _met(ALWAYS, holds, typed):
            self.wrong(place, branch, "Its condition contradicts itself", "其条件自相矛盾")
        elif not _met(known, holds, typed):
            self.wrong(place, branch, "The branches around it exclude its condition", "外层分支已排除其条件")
        else:
            self.wrong(place, branch, "A branch before it takes everything that it would", "之前的分支已涵盖其全部情况")
        return found

    def wrong(self, path: Path, branch: Branch, en: str, zh: str) -> None:
        self.checks.problems.add(
            self.one.document,
            path,
            "never_holds",
            f"“{branch.name}” is never taken: {en[0].lower()}{en[1:]}.",
            f"「{branch.name}」永远不会进入：{zh}。",
        )


def _met(known: Cases, asked: Callable[[Typed], Cases], typed: Typed) -> Cases:
    """`known` and what a condition adds to it; `known` alone where that are too many cases to look at."""
    try:
        return both(known, asked(typed))
    except TooMany:
        return known
