"""Keys of the nodes of approval flows, which stand inside each other by branches. One schema for all kinds of nodes;
which keys go with which kind is checked by `approval`."""

from __future__ import annotations

from dougong_metadata.actions import actions_key
from dougong_metadata.actions.keys import RecipientKeys
from dougong_metadata.keys import Body, Expression, LabelText, ListOf, Name, Number, OneOf, Part, Reference, about
from dougong_metadata.kinds.approval_rules import LimitKeys, SettingKeys, approvers_key

MAX_NODES = 200  # of a flow, those inside branches included
MAX_NESTING = 10
MAX_BRANCHES = 20
MAX_COUNT = 200

KINDS = {
    "approve": ("Approve", "审批"),
    "branch": ("Condition", "条件分支"),
    "parallel": ("Parallel", "并行分支"),
    "cc": ("Copy", "抄送"),
    "action": ("Actions", "执行动作"),
    "end": ("End", "结束"),
}
NEED = {
    "any": ("Any one of them", "任一人审批（或签）"),
    "all": ("All of them", "全部审批（会签）"),
    "sequence": ("One after the other", "依次审批"),
    "count": ("A number of them", "达到人数"),
}
JOIN = {
    "all": ("All branches", "全部分支"),
    "any": ("Any branch", "任一分支"),
    "count": ("A number of them", "达到分支数"),
}
COMMENT = {
    "optional": ("Optional", "选填"),
    "required": ("Required", "必填"),
    "on_refusal": ("Required to reject or return", "拒绝或退回时必填"),
}
ALLOW = {
    "refuse": ("Reject", "拒绝"),
    "return": ("Return", "退回"),
    "transfer": ("Transfer", "转交"),
    "add": ("Add signers", "加签"),
    "consult": ("Ask for an opinion", "征询意见"),
}
OUTCOME = {"approved": ("Approved", "通过"), "rejected": ("Rejected", "拒绝")}


class NodeEventKeys(Body):
    """What is done when a node is decided."""

    approved = actions_key(metadata=about("On approval", "通过时", "Actions, in order.", "依次执行的动作。", "actions"))
    rejected = actions_key(
        metadata=about("On rejection", "拒绝时", "Actions, in order.", "依次执行的动作。", "actions")
    )


class _BranchBase(Body):
    name = Name(required=True, metadata=about("Name", "名称", "Unique in its node.", "在其节点内唯一。"))
    label = LabelText(metadata=about("Label", "标签"))
    nodes = ListOf(
        Part(lambda: NodeKeys),
        MAX_NODES,
        unique=False,
        metadata=about("Nodes", "节点", "In order; none: straight on.", "按顺序；没有节点则直接继续。", "nodes"),
    )


BranchKeys = _BranchBase.from_dict(  # `if` is a word of Python's
    {
        "if": Expression(
            metadata=about(
                "If",
                "条件",
                "A condition on the record. Absent in a condition node: otherwise; in a parallel one: always.",
                "记录的条件表达式。条件分支中缺省表示其他情况，并行分支中缺省表示始终进入。",
            )
        )
    },
    name="BranchKeys",
)


class NodeKeys(SettingKeys):
    """One node. Which of the keys it may have depends on its kind."""

    name = Name(required=True, metadata=about("Name", "名称", "Unique in the flow.", "在流程内唯一。"))
    kind = OneOf(KINDS, required=True, metadata=about("Kind", "类型"))
    label = LabelText(metadata=about("Label", "标签"))
    by = approvers_key("Approvers", "审批人", "The people these find together.", "这些规则找到的全部人员。")
    need = OneOf(
        NEED,
        metadata=about(
            "Needed", "审批方式", "How many have to approve; any when absent.", "需几人通过；缺省为任一人。"
        ),
    )
    count = Number(
        1,
        MAX_COUNT,
        metadata=about("Number", "数量", "With “count”: how many.", "方式为 count 时的数量。"),
    )
    edit = ListOf(
        Reference("field"),
        metadata=about("Editable fields", "可编辑字段", "Filled in while deciding.", "审批时可填写。", "field_list"),
    )
    hide = ListOf(
        Reference("field"),
        metadata=about(
            "Hidden fields", "隐藏字段", "Not shown to these approvers.", "不向此节点的审批人展示。", "field_list"
        ),
    )
    comment = OneOf(COMMENT, metadata=about("Comment", "审批意见", "Optional when absent.", "缺省为选填。"))
    allow = ListOf(
        OneOf(ALLOW),
        metadata=about("Allowed", "允许的操作", "Besides approving; all when absent.", "通过之外的操作；缺省为全部。"),
    )
    limit = Part(LimitKeys, metadata=about("Time limit", "时限"))
    branches = ListOf(
        Part(BranchKeys),
        MAX_BRANCHES,
        1,
        unique=False,
        metadata=about("Branches", "分支", "Ways through this node.", "经过该节点的各条路径。", "branches"),
    )
    join = OneOf(
        JOIN,
        metadata=about(
            "Goes on after", "汇合方式", "How many branches; all when absent.", "需几个分支通过；缺省为全部。"
        ),
    )
    to = ListOf(
        Part(RecipientKeys, short="field"),
        50,
        1,
        unique=False,
        metadata=about("To", "抄送给", "Who gets a copy.", "接收抄送的人。"),
    )
    do = actions_key(metadata=about("Do", "动作", "In order.", "依次执行。", "actions"))
    on = Part(
        NodeEventKeys, metadata=about("Outcome actions", "结果动作", "When this node is decided.", "该节点有结果时。")
    )
    outcome = OneOf(OUTCOME, metadata=about("Outcome", "结果", "Approved when absent.", "缺省为通过。"))
    message = LabelText(500, metadata=about("Message", "提示", "Why it ends here.", "在此结束的原因。"))
