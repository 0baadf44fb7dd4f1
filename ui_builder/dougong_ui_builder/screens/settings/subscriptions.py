"""Everything that one has sent, and everything that one gets: what can be done about each."""

from __future__ import annotations

from dougong_platform.http.caller import Caller
from dougong_platform.reports.subscriptions import keeping
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.reports.subscribing import lines
from dougong_ui_builder.screens.settings.routes import blueprint, draw

PAGE = "/settings/subscriptions"


@blueprint.get(PAGE)
@page()
def show_my_subscriptions(caller: Caller) -> str:
    """The list, one's own first."""
    found = lines(caller, keeping.list_for(caller))
    return draw(
        "settings/subscriptions.html",
        "subscriptions",
        own=[line for line in found if line.own],
        others=[line for line in found if not line.own],
    )
