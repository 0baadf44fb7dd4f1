"""Handing somebody's records over: what and to whom, the preview, the result, and those of the past."""

from dougong_ui_builder.builder.hand_overs import choosing, chosen, watching
from dougong_ui_builder.builder.hand_overs.routes import blueprint

__all__ = ["blueprint", "choosing", "chosen", "watching"]
