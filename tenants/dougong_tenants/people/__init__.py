"""Users, departments and teams of a tenant, and the actions that change them."""

from dougong_tenants.people.access_state import Access, access_of
from dougong_tenants.people.departments import create_department, delete_department, place_department, update_department
from dougong_tenants.people.moving import Member, join_members, members_of
from dougong_tenants.people.password_changes import change_password, set_password
from dougong_tenants.people.succession import Charges, charges_of, succeed, take_back
from dougong_tenants.people.teams import create_team, delete_team, rename_team, set_members
from dougong_tenants.people.users import (
    CreatedUser,
    activate_user,
    create_user,
    deactivate_user,
    find_user,
    get_user,
    set_permission_sets,
    update_user,
)

__all__ = [
    "Access",
    "Charges",
    "CreatedUser",
    "Member",
    "access_of",
    "activate_user",
    "change_password",
    "charges_of",
    "create_department",
    "create_team",
    "create_user",
    "deactivate_user",
    "delete_department",
    "delete_team",
    "find_user",
    "get_user",
    "join_members",
    "members_of",
    "place_department",
    "rename_team",
    "set_members",
    "set_password",
    "set_permission_sets",
    "succeed",
    "take_back",
    "update_department",
    "update_user",
]
