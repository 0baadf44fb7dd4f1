"""What can be wrong with a call of a webhook, told to people in the log of its deliveries.

PlatformError
└── WebhookFault            409
    ├── NotActive           409  no such webhook is published, or it is not active
    ├── Stopped             409  its receiver said that it is gone for good
    ├── SecretUnreadable    409  the secret was sealed by another installation
    ├── ActorGone           409  the user whose rights count has left
    ├── NoJob               409  its job was deleted, or is not there after a restore
    └── Refused             502  the receiver answered with a status that is no success
"""

from __future__ import annotations

from dougong_platform.errors import PlatformError


class WebhookFault(PlatformError):
    code = "webhook_fault"
    status = 409


class NotActive(WebhookFault):
    """`NotActive(webhook=…)`."""

    code = "webhook_not_active"
    text = {"en": "There is no active webhook “{webhook}”.", "zh": "没有已启用的 Webhook「{webhook}」。"}


class Stopped(WebhookFault):
    code = "webhook_stopped"
    text = {
        "en": "The receiver answered 410 Gone; the webhook is stopped until somebody starts it again.",
        "zh": "接收方返回 410 Gone，该 Webhook 已停止，需重新启用。",
    }


class SecretUnreadable(WebhookFault):
    code = "webhook_secret_unreadable"
    text = {
        "en": "The webhook's secret was sealed by another installation. Renew it.",
        "zh": "该 Webhook 的密钥由其他安装加密，无法读取，请更换。",
    }


class ActorGone(WebhookFault):
    """`ActorGone(user=…)`: an e-mail."""

    code = "webhook_actor_gone"
    text = {
        "en": "It runs as {user}, who is no active user here.",
        "zh": "其运行身份 {user} 不是在用人员。",
    }


class NoJob(WebhookFault):
    code = "webhook_no_job"
    text = {
        "en": "Its job was deleted, or stayed behind when the company was restored from a backup.",
        "zh": "其后台任务已被删除，或在从备份恢复后不再存在。",
    }


class Refused(WebhookFault):
    """`Refused(status=…, reason=…)`."""

    code = "webhook_refused"
    status = 502
    text = {"en": "The receiver answered {status} {reason}", "zh": "接收方返回 {status} {reason}"}
