"""Changing and withdrawing one share: by the one who made it, by whoever may update the record and share, or by an
administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names, uuid_text
from dougong_platform.records.action import Writing, act
from dougong_platform.shares.giving import beyond, check_relations, shareable
from dougong_platform.shares.storing import Held, Move, Open, held, seen
from dougong_platform.shares.terms import terms_of
from dougong_platform.shares.writing import store
from dougong_tenants import new_id
from dougong_tenants.organisation import alone


def change(caller: Caller, object: str, record: str, share: str, given: Mapping[str, Any]) -> str:
    """Change what a share says: access, role, relations, until, note, as far as given; the action's reference.

    What opens more is a gift of the caller's: he needs the right `share` and gives no more than he may do himself.
    Raises NotFound, NotAllowed, RecordsInvalid.
    """

    def work(writing: Writing, model: ObjectModel, found: Held, at: Open) -> Move:
        terms = terms_of(caller, object, given, found.terms)
        if terms.goes_beyond(found.terms) and not caller.rights.may(object, "share"):
            raise NotAllowed
        check_relations(caller, object, terms, found.terms)
        wrong = beyond(caller, terms, found.terms, at)
        if wrong is not None:
            raise RecordsInvalid([wrong])
        return Move(found.record, at.version, found, replace(found, terms=terms))

    return _act(caller, object, record, share, work)


def withdraw(caller: Caller, object: str, record: str, share: str) -> str:
    """End a share; the action's reference. Raises NotFound, NotAllowed."""
    return _act(caller, object, record, share, lambda writing, model, found, at: Move(record, at.version, found, None))


def may_change(caller: Caller, object: str, created_by: str, *, editable: bool) -> bool:
    """Whether the caller may change or withdraw a share of a record that he sees."""
    identities = (caller.reach or alone(caller.user)).identities
    return caller.rights.is_admin or created_by in identities or (editable and caller.rights.may(object, "share"))


def _act(caller: Caller, object: str, record: str, share: str, work: Any) -> str:
    model = shareable(caller, object)
    id, known = uuid_text(record), uuid_text(share)
    if id is None or known is None:
        raise NotFound
    names, ref = display_names(caller, object, [id]), str(new_id())

    def run(writing: Writing) -> str:
        at = seen(writing, model, [id]).get(id)
        where = "record = %(record)s::uuid and id = %(id)s::uuid"
        found = held(writing, model, where, {"record": id, "id": known}) if at is not None else []
        if at is None or not found:
            raise NotFound
        if not may_change(caller, object, found[0].created_by, editable=at.editable):
            raise NotAllowed
        move: Move = work(writing, model, found[0], at)
        store(writing, model, [move] if move.after != move.before else [], ref, names)
        return ref

    return act(caller, run)
