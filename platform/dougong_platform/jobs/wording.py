"""Jobs in words: what each topic is called, what one row is about. Used by the API, the page and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from dougong_metadata.label import Label
from dougong_metadata.model.types import Model

# Topics of packages that are added show their name.
_TOPICS = {
    "records": Label("Changes of records", "记录变更"),
    "automation": Label("Automations", "自动化"),
    "approval": Label("Approvals", "审批"),
    "wakeup": Label("Due dates and schedules", "到期与定时触发"),
    "webhook": Label("Webhook calls", "Webhook 调用"),
    "email": Label("E-mails", "邮件"),
    "robot": Label("Group robots", "群机器人"),
    "release": Label("Search after a publish", "发布后的搜索索引"),
    "publish": Label("Publishing", "发布"),
    "import": Label("Imports", "导入"),
    "hand_over": Label("Hand-overs", "移交"),
}
_OPERATIONS = {
    "create": Label("created", "新建"),
    "update": Label("changed", "修改"),
    "delete": Label("deleted", "删除"),
    "restore": Label("restored", "恢复"),
    "purge": Label("purged", "清除"),
}
_LONGEST = 160


def label_of(topic: str) -> Label:
    """What a topic is called."""
    return _TOPICS.get(topic, Label(topic, topic))


def summary(topic: str, payload: Mapping[str, Any], model: Model, locale: str) -> str:
    """What one row is about, in one line, as the release calls it."""
    zh = locale.startswith("zh")
    object = model.objects.get(str(payload.get("object")))
    count = payload.get("count") or len(payload.get("ids") or ())
    about = "" if object is None or not count else f"{count} · {object.plural.text(locale)}"
    if topic == "records" and object is not None:
        op = _OPERATIONS.get(str(payload.get("op")))
        return " · ".join(part for part in (about, op.text(locale) if op else "") if part)
    if topic == "automation":
        name = str(payload.get("automation", ""))
        automation = model.automations.get(name)
        name = name if automation is None else automation.label.text(locale)
        return " · ".join(part for part in (f"「{name}」" if zh else f"“{name}”", about) if part)
    text = orjson.dumps(payload).decode()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
