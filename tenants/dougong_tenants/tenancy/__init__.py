"""Tenants: created, found, listed, suspended, resumed and dropped."""

from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.tenancy.creation import NewTenant, create
from dougong_tenants.tenancy.directory import all_tenants, find, get
from dougong_tenants.tenancy.lifecycle import describe, drop, record_release, resume, suspend

__all__ = [
    "NewTenant",
    "all_tenants",
    "create",
    "describe",
    "drop",
    "find",
    "get",
    "raise_stamp",
    "record_release",
    "resume",
    "suspend",
]
