"""Approvals: what waits for whoever looks."""

from __future__ import annotations

from dougong_metadata.keys import Body, Number, about
from dougong_metadata.widgets.base import Widget


class ApprovalsWidgetKeys(Body):
    limit = Number(1, 20, load_default=5, metadata=about("Rows", "行数"))


class ApprovalsWidget(Widget):
    name = "approvals"
    label = {"en": "My approvals", "zh": "待我审批"}
    help = {"en": "What waits for the viewer's decision.", "zh": "等待查看者审批的事项。"}
    icon = "clipboard-check"
    size, least = (4, 5), (3, 3)
    options = ApprovalsWidgetKeys
