"""What approvals refuse, and why.

Fault (dougong_metadata.errors)
└── PlatformError
    ├── NotAsked          403  somebody who is not asked decides
    ├── Conflict          409
    │   ├── AlreadyDone   409  somebody was faster, and this is who
    │   ├── NotNow        409  the approval is not in a state for this
    │   └── UnderWay      409  a request with this Idempotency-Key has not come to its end
    ├── FlowBroken        409  the version that it runs under reads what is no longer there
    ├── NotSubmitted      422  this record cannot be submitted, and why
    ├── LinkBroken        404  a mail's link that was not made here or was altered
    ├── LinkExpired       410  one that is too old
    └── LinkOfAnother     403  one that was sent to somebody else
"""

from __future__ import annotations

from dougong_platform.errors import Conflict, NotAllowed, PlatformError


class NotAsked(NotAllowed):
    code = "not_asked"
    text = {"en": "You are not asked to decide this.", "zh": "您不是当前的审批人。"}


class AlreadyDone(Conflict):
    code = "already_done"
    text = {"en": "{en}", "zh": "{zh}"}


class NotNow(Conflict):
    code = "not_now"
    text = {"en": "{en}", "zh": "{zh}"}


class UnderWay(Conflict):
    code = "under_way"
    text = {
        "en": "A request with this Idempotency-Key is under way, or was cut off. Look before you send it again.",
        "zh": "使用该 Idempotency-Key 的请求仍在处理或已中断，请先查看结果，再换用新的 Key。",
    }


class FlowBroken(Conflict):
    code = "flow_broken"
    text = {
        "en": "The version of the flow under which this runs reads what is no longer there: {en} An administrator has "
        "to move it to the current version or end it.",
        "zh": "此审批所用的流程版本引用了已不存在的内容：{zh} 须由管理员改用当前版本或结束审批。",
    }


class NotSubmitted(PlatformError):
    """`NotSubmitted(en=…, zh=…)`; `reason` says which case it is, for programs."""

    code = "not_submitted"
    status = 422
    text = {"en": "{en}", "zh": "{zh}"}


class LinkBroken(PlatformError):
    code = "link_broken"
    status = 404
    text = {
        "en": "This link is not complete, or was altered. Copy it whole from the mail, or look into your inbox.",
        "zh": "链接不完整或已被改动，请从邮件中完整复制，或前往待办查看。",
    }


class LinkExpired(PlatformError):
    code = "link_expired"
    status = 410
    text = {
        "en": "This link has expired. What waits for you is in your inbox.",
        "zh": "链接已过期，请前往待办查看。",
    }


class LinkOfAnother(NotAllowed):
    code = "link_of_another"
    text = {
        "en": "This link was sent to somebody else. What waits for you is in your inbox.",
        "zh": "该链接是发给其他人的，请前往您自己的待办查看。",
    }
