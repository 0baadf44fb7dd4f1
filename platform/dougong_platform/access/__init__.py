"""Who may see and do what: rights per permission set, and the one SQL predicate that every read and write carries."""

from dougong_platform.access.predicate import predicate
from dougong_platform.access.rights import Action, Rights, rights_for

__all__ = ["Action", "Rights", "predicate", "rights_for"]
