"""The page of the audit log, for who holds the system right audit."""

from dougong_ui_builder.builder.audit.views import blueprint

__all__ = ["blueprint"]
