"""The errors of automations.

Fault
├── NoHistory        422  a try-out needs the object's history
├── PeriodTooLong    422  a try-out over more than can be looked at
├── PastUnreadable   422  history holds values that the automation cannot work with
├── NotRepeatable    409  only failed runs that were not done again are
└── CallRefused      400  an incoming call that cannot be taken, with the reason
    ├── HookUnknown  404  no such address
    └── BadSignature 401
"""

from __future__ import annotations

from dougong_metadata.errors import Fault


class NoHistory(Fault):
    code = "no_history"
    status = 422
    text = {
        "en": "“{object}” keeps no history: what happened cannot be told.",
        "zh": "「{object}」未启用历史，无法回溯。",
    }


class PeriodTooLong(Fault):
    code = "period_too_long"
    status = 422
    text = {"en": "That takes too long: choose a shorter period.", "zh": "耗时过长，请缩短期间。"}


class PastUnreadable(Fault):
    code = "past_unreadable"
    status = 422
    text = {
        "en": "The condition cannot be worked out for what history holds: {detail}",
        "zh": "无法对历史数据计算该条件：{detail}",
    }


class NotRepeatable(Fault):
    code = "not_repeatable"
    status = 409
    text = {
        "en": "Only a failed or cut run that was not repeated yet can be repeated.",
        "zh": "只能重试失败或被中断、且尚未重试过的运行。",
    }


class CallRefused(Fault):
    code = "call_refused"
    status = 400
    text = {"en": "{en}", "zh": "{zh}"}


class HookUnknown(CallRefused):
    code = "hook_unknown"
    status = 404
    text = {"en": "Nothing takes calls here.", "zh": "此地址不接收调用。"}


class BadSignature(CallRefused):
    code = "bad_signature"
    status = 401
    text = {"en": "The call is not signed rightly.", "zh": "调用签名无效。"}
