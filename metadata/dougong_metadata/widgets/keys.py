"""The keys that every widget has, and the mapping whose keys depend on its type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from dougong_metadata.keys import Body, LabelText, ListOf, Number, Text, Typed, about
from dougong_metadata.widgets.base import Widget

MAX_DOWN = 500  # cells from the top, and high


class CommonWidgetKeys(Body):
    """What every widget may say."""

    type = Text(40, required=True, metadata=about("Type", "类型", "The type of widget.", "组件类型。", "widget_type"))
    at = ListOf(
        Number(0, MAX_DOWN),
        4,
        4,
        unique=False,
        required=True,
        metadata=about(
            "Place",
            "位置",
            "Cells from the left (of 12), from the top, wide, high.",
            "距左侧格数（共 12 格）、距顶部格数、宽、高。",
            "place",
        ),
    )
    label = LabelText(metadata=about("Label", "标签", "That of what it shows when absent.", "缺省为所显示内容的名称。"))


class WidgetPart(Typed):
    """{type: …, at: …, label: …, the type's own keys}."""

    widget = "dashboard_widget"

    def schema_for(self, value: Any) -> Schema | None:
        name = value.get("type") if isinstance(value, Mapping) else None
        return widget_schemas().get(name) if isinstance(name, str) else None

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("one_widget")
        if "type" not in value:
            raise ValidationError({"type": ["required"]})
        schema = self.schema_for(value)
        if schema is None:
            raise ValidationError({"type": ["unknown_widget:" + ",".join(widget_schemas())]})
        return schema.load(value)


@cache
def widget_schemas() -> Mapping[str, Schema]:
    """The schema of a whole widget for every type."""
    from dougong_metadata.widgets.registry import registered  # which imports the widgets, which import keys

    return {name: widget_schema(widget) for name, widget in registered().items()}


@cache
def widget_schema(widget: Widget) -> Schema:
    """Common keys and the type's own."""
    combined: type[Schema] = type(f"{widget.name}_widget", (CommonWidgetKeys, widget.options), {})
    return combined()
