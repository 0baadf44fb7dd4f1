"""Users, departments and teams of a tenant, and the actions that change them."""

from dougong_tenants.people.access_state import Access, access_of
from dougong_tenants.people.assistants import (
    Assistance,
    add_assistant,
    change_assistant,
    get_assistant,
    list_assistants,
    remove_assistant,
)
from dougong_tenants.people.departments import create_department, delete_department, place_department, update_department
from dougong_tenants.people.direct_sets import set_permission_sets
from dougong_tenants.people.further_departments import set_further_departments
from dougong_tenants.people.grants import GivenSet, get_grant, grant, list_grants, revoke
from dougong_tenants.people.moving import Member, join_members, members_of
from dougong_tenants.people.password_changes import change_password, set_password
from dougong_tenants.people.queues import create_queue, update_queue
from dougong_tenants.people.succession import Charges, charges_of, succeed, take_back
from dougong_tenants.people.teams import create_team, delete_team, rename_team, set_members
from dougong_tenants.people.users import (
    CreatedUser,
    activate_user,
    create_user,
    deactivate_user,
    find_user,
    get_user,
    update_user,
)

__all__ = [
    "Access",
    "Assistance",
    "Charges",
    "CreatedUser",
    "GivenSet",
    "Member",
    "access_of",
    "activate_user",
    "add_assistant",
    "change_assistant",
    "change_password",
    "charges_of",
    "create_department",
    "create_queue",
    "create_team",
    "create_user",
    "deactivate_user",
    "delete_department",
    "delete_team",
    "find_user",
    "get_assistant",
    "get_grant",
    "get_user",
    "grant",
    "join_members",
    "list_assistants",
    "list_grants",
    "members_of",
    "place_department",
    "remove_assistant",
    "rename_team",
    "revoke",
    "set_further_departments",
    "set_members",
    "set_password",
    "set_permission_sets",
    "succeed",
    "take_back",
    "update_department",
    "update_queue",
    "update_user",
]
