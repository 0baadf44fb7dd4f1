"""Who may see and do what: rights per permission set, and the one SQL predicate that every read and write carries."""

from dougong_platform.access.rights import Rights, rights_for

__all__ = ["Rights", "rights_for"]
