"""What dashboards are made of: one file per type of widget, open to other packages by entry point."""

from dougong_metadata.widgets.base import Widget
from dougong_metadata.widgets.keys import WidgetPart, widget_schemas
from dougong_metadata.widgets.registry import registered, widget_named

__all__ = ["Widget", "WidgetPart", "registered", "widget_named", "widget_schemas"]
