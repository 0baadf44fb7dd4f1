"""The audit log's tables, for tenants made before there was one. They are the tenants package's, which writes them."""

from dougong_tenants.audit.tables import STATEMENTS

__all__ = ["STATEMENTS"]
