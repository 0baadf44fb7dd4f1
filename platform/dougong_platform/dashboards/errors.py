"""What dashboards and single widgets may answer instead of numbers.

PlatformError
├── DashboardBroken  409  an own dashboard speaks of what is gone
├── WidgetAway       404  the dashboard has no widget of that name
├── WidgetUnknown    400  its type is no registered one, or it was set up for something that is gone
├── WidgetFailed     500  something broke that nobody foresaw; the log says what
└── SeenAsGone       403  the person under whose access the dashboard is shown has left, or was never there
"""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.problems import Problem
from dougong_platform.errors import BadRequest, Conflict, NotAllowed, NotFound, PlatformError


class DashboardBroken(Conflict):
    """`problems`: everything of which it speaks and that is not there."""

    code = "dashboard_broken"
    text = {
        "en": "“{label}” shows what is not there any more, and has to be changed or removed: {why}",
        "zh": "「{label}」引用的内容已不存在，需要修改或删除：{why}",
    }

    def __init__(self, label: str, problems: Sequence[Problem], locale: str) -> None:
        self.problems = tuple(problems)
        super().__init__(label=label, why=problems[0].message(locale) if problems else "")


class WidgetAway(NotFound):
    code = "widget_away"
    text = {"en": "The dashboard has no widget “{name}”.", "zh": "仪表盘没有组件「{name}」。"}


class WidgetUnknown(BadRequest):
    code = "widget_unknown"


class SeenAsGone(NotAllowed):
    code = "seen_as_gone"
    text = {
        "en": "This dashboard is shown with the access of {email}, who is not here any more: choose somebody else in"
        " its settings, or nobody.",
        "zh": "此仪表盘按 {email} 的权限显示，但该人员已不在系统中：请在设置中改选他人，或留空。",
    }


class WidgetFailed(PlatformError):
    code = "widget_failed"
    text = {
        "en": "This widget could not be worked out. Refresh it; if it stays so, the log says why.",
        "zh": "此组件暂时无法计算。请刷新；若仍如此，原因见日志。",
    }
