"""The blueprint of the dashboard screens; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

from dougong_ui_builder.shell import PAGES, PageLink
from dougong_ui_builder.words import lazy_gettext

blueprint = Blueprint("dashboard_screens", __name__)
PAGES["dashboards"] = PageLink("/dashboards", lazy_gettext("Dashboards"), "layout-dashboard")
