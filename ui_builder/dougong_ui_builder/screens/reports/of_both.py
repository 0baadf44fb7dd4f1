"""Addresses that reports and dashboards have alike: /reports/<key>/… and /dashboards/<key>/…"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dougong_ui_builder.page import page
from dougong_ui_builder.screens.reports.routes import blueprint

KINDS = ("report", "dashboard")


def of_both(path: str, name: str, view: Callable[..., Any], method: str = "GET") -> None:
    """Hang `view(caller, key, …, kind=…)` under both, for signed-in people."""
    for kind in KINDS:
        blueprint.add_url_rule(
            f"/{kind}s/<key>{path}", f"{kind}_{name}", page()(partial(view, kind=kind)), methods=[method]
        )
