"""What is wrong with an approval that its document alone shows: names, keys of the wrong kind of node, nodes that
nobody reaches, rules and limits that say too much or too little. Called by the kind `approval`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.keys import made
from dougong_metadata.kinds.approval_nodes import KINDS, MAX_NESTING, MAX_NODES
from dougong_metadata.kinds.approval_rules import ApproverKeys
from dougong_metadata.kinds.approval_tree import Placed, Said, named, placed
from dougong_metadata.problems import Path, Problems

APPROVERS = tuple(key for key in made(ApproverKeys).fields if key != "of")
_OF = ("manager", "managers", "department_head")
_SOURCES = ("permission_set", "team", "department")
_KEYS = {
    "approve": (
        *("by", "need", "count", "edit", "hide", "comment", "allow", "limit", "on"),
        *("same", "own", "nobody", "left"),
    ),
    "branch": ("branches",),
    "parallel": ("branches", "join", "count"),
    "cc": ("to",),
    "action": ("do",),
    "end": ("outcome", "message"),
}
_NEEDED = {"approve": "by", "branch": "branches", "parallel": "branches", "cc": "to", "action": "do"}
_COMMON = ("name", "kind", "label")


def check_flow(document: Document, body: Said, problems: Problems) -> None:
    """Records what is wrong with the flow of a loaded body."""
    check = _Check(document, problems)
    nodes = list(placed(body.get("nodes")))
    check.names(nodes)
    check.ways(body.get("nodes"), ("nodes",))
    for node in nodes:
        check.keys(node)
        if node.kind == "approve":
            check.approve(node)
        elif node.kind in ("branch", "parallel"):
            check.branches(node)


class _Check:
    def __init__(self, document: Document, problems: Problems) -> None:
        self.document, self.problems = document, problems

    def add(self, path: Path, code: str, en: str, zh: str) -> None:
        self.problems.add(self.document, path, code, en, zh)

    def names(self, nodes: Sequence[Placed]) -> None:
        """Every name once, no more nodes than a flow may have, none deeper than people can follow."""
        seen: set[str] = set()
        for node in nodes:
            if node.name in seen:
                self.twice((*node.path, "name"), node.name)
            seen.add(node.name)
            if node.nesting == MAX_NESTING + 1:
                self.add(
                    node.path,
                    "too_deep",
                    f"“{node.name}” stands inside more than {MAX_NESTING} branches.",
                    f"「{node.name}」嵌套超过 {MAX_NESTING} 层分支。",
                )
        if len(nodes) > MAX_NODES:
            text = f"“nodes” may have at most {MAX_NODES} entries, those in branches included."
            self.add(("nodes",), "too_many", text, f"节点（含分支内）最多 {MAX_NODES} 个。")

    def twice(self, path: Path, name: str) -> None:
        self.add(path, "given_twice", f"“{name}” is given twice.", f"「{name}」重复出现。")

    def ways(self, nodes: object, path: Path) -> frozenset[str]:
        """How a list of nodes can end: "on" behind its last one, or ended there as approved or rejected. Nodes that are
        never reached are recorded."""
        found, before = frozenset({"on"}), ""
        for index, said in named(nodes):
            if "on" not in found:
                self.add(
                    (*path, index),
                    "unreachable",
                    f"“{said['name']}” is never reached: “{before}” before it ends the approval in any case.",
                    f"「{said['name']}」永远不会到达：之前的「{before}」必定结束审批。",
                )
                break
            found = (found - {"on"}) | self.ways_of(said, (*path, index))
            before = said["name"]
        return found

    def ways_of(self, said: Said, path: Path) -> frozenset[str]:
        """How one node can end."""
        branches = [branch for branch in said.get("branches") or () if isinstance(branch, Mapping)]
        inside = [self.ways(one.get("nodes"), (*path, "branches", i, "nodes")) for i, one in enumerate(branches)]
        if said["kind"] == "end":
            return frozenset({str(said.get("outcome", "approved"))})
        if said["kind"] == "branch" and inside:
            return frozenset[str]().union(*inside)
        if said["kind"] == "parallel" and _is_hopeless(said, branches, inside):
            return frozenset({"rejected"})
        return frozenset({"on"})

    def keys(self, node: Placed) -> None:
        """Keys of other kinds of nodes, and the one without which this kind is nothing."""
        for key in node.said:
            if key not in _COMMON and key not in _KEYS[node.kind]:
                label = KINDS[node.kind]
                self.add(
                    (*node.path, key),
                    "not_for_kind",
                    f"A node of kind “{node.kind}” has no “{key}”.",
                    f"「{label[1]}」节点没有「{key}」。",
                )
        needed = _NEEDED.get(node.kind)
        given = self.raw(node.path)
        if needed is not None and (needed not in given or given[needed] in ((), [])):
            self.add((*node.path, needed), "required", f"“{needed}” is needed.", f"缺少「{needed}」。")

    def raw(self, path: Path) -> Mapping[str, Any]:
        """What the document itself says there: with the keys whose values have been refused."""
        at: Any = self.document.body
        for step in path:
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return {}
        return at if isinstance(at, Mapping) else {}

    def approve(self, node: Placed) -> None:
        said = node.said
        self.counted(node, "need", said.get("need", "any"))
        rules = said.get("by") or ()
        self.rules((*node.path, "by"), rules)
        most = _most(rules)
        if said.get("need") == "count" and most is not None and said.get("count", 0) > most:
            self.add(
                (*node.path, "count"),
                "count_out_of_reach",
                f"These rules find at most {most} people.",
                f"这些规则最多找到 {most} 人。",
            )
        hidden = set(said.get("hide", ()))
        for index, name in enumerate(said.get("edit", ())):
            if name in hidden:
                self.add(
                    (*node.path, "edit", index),
                    "edit_and_hide",
                    f"“{name}” is hidden here: nobody can edit it.",
                    f"「{name}」在此节点隐藏，无法编辑。",
                )
        if isinstance(said.get("limit"), Mapping):
            self.limit((*node.path, "limit"), said["limit"])

    def counted(self, node: Placed, key: str, value: str) -> None:
        """`count` goes with need: count, or join: count, and with nothing else."""
        if value == "count" and "count" not in self.raw(node.path):
            self.add((*node.path, "count"), "required", "“count” is needed.", "缺少「count」。")
        elif value != "count" and "count" in node.said:
            text = f"“count” goes with “{key}: count”."
            self.add((*node.path, "count"), "not_with", text, f"「count」须与「{key}: count」一起使用。")

    def branches(self, node: Placed) -> None:
        if node.kind == "branch":
            self.otherwise(node)
        else:
            join = node.said.get("join", "all")
            self.counted(node, "join", join)
            number = len(node.branches)
            if join == "count" and node.said.get("count", 0) > number > 0:
                self.add(
                    (*node.path, "count"),
                    "count_out_of_reach",
                    f"There are {number} branches.",
                    f"只有 {number} 个分支。",
                )
        seen: set[str] = set()
        for path, branch in node.branches:
            if branch["name"] in seen:
                self.twice((*path, "name"), branch["name"])
            seen.add(branch["name"])

    def otherwise(self, node: Placed) -> None:
        """The last branch has no `if`, all others have one."""
        branches = node.branches
        for index, (path, branch) in enumerate(branches):
            asks, last = "if" in self.raw(path), index == len(branches) - 1
            if last and asks:
                self.add(
                    path,
                    "no_otherwise",
                    f"“{branch['name']}” is the last branch and has no `if`: it is for everything else.",
                    f"「{branch['name']}」是最后一个分支，不能有条件 `if`：它用于其他情况。",
                )
            elif not last and not asks:
                self.add(
                    path,
                    "otherwise_not_last",
                    f"“{branch['name']}” has no `if`, so no branch after it is ever reached: move it to the end.",
                    f"「{branch['name']}」没有条件 `if`，其后的分支永远不会到达：请移到最后。",
                )

    def rules(self, path: Path, rules: object, *, chosen: bool = True) -> None:
        """Each rule is one of APPROVERS, with what goes with it. `chosen`: the submitter may be asked."""
        for index, rule in enumerate(rules if isinstance(rules, Sequence) else ()):
            place = (*path, index)
            raw = self.raw(place)
            given = [key for key in APPROVERS if key in raw]
            if len(given) != 1:
                self.add(
                    place,
                    "one_approver",
                    f"A rule is exactly one of {', '.join(APPROVERS)}.",
                    f"每条规则须且仅须为以下之一：{'、'.join(APPROVERS)}。",
                )
                continue
            if "of" in raw and given[0] not in _OF:
                self.add(
                    (*place, "of"),
                    "not_with",
                    f"“of” goes with {', '.join(_OF)}.",
                    f"「of」须与 {'、'.join(_OF)} 一起使用。",
                )
            self.rule(place, given[0], rule.get(given[0]) if isinstance(rule, Mapping) else None, chosen)

    def rule(self, path: Path, kind: str, value: Any, chosen: bool) -> None:
        place = (*path, kind)
        if kind == "user" and isinstance(value, str) and "@" not in value:
            self.add(place, "no_address", f"“{value}” is no e-mail address.", f"「{value}」不是邮箱地址。")
        elif kind == "managers" and value is not None and not self.raw(place).keys() & {"levels", "until"}:
            self.add(place, "required", "“levels” or “until” is needed.", "需要「levels」或「until」。")
        elif kind == "choice":
            self.choice(place, value if isinstance(value, Mapping) else {}, chosen)

    def choice(self, path: Path, said: Said, chosen: bool) -> None:
        if not chosen:
            text = "Nobody submits at a time limit: name somebody else."
            self.add(path, "no_submitter", text, "到期时没有提交人可选择，请另行指定。")
        if len(self.raw(path).keys() & set(_SOURCES)) != 1:
            self.add(
                path,
                "one_source",
                f"People are chosen out of exactly one of {', '.join(_SOURCES)}.",
                f"须且仅须从以下之一中选择：{'、'.join(_SOURCES)}。",
            )
        if "most" in said and said["most"] < said.get("least", 1):
            self.add((*path, "most"), "out_of_order", "“most” is less than “least”.", "「most」小于「least」。")

    def limit(self, path: Path, said: Said) -> None:
        hours, remind, then = said.get("hours"), said.get("remind"), said.get("then")
        if hours is not None and remind is not None and remind >= hours:
            self.add(
                (*path, "remind"),
                "remind_too_early",
                "The reminder would come before anybody is asked: it has to be less than the hours.",
                "提醒会早于询问之时：须小于总小时数。",
            )
        raw = self.raw(path)
        if then == "transfer" and "to" not in raw:
            self.add((*path, "to"), "required", "“to” is needed.", "缺少「to」。")
        elif "to" in raw and then is not None and then != "transfer":
            self.add(
                (*path, "to"), "not_with", "“to” goes with “then: transfer”.", "「to」须与「then: transfer」一起使用。"
            )
        if "calendar" in raw and raw.get("working") is False:
            text = "Hours of the clock know no calendar."
            self.add((*path, "calendar"), "not_with", text, "按自然时间计时不使用工作日历。")
        self.rules((*path, "to"), said.get("to") or (), chosen=False)


def _is_hopeless(said: Said, branches: Sequence[Said], ways: Sequence[frozenset[str]]) -> bool:
    """Whether so many branches of a parallel node always end as rejected that it can never be joined."""
    lost = ["if" not in one and way == {"rejected"} for one, way in zip(branches, ways, strict=True)]
    needed = said.get("count", 1) if said.get("join") == "count" else 1
    return any(lost) if said.get("join", "all") == "all" else any(lost) and lost.count(False) < needed


def _most(rules: object) -> int | None:
    """How many people these rules find at most; None where that is not known."""
    most = 0
    for rule in rules if isinstance(rules, Sequence) else ():
        kind = next((key for key in APPROVERS if isinstance(rule, Mapping) and key in rule), "")
        if kind == "choice" and isinstance(rule["choice"], Mapping):
            most += max(rule["choice"].get("most", 1), rule["choice"].get("least", 1))
        elif kind in ("user", "manager", "department_head", "field", "expression"):
            most += 1
        else:
            return None
    return most
