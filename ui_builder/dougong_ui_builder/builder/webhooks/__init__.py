"""What became of the calls of webhooks; their secrets; starting one again that was stopped."""

from dougong_ui_builder.builder.webhooks.views import blueprint

__all__ = ["blueprint"]
