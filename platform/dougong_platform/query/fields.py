"""Which fields a read answers: those asked for by path, or all that may be read. Used by get, list and exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dougong_metadata.expressions import Checked
from dougong_metadata.problems import unknown
from dougong_platform.access.rights import Rights
from dougong_platform.errors import BadField, NotAllowed
from dougong_platform.query.rows import field_at, shown_at
from dougong_platform.query.visible import visible_objects

MOST_FIELDS = 200
_DELETED = ("deleted_at", "deleted_by")


def require_readable(rights: Rights, object: str) -> None:
    """Raise NotAllowed for an object that exists without read right for anybody with these rights, UnknownName
    (without a hint at what is hidden) for one that does not exist."""
    if object in rights.model.objects:
        if rights.object(object).read == "none":
            raise NotAllowed
    else:
        raise unknown(object, "an object", "对象", visible_objects(rights))


def require_known(rights: Rights, object: str) -> None:
    """Raise UnknownName for an object that does not exist, or not for anybody with these rights: alike."""
    known = visible_objects(rights)
    if object not in known:
        raise unknown(object, "an object", "对象", known)


def shown_paths(rights: Rights, object: str, names: Iterable[str]) -> tuple[str, ...]:
    """As `readable_paths`, for columns: those that are shown masked too."""

    def known(text: str) -> bool:
        try:
            shown_at(rights, object, tuple(text.split(".")))
        except BadField:
            return False
        return True

    return tuple(filter(known, names))


def readable_paths(rights: Rights, object: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` (paths, also with a sort's `-`) that may be read: what documents and saved views name is there
    for everybody, but not everybody may know all of it."""

    def known(text: str) -> bool:
        try:
            field_at(rights, object, tuple(text.removeprefix("-").split(".")))
        except BadField:
            return False
        return True

    return tuple(filter(known, names))


def may_read_rule(rights: Rights, object: str, rule: Checked) -> bool:
    """Whether every field that an expression names may be read."""
    if rule.relations:  # of other objects' records: each field by itself
        visible = visible_objects(rights)
        return all(of in visible and name in visible[of].fields for of, name in rule.fields)
    paths = [".".join(path) for path in rule.paths if path and path[0] != "$user"]
    return len(readable_paths(rights, object, paths)) == len(paths)


def asked_fields(
    rights: Rights, object: str, fields: Sequence[str] | None, *, deleted: bool = False
) -> tuple[str, ...]:
    """The paths to answer, `id` and `version` always among them. Raises BadField."""
    if fields is None:
        return tuple(name for name in rights.shown(object) if deleted or name not in _DELETED)
    if len(fields) > MOST_FIELDS:
        raise BadField(name=f"… ({len(fields)})", object=object)
    for path in fields:
        shown_at(rights, object, tuple(path.split(".")))
    return tuple(dict.fromkeys(("id", *fields, "version")))
