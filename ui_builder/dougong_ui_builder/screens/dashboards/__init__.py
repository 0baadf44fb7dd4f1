"""Dashboards: their list, one dashboard whose widgets load by themselves, its designer. Addresses begin /dashboards."""

from dougong_ui_builder.screens.dashboards import choosing, views
from dougong_ui_builder.screens.dashboards.designing import making
from dougong_ui_builder.screens.dashboards.designing import views as designer
from dougong_ui_builder.screens.dashboards.routes import blueprint

__all__ = ["blueprint", "choosing", "designer", "making", "views"]
