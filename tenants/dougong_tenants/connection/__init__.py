"""Connections: the only place that opens any, and the one way into a tenant's transaction."""

from dougong_tenants.connection.database import Database
from dougong_tenants.connection.json_values import JSON_VALUES, json_parameter
from dougong_tenants.connection.transaction import ControlTransaction, Result, TenantTransaction

__all__ = ["JSON_VALUES", "ControlTransaction", "Database", "Result", "TenantTransaction", "json_parameter"]
