"""Trying a template out: how its texts read for a record that is there."""

from dougong_ui_builder.builder.message_templates.previewing import blueprint

__all__ = ["blueprint"]
