"""The blueprint of settings and what its pages share; the modules of this folder hang their addresses onto it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from dougong_ui_builder.words import gettext

blueprint = Blueprint("settings", __name__)


def draw(template: str, tab: str, **context: Any) -> str:
    """A page of the settings with its tabs."""
    tabs = [
        {"text": gettext("Profile"), "href": "/settings", "current": tab == "profile"},
        {"text": gettext("Password and sessions"), "href": "/settings/security", "current": tab == "security"},
        {"text": gettext("Notifications"), "href": "/settings/notifications", "current": tab == "notifications"},
        {"text": gettext("Subscriptions"), "href": "/settings/subscriptions", "current": tab == "subscriptions"},
        {"text": gettext("API tokens"), "href": "/settings/tokens", "current": tab == "tokens"},
    ]
    return render_template(template, settings_tabs=tabs, **context)
