"""The page of the sign-in security policy, for who looks after people."""

from dougong_ui_builder.builder.security.views import blueprint

__all__ = ["blueprint"]
