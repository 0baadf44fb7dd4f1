"""What a permission set allows, in sentences: shown where it is handed to somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dougong_metadata.kinds.permission_set import SCOPES as SCOPE_WORDS
from dougong_metadata.kinds.permission_set import SYSTEM_RIGHTS
from dougong_metadata.model.types import Model, ObjectRight, PermissionSetModel
from dougong_platform.access.scopes import SCOPES
from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import may_grant
from dougong_tenants import ADMINISTRATOR
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext, ngettext

NAMED = 4  # objects named in a sentence before it says how many more there are


@dataclass(frozen=True, slots=True)
class SetChoice:
    """`sentences`: what it allows; `locked`: the caller may neither give it nor take it away."""

    name: str
    label: str
    sentences: tuple[str, ...]
    locked: bool


def set_choices(caller: Caller, held: Iterable[str]) -> list[SetChoice]:
    """All permission sets, the administrator's first; also those held that no longer exist."""
    known = caller.model.permission_sets
    others = set(known) - {ADMINISTRATOR}
    names = [ADMINISTRATOR, *sorted(others, key=lambda name: set_label(caller.model, name))]
    names += sorted(set(held) - set(names))
    return [
        SetChoice(name, set_label(caller.model, name), sentences(caller.model, name), not may_grant(caller, name))
        for name in names
    ]


def set_label(model: Model, name: str) -> str:
    """What a permission set is called in the page's language."""
    if name == ADMINISTRATOR:
        return gettext("Administrator")
    found = model.permission_sets.get(name)
    return label_text(found) if found is not None else name


def sentences(model: Model, name: str) -> tuple[str, ...]:
    """What the set allows, the most far-reaching first."""
    if name == ADMINISTRATOR:
        return (gettext("Everything: all records, the metadata, people and tokens."),)
    found = model.permission_sets.get(name)
    if found is None:
        return (gettext("It no longer exists and allows nothing."),)
    said = [line for line in _by_reach(model, found) if line]
    if found.system:
        words = [SYSTEM_RIGHTS[right][current_locale() == "zh"] for right in sorted(found.system)]
        said.append(gettext("Besides: %(rights)s.", rights=gettext(", ").join(words)))
    if found.kinds:
        said.append(gettext("Shapes the metadata in part."))
    return tuple(said) or (gettext("It allows nothing yet."),)


def _by_reach(model: Model, found: PermissionSetModel) -> Iterable[str]:
    """Sentences by what is done and whose records are meant: what is edited first, the widest scope first."""
    rest = _reaches(found.all_objects) if found.all_objects is not None else ()
    for verb in ("edit", "read"):
        for scope in reversed(SCOPES):
            names = [
                label_text(model.objects[object].plural)
                for object, right in found.objects.items()
                if object in model.objects and (verb, scope) in _reaches(right)
            ]
            if (verb, scope) in rest:
                names = [gettext("everything else") if found.objects else gettext("everything"), *names]
            if names:
                yield _sentence(verb, scope, names)


def _reaches(right: ObjectRight) -> tuple[tuple[str, str], ...]:
    """("edit", scope) and, where more may be read than edited, ("read", scope)."""
    edit = max((right.update, right.delete, "own" if right.create else "none"), key=SCOPES.index)
    said = (("edit", edit),) if edit != "none" else ()
    return said + ((("read", right.read),) if SCOPES.index(right.read) > SCOPES.index(edit) else ())


def _sentence(verb: str, scope: str, names: list[str]) -> str:
    listed, more = gettext(", ").join(names[:NAMED]), len(names) - NAMED
    if more > 0:
        listed = ngettext("%(listed)s and %(num)d more", "%(listed)s and %(num)d more", more, listed=listed)
    match verb, scope:
        case "edit", "all":
            return gettext("Edits all: %(objects)s.", objects=listed)
        case "edit", "own":
            return gettext("Creates and edits own: %(objects)s.", objects=listed)
        case "read", "all":
            return gettext("Reads all: %(objects)s.", objects=listed)
        case "read", "own":
            return gettext("Reads own: %(objects)s.", objects=listed)
    words = SCOPE_WORDS[scope][current_locale() == "zh"]
    words = words if current_locale() == "zh" else words[:1].lower() + words[1:]
    if verb == "edit":
        return gettext("Creates and edits (%(scope)s): %(objects)s.", scope=words, objects=listed)
    return gettext("Reads (%(scope)s): %(objects)s.", scope=words, objects=listed)
