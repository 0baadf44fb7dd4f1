"""Notifications: what happened that somebody should know. Others tell people with `notify`, addresses with `email`."""

from dougong_platform.notifications.letters import email
from dougong_platform.notifications.telling import notify

__all__ = ["email", "notify"]
