"""The designer of approval flows: a tree of nodes with an inspector, how one submits, and what follows an outcome."""

from dougong_ui_builder.builder.approvals import (
    creating,
    insight,
    listing,
    outcomes,
    submitting,
    trying,
    versions,
    views,
)
from dougong_ui_builder.builder.approvals.routes import blueprint

__all__ = ["blueprint", "creating", "insight", "listing", "outcomes", "submitting", "trying", "versions", "views"]
