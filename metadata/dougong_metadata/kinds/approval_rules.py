"""Keys of approval flows that say who: rules that find approvers, time limits, and the settings for people who are not
there or are asked twice. Used by `approval_nodes` and `approval`."""

from __future__ import annotations

from dougong_metadata.keys import Body, Expression, Flag, ListOf, Name, Number, OneOf, Part, Reference, Text, about

MAX_RULES = 50
MAX_LEVELS = 50  # of a manager line
MAX_HOURS = 10_000
MAX_CHOICE = 50

SAME = {
    "ask": ("Ask each time", "每次都审批"),
    "once": ("Once is enough", "审批过即自动通过"),
    "consecutive": ("Once, where the nodes follow each other", "连续节点自动通过"),
}
OWN = {
    "ask": ("Ask the submitter", "由提交人自己审批"),
    "approve": ("Counts as approved", "自动通过"),
    "manager": ("The submitter's manager instead", "转交其上级"),
    "administrator": ("An administrator instead", "转交管理员"),
    "refuse": ("Reject", "自动拒绝"),
}
NOBODY = {
    "skip": ("Pass over the node", "跳过该节点"),
    "administrator": ("An administrator", "转交管理员"),
    "refuse": ("Reject", "自动拒绝"),
}
LEFT = {
    "manager": ("The next active manager above", "转交其在职上级"),
    "administrator": ("An administrator", "转交管理员"),
    "leave_out": ("Leave them out", "不再询问"),
}
THEN = {
    "remind": ("Remind", "催办"),
    "escalate": ("Pass on to each one's manager", "升级给各自上级"),
    "transfer": ("Pass on to others", "转交他人"),
    "approve": ("Approve", "自动通过"),
    "reject": ("Reject", "自动拒绝"),
}


class ManagersKeys(Body):
    """A chain of managers, from the first upwards."""

    levels = Expression(
        "value",
        metadata=about(
            "Levels",
            "层级数",
            "A number, or an expression that gives one: how many levels up at most.",
            "数字，或得出数字的表达式：最多上溯几级。",
        ),
    )
    until = Reference(
        "permission_set",
        metadata=about(
            "Up to",
            "直到",
            "The chain ends with the first who holds this permission set.",
            "上溯至第一位持有该权限集的人为止。",
        ),
    )


class ChoiceKeys(Body):
    """Whoever submits names people out of these."""

    permission_set = Reference(
        "permission_set", metadata=about("Permission set", "权限集", "Out of its holders.", "从其持有者中选择。")
    )
    team = Text(metadata=about("Team", "团队", "Out of its members, by name.", "以名称指定，从其成员中选择。"))
    department = Text(
        metadata=about("Department", "部门", "Out of its people, by name.", "以名称指定，从其人员中选择。")
    )
    least = Number(
        1,
        MAX_CHOICE,
        metadata=about("At least", "至少", "How many have to be named; 1 when absent.", "至少选择几人；缺省 1。"),
    )
    most = Number(
        1,
        MAX_CHOICE,
        metadata=about(
            "At most",
            "至多",
            "How many may be named; as many as at least when absent.",
            "至多选择几人；缺省与至少相同。",
        ),
    )


class ApproverKeys(Body):
    """A rule that finds people: exactly one of these, and `of` where a line of managers is meant."""

    user = Text(metadata=about("Person", "人员", "By e-mail.", "以邮箱指定。"))
    permission_set = Reference(
        "permission_set", metadata=about("Permission set", "权限集", "Whoever holds it.", "持有者。")
    )
    role = Text(
        metadata=about("Role", "角色", "Members of the record's team with this role.", "记录团队中担任该角色的成员。")
    )
    team = Text(metadata=about("Team", "团队", "By name: everybody in it.", "以名称指定：其全体成员。"))
    department = Text(metadata=about("Department", "部门", "By name: everybody in it.", "以名称指定：其全体成员。"))
    manager = Number(
        1,
        MAX_LEVELS,
        metadata=about("Manager", "上级", "That many levels up: 1 is the direct one.", "向上第几级：1 为直属上级。"),
    )
    managers = Part(
        ManagersKeys,
        metadata=about(
            "Chain of managers", "逐级上级", "Everybody from the direct one up.", "自直属上级起逐级向上的每一位。"
        ),
    )
    department_head = Number(
        0,
        MAX_LEVELS,
        metadata=about(
            "Department head",
            "部门主管",
            "0 is one's own department's, 1 that of the one above it.",
            "0 为本部门主管，1 为上级部门主管。",
        ),
    )
    field = Reference(
        "path", metadata=about("Field", "字段", "A user field, or a path to one: owner.manager.", "人员字段或其路径。")
    )
    choice = Part(
        ChoiceKeys,
        metadata=about("Submitter's choice", "提交人自选", "Named when it is submitted.", "提交时由提交人选择。"),
    )
    expression = Expression(
        "value",
        metadata=about(
            "Expression",
            "表达式",
            "Gives a user, or an e-mail address as text.",
            "得出一个人员，或以文本得出邮箱地址。",
        ),
    )
    of = Reference(
        "path",
        metadata=about(
            "Of",
            "相对于",
            "A path to the user whose managers or department are meant; the submitter when absent.",
            "所指上级或部门所属人员的路径；缺省为提交人。",
        ),
    )


def approvers_key(en: str, zh: str, help_en: str, help_zh: str) -> ListOf:
    """A list of rules; the people they find together, in order, are meant."""
    return ListOf(
        Part(ApproverKeys),
        MAX_RULES,
        1,
        unique=False,
        metadata=about(en, zh, help_en, help_zh, "approvers"),
    )


class LimitKeys(Body):
    """How long those who are asked have, and what happens then."""

    hours = Number(
        0.01,
        MAX_HOURS,
        whole=False,
        required=True,
        metadata=about("Hours", "小时数", "From the moment of asking.", "自询问之时起计算。"),
    )
    working = Flag(
        load_default=True,
        metadata=about(
            "Working hours",
            "按工作时间",
            "Hours of the calendar; else of the clock.",
            "按工作日历计时；否则按自然时间。",
        ),
    )
    calendar = Name(
        metadata=about(
            "Calendar", "工作日历", "Its name; the default one when absent.", "其名称；缺省为默认日历。", "calendar"
        )
    )
    remind = Number(
        0.01,
        MAX_HOURS,
        whole=False,
        metadata=about("Remind before", "提前提醒", "Hours before the limit.", "到期前几小时提醒。"),
    )
    then = OneOf(
        THEN,
        load_default="remind",
        metadata=about("Then", "到期后", "What happens at the limit.", "到期时的处理方式。"),
    )
    to = approvers_key("To", "转交给", "With transfer: who is asked instead.", "转交时：改由谁审批。")


class SettingKeys(Body):
    """What happens where somebody is asked twice, is the submitter, is not found, or has left."""

    same = OneOf(
        SAME,
        metadata=about(
            "The same person again",
            "同一人重复出现",
            "Consecutive when absent.",
            "缺省为连续节点自动通过。",
        ),
    )
    own = OneOf(
        OWN,
        metadata=about("Approver is the submitter", "审批人为提交人", "The manager when absent.", "缺省为转交其上级。"),
    )
    nobody = OneOf(
        NOBODY, metadata=about("Nobody found", "找不到审批人", "An administrator when absent.", "缺省为转交管理员。")
    )
    left = OneOf(
        LEFT, metadata=about("Has left", "审批人已离职或停用", "The manager when absent.", "缺省为转交其在职上级。")
    )
