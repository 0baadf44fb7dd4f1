"""What people set for themselves: profile, appearance, password, sessions, tokens; and the page of an invitation."""

from dougong_ui_builder.screens.settings import (
    identities,
    notifications,
    own_tokens,
    profile,
    security,
    subscriptions,
    two_step,
    welcome,
)
from dougong_ui_builder.screens.settings.routes import blueprint

__all__ = [
    "blueprint",
    "identities",
    "notifications",
    "own_tokens",
    "profile",
    "security",
    "subscriptions",
    "two_step",
    "welcome",
]
