"""The picture of one flow in one language: its submitter, its nodes as a tree, and what comes of it. Called by
`python -m dougong_metadata.pictures` and its test."""

from __future__ import annotations

from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode
from dougong_metadata.model.approval_words import (
    branch_words,
    entry_words,
    node_title,
    node_words,
    outcome_words,
    recipient_words,
)
from dougong_metadata.model.condition_words import chosen
from dougong_metadata.model.types import Model
from dougong_metadata.pictures.arranging import Block, below, beside, card, pill
from dougong_metadata.pictures.shapes import document

MARGIN = 28.0
_KINDS = {"approve": "approve", "cc": "cc", "action": "action", "end": "end"}


def picture(flow: ApprovalModel, model: Model, locale: str) -> str:
    """An SVG document."""
    done = [_outcome(flow, model, locale, event) for event in ("approved", "rejected")]
    columns = [one for one in done if one is not None]
    blocks = [_start(flow, model, locale), *_nodes(flow, flow.first, model, locale)]
    if columns:
        blocks.append(beside(pill("end", chosen(locale, "Outcome", "结果")), columns, joined=False))
    whole = below(blocks)
    shapes = whole.moved(MARGIN, MARGIN)
    return document(shapes, whole.width + 2 * MARGIN, whole.height + 2 * MARGIN, flow.label.text(locale))


def submitters_words(flow: ApprovalModel, model: Model, locale: str) -> str:
    """Who submits."""
    if not flow.submitters:
        return chosen(locale, "whoever may edit the record", "可编辑该记录的人")
    between = chosen(locale, ", ", "、")
    return between.join(recipient_words(one, locale, model, flow.object) for one in flow.submitters)


def _start(flow: ApprovalModel, model: Model, locale: str) -> Block:
    said = [submitters_words(flow, model, locale)]
    if flow.entry is not None:
        words = entry_words(flow.entry.text, locale, model, flow.object)
        said.append(chosen(locale, f"where {words}", f"条件：{words}"))
    if flow.gate:
        said.append(chosen(locale, "also at the stage that asks for it", "进入要求审批的阶段时自动提交"))
    return card("start", chosen(locale, "Submitter", "提交人"), _sentences("\n".join(said)))


def _nodes(flow: ApprovalModel, first: str | None, model: Model, locale: str) -> list[Block]:
    found, at = [], first
    while at is not None:
        node = flow.nodes[at]
        found.append(_node(flow, node, model, locale))
        at = node.next
    return found


def _node(flow: ApprovalModel, node: ApprovalNode, model: Model, locale: str) -> Block:
    title, words = node_title(node, locale), node_words(node, locale, model, flow.object)
    if node.kind in _KINDS:
        return card(_KINDS[node.kind], title, _sentences(words.replace(" · ", "\n")))
    parallel = node.kind == "parallel"
    head = pill("parallel" if parallel else "condition", f"{title} · {words}" if parallel else title)
    return beside(
        head,
        [
            below(
                [
                    card(
                        "condition",
                        branch.label.text(locale),
                        _sentences(branch_words(branch, locale, model, flow.object, parallel=parallel)),
                    ),
                    *_nodes(flow, branch.first, model, locale),
                ]
            )
            for branch in node.branches
        ],
    )


def _outcome(flow: ApprovalModel, model: Model, locale: str, event: str) -> Block | None:
    words = outcome_words(flow, event, locale, model)
    title = {"approved": ("Approved", "通过后"), "rejected": ("Rejected", "拒绝后")}[event]
    rows = words.replace("; ", "\n").replace("；", "\n")
    return card("action", chosen(locale, *title), _sentences(rows)) if words else None


def _sentences(text: str) -> str:
    """Every line with a capital letter."""
    return "\n".join(line[:1].upper() + line[1:] for line in text.split("\n"))
