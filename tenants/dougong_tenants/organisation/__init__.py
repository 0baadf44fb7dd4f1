"""Who reports to whom, who sits where, who acts for whom: read as a whole, remembered until the stamp is raised."""

from dougong_tenants.organisation.organisation import (
    ActsFor,
    Department,
    Grant,
    Organisation,
    Person,
    organisation_in,
    organisation_of,
)
from dougong_tenants.organisation.reach import Reach, alone

__all__ = [
    "ActsFor",
    "Department",
    "Grant",
    "Organisation",
    "Person",
    "Reach",
    "alone",
    "organisation_in",
    "organisation_of",
]
