"""Single records shared by hand with a person, a department or a team, for a time; those with a role are the record's
team. What a share opens is decided by `access.predicate`; here shares are given, changed, withdrawn and listed."""

from dougong_platform.shares.changing import change, withdraw
from dougong_platform.shares.giving import MOST, share
from dougong_platform.shares.listing import list_shares, roles_in_use, shares_of
from dougong_platform.shares.relations import Relation, relations_of
from dougong_platform.shares.subjects import Subject, find, matching, the_one_called
from dougong_platform.shares.terms import until
from dougong_platform.shares.undoing import take_back

__all__ = [
    "MOST",
    "Relation",
    "Subject",
    "change",
    "find",
    "list_shares",
    "matching",
    "relations_of",
    "roles_in_use",
    "share",
    "shares_of",
    "take_back",
    "the_one_called",
    "until",
    "withdraw",
]
