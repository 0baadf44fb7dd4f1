"""What flows and their nodes are called, by version; and an approval's title, as far as a reader may know what it says.
Used by the inbox, the progress of an approval and mails.

An old version's document is read as it stands: it need not be compiled for its labels.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.types import Model
from dougong_platform.access.rights import Rights
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.running import versions
from dougong_platform.http.caller import Caller

Read = tuple[str, str]  # object, field
_KEPT = 1_000
_BODIES = """
select v.flow, v.number, v.digest, v.body from _approval_version v
  join unnest(%(flows)s::text[], %(numbers)s::integer[]) w(flow, number) on v.flow = w.flow and v.number = w.number
"""


@dataclass(frozen=True, slots=True)
class FlowLabels:
    """`nodes` by name; `wordless`: those where approving needs no comment; `hidden`: fields by node that those asked
    there do not see; `title_reads`: what the title is made of, None where that cannot be told any more."""

    label: Label
    nodes: Mapping[str, Label] = field(default_factory=dict)
    wordless: frozenset[str] = frozenset()
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    title_reads: frozenset[Read] | None = frozenset()

    def node(self, name: str) -> Label:
        """What a node is called; its name in words where it is not known."""
        return self.nodes.get(name) or Label.of(None, name)

    def title(self, rights: Rights, object: str, title: str, node: str | None = None) -> str | None:
        """The title, None where the reader may not know a field in it: by his rights, or at `node`."""
        if self.title_reads is None:
            return title if rights.is_admin else None
        hidden = self.hidden.get(node or "", frozenset())
        shown = not any(closed(rights, *read) or (read[0] == object and read[1] in hidden) for read in self.title_reads)
        return title if shown else None


def closed(rights: Rights, object: str, name: str) -> bool:
    """Whether somebody's sets keep a field from him: they open the object, and not this field. What they do not open at
    all, the flow may show him."""
    return rights.object(object).read != "none" and rights.field(object, name) == "none"


_made: OrderedDict[tuple[str, str, str], FlowLabels] = OrderedDict()
_lock = Lock()


def labels_of(caller: Caller, wanted: Iterable[tuple[str, int, str | None]]) -> dict[tuple[str, int], FlowLabels]:
    """By (flow, number of the version), for (flow, number, digest). One more statement where a version is neither the
    present one nor remembered."""
    found: dict[tuple[str, int], FlowLabels] = {}
    asked: list[tuple[str, int]] = []
    for flow, number, digest in set(wanted):
        made = _known(caller.model, flow, digest or "")
        if made is None:
            asked.append((flow, number))
        else:
            found[flow, number] = made
    if asked:
        flows, numbers = ["{" + ",".join(str(one[part]) for one in asked) + "}" for part in (0, 1)]
        entry, rows = caller.database.read(caller.tenant, _BODIES, {"flows": flows, "numbers": numbers})
        caller.verify(entry)
        for flow, number, digest, body in rows:
            found[flow, number] = _keep(
                (caller.model.hash, flow, digest), _of_body(caller.model, flow, digest, orjson.loads(body))
            )
    return {**{one: FlowLabels(Label.of(None, one[0])) for one in asked}, **found}


def labels_of_flow(model: Model, flow: ApprovalModel) -> FlowLabels:
    """Of a compiled version."""
    key = (model.hash, flow.name, flow.digest)
    with _lock:
        made = _made.get(key)
    return made or _keep(key, _of_flow(model, flow))


def _known(model: Model, flow: str, digest: str) -> FlowLabels | None:
    current = model.approvals.get(flow)
    if current is not None and current.digest == digest:
        return labels_of_flow(model, current)
    with _lock:
        return _made.get((model.hash, flow, digest))


def _keep(key: tuple[str, str, str], made: FlowLabels) -> FlowLabels:
    with _lock:
        _made[key] = made
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    return made


def _of_flow(model: Model, flow: ApprovalModel) -> FlowLabels:
    nodes = flow.nodes.values()
    return FlowLabels(
        flow.label,
        {node.name: node.label for node in nodes},
        frozenset(node.name for node in nodes if node.kind == "approve" and node.comment != "required"),
        {node.name: frozenset(node.hide) for node in nodes if node.hide},
        _title_reads(model, flow),
    )


def _title_reads(model: Model, flow: ApprovalModel) -> frozenset[Read]:
    if flow.title is None:
        said = {(flow.object, model.objects[flow.object].name_field)}
    else:
        pieces = (*flow.title.en, *flow.title.zh)
        said = {read for piece in pieces if piece.value is not None for read in piece.value.fields}
    return worked_out_from(model, said)


def worked_out_from(model: Model, fields: Iterable[Read]) -> frozenset[Read]:
    """The fields, and all that their values are worked out from, however many formulas lie between."""
    waiting, found = list(fields), set[Read]()
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        field = model.objects[one[0]].fields.get(one[1]) if one[0] in model.objects else None
        if field is not None and field.formula is not None:
            waiting += field.formula.fields
    return frozenset(found)


def _of_body(model: Model, name: str, digest: str, body: dict[str, Any]) -> FlowLabels:
    nodes = {str(node["name"]): node for node in _nodes(body.get("nodes"))}
    reads: frozenset[Read] | None
    if body.get("title"):
        try:
            reads = _title_reads(model, versions.compiled(model, name, digest, body))
        except FlowBroken:
            reads = None
    else:
        known = model.objects.get(str(body.get("object")))
        reads = frozenset({(known.name, known.name_field)}) if known is not None else None
    return FlowLabels(
        Label.of(body.get("label"), name),
        {one: Label.of(node.get("label"), one) for one, node in nodes.items()},
        frozenset(
            one for one, node in nodes.items() if node.get("kind") == "approve" and node.get("comment") != "required"
        ),
        {one: frozenset(node["hide"]) for one, node in nodes.items() if node.get("hide")},
        reads,
    )


def _nodes(listed: Any) -> Iterator[Mapping[str, Any]]:
    for node in listed or ():
        yield node
        for branch in node.get("branches") or ():
            yield from _nodes(branch.get("nodes"))
