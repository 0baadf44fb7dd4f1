"""The page about the flows of the packs that come with the product, and its pictures. Called by the command and its
test."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from dougong_metadata.label import LOCALES
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.approval_words import branch_words, node_title, node_words, outcome_words
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_metadata.packs import load_pack, pack_names
from dougong_metadata.pictures.flow import picture, submitters_words

_BY_HAND = "approval-flows.md"  # what comes before the generated part
_HEAD = "| node | who, and how | 节点 | 谁审批、怎么审批 |\n| --- | --- | --- | --- |"
_RECALL = {
    "until_decision": "The submitter may recall it until the first decision.",
    "any_time": "The submitter may recall it as long as it runs.",
    "never": "It cannot be recalled.",
}
_EVENTS = {"approved": "Approved", "rejected": "Rejected"}


def pictures() -> dict[str, str]:
    """SVG documents by file name."""
    return {f"{flow.name}-{locale}.svg": picture(flow, model, locale) for flow, model in _flows() for locale in LOCALES}


def page() -> str:
    """The page, in Markdown."""
    parts = [files("dougong_metadata.pictures").joinpath(_BY_HAND).read_text("utf-8").rstrip()]
    parts += ["\n".join(_section(flow, model)) for flow, model in _flows()]
    return "\n\n".join(parts) + "\n"


def _flows() -> Iterator[tuple[ApprovalModel, Model]]:
    for name in pack_names():
        model = compile_model(load_pack(name).documents)
        for flow in model.approvals.values():
            yield flow, model


def _section(flow: ApprovalModel, model: Model) -> Iterator[str]:
    object = model.objects[flow.object]
    yield f"## {flow.label.en} · {flow.label.zh}\n"
    if flow.description is not None:
        yield f"{flow.description.en}\n\n{flow.description.zh}\n"
    where = f"pictures/approvals/{flow.name}"
    yield f"[![{flow.label.en}]({where}-en.svg)]({where}-en.svg)\n\n[流程图（中文）]({where}-zh.svg)\n"
    locked = "The record is locked while it runs." if flow.lock else "The record stays open while it runs."
    yield f"`{flow.name}` on {object.plural.en.lower()}. Submitted by: {submitters_words(flow, model, 'en')}."
    yield f"{_RECALL[flow.recall]} {locked}\n"
    yield _HEAD
    yield from _rows(flow, flow.first, model, 0)
    said = {event: [outcome_words(flow, event, one, model) for one in LOCALES] for event in _EVENTS}
    yield "".join(f"\n{_EVENTS[event]}: {en} · {zh}\n" for event, (en, zh) in said.items() if en).rstrip()


def _rows(flow: ApprovalModel, first: str | None, model: Model, depth: int) -> Iterator[str]:
    at = first
    while at is not None:
        node = flow.nodes[at]
        yield _row(
            depth,
            [node_title(node, one) for one in LOCALES],
            [node_words(node, one, model, flow.object) for one in LOCALES],
        )
        for branch in node.branches:
            said = [branch_words(branch, one, model, flow.object, parallel=node.kind == "parallel") for one in LOCALES]
            yield _row(depth + 1, [f"*{branch.label.text(one)}*" for one in LOCALES], said)
            yield from _rows(flow, branch.first, model, depth + 2)
        at = node.next


def _row(depth: int, titles: list[str], said: list[str]) -> str:
    before = "– " * depth
    cells = [before + titles[0], said[0], before + titles[1], said[1]]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
