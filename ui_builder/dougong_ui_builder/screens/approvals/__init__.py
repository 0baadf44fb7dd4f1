"""Approvals for those who take part: the inbox, an approval's page, submitting, delegations. At /approvals."""

from dougong_ui_builder.screens.approvals import acting, decision, delegated, explaining, going, submitting, views
from dougong_ui_builder.screens.approvals.routes import blueprint

__all__ = ["acting", "blueprint", "decision", "delegated", "explaining", "going", "submitting", "views"]
