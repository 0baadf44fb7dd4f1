"""Changes: what changed lately among the records that the viewer sees."""

from __future__ import annotations

from dougong_metadata.keys import Body, Number, about
from dougong_metadata.widgets.base import Widget


class ChangesWidgetKeys(Body):
    limit = Number(1, 20, load_default=6, metadata=about("Rows", "行数"))


class ChangesWidget(Widget):
    name = "changes"
    label = {"en": "Latest changes", "zh": "最近变更"}
    help = {"en": "What changed lately among the records one sees.", "zh": "查看者可见记录的最近变更。"}
    icon = "history"
    size, least = (4, 5), (3, 3)
    options = ChangesWidgetKeys
