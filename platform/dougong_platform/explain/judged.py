"""What was found about one person and one record, from which answers and their words are made."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_platform.access.rights import Action
from dougong_platform.explain.facts import Facts
from dougong_platform.explain.ways import Person, Way


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about one person and one record. `above` is the same of the record that owns this one."""

    facts: Facts
    person: Person
    active: bool
    ways: tuple[Way, ...]
    above: Judged | None = None

    def allowed(self, action: Action) -> bool:
        """Whether he may do this; nobody changes or deletes what he does not see."""
        if not self.active or (action != "read" and not self.allowed("read")):
            return False
        if self.person.rights.is_admin:
            return True
        if self.above is not None:
            return bool(self.person.rights.scopes(self.facts.object.name, action)) and self.above.allowed(
                "read" if action == "read" else "update"
            )
        return any(action in way.grants for way in self.ways)
