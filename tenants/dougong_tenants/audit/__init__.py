"""The audit log of a tenant: who did what, when and from where. Written by `note`, and never changed afterwards."""

from dougong_tenants.audit.circumstances import Circumstances, acting, circumstances, under
from dougong_tenants.audit.control import note_for_person, noting
from dougong_tenants.audit.writing import note, note_apart

__all__ = [
    "Circumstances",
    "acting",
    "circumstances",
    "note",
    "note_apart",
    "note_for_person",
    "noting",
    "under",
]
