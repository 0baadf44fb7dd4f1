"""Records that fit the words a person typed into a link field. Called by the lookup widget's endpoint and, for forms
sent without JavaScript, by whoever saves them."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.expressions.printing import quoted
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.search import find

MOST = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: str
    title: str
    about: str = ""


def suggestions(caller: Caller, object: str, words: str, limit: int = MOST) -> list[Suggestion]:
    """Best first; without words those changed last. Only what the caller may read."""
    model = caller.model.object(object)
    words = words.strip()[:200]
    if words and not model.system:
        found = find(caller, words, [object], limit)
        return [Suggestion(one["id"], one["title"] or one["id"], one["snippet"]) for one in found]
    # people and departments are not in the search's table: they are few enough to be filtered
    conditions = ["active"] if model.system and "active" in model.fields else []
    named = [model.name_field] if caller.rights.field(object, model.name_field) != "none" else []
    if words and named:
        conditions.append(f"CONTAINS(LOWER({model.name_field}), {quoted(words.lower())})")
    page = list_records(
        caller,
        object,
        fields=named,
        filter=" and ".join(conditions) or None,
        sort=named if model.system else ["-updated_at"],
        limit=limit,
    )
    return [Suggestion(row["id"], str(row.get(model.name_field) or row["id"])) for row in page.records]


def the_one_called(caller: Caller, object: str, words: str) -> str | None:
    """The id of the only record with exactly this name, whatever its case; None when there is none or several."""
    wanted = words.strip().casefold()
    found = [one.id for one in suggestions(caller, object, words, 20) if one.title.strip().casefold() == wanted]
    return found[0] if len(found) == 1 else None
