"""The phone's "more" page: the whole navigation, which on a desk stands at the side."""

from __future__ import annotations

from flask import Blueprint, render_template

from dougong_platform.http.caller import Caller
from dougong_ui_builder.page import page

blueprint = Blueprint("more", __name__)


@blueprint.get("/more")
@page()
def more(caller: Caller) -> str:
    """Navigation, preferences and sign-out as one list."""
    return render_template("screens/more.html")
