"""The layout designer: sections and fields by dragging or by keyboard, conditions, highlights, related lists."""

from dougong_ui_builder.builder.layouts.views import blueprint

__all__ = ["blueprint"]
