"""Tenants: who may come in, as whom, and the wall between them. The engine's only way to the database."""

from dougong_tenants.connection import ControlTransaction, Database, Result, TenantTransaction, json_parameter
from dougong_tenants.identifiers import new_id
from dougong_tenants.principal import ADMINISTRATOR, SCOPES, Principal
from dougong_tenants.tenant import Entry, Tenant

__all__ = [
    "ADMINISTRATOR",
    "SCOPES",
    "ControlTransaction",
    "Database",
    "Entry",
    "Principal",
    "Result",
    "Tenant",
    "TenantTransaction",
    "json_parameter",
    "new_id",
]
