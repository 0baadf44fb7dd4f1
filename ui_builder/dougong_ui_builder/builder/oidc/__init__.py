"""The identity providers of the company, for administrators: added, tried, changed and removed."""

from dougong_ui_builder.builder.oidc.views import blueprint

__all__ = ["blueprint"]
