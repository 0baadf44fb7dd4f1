"""The ways by which people are told outside the product: groups' robots and e-mail."""

from dougong_ui_builder.builder.channels import mail
from dougong_ui_builder.builder.channels.views import blueprint

__all__ = ["blueprint", "mail"]
