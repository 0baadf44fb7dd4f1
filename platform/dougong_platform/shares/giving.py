"""Sharing one record, or up to 1,000 of a list, with somebody. Giving anew widens, and takes nothing away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import BadRequest, FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import require_readable
from dougong_platform.query.single import display_names, uuid_text
from dougong_platform.query.visible import visible_objects
from dougong_platform.records.action import Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.shares import subjects
from dougong_platform.shares.messages import refusal
from dougong_platform.shares.relations import relations_of
from dougong_platform.shares.storing import Held, Move, Open, held, seen
from dougong_platform.shares.subjects import Subject
from dougong_platform.shares.telling import tell_of_shares
from dougong_platform.shares.terms import Terms, terms_of
from dougong_platform.shares.writing import store
from dougong_tenants import new_id

MOST = 1000  # records of one action


@dataclass(slots=True)
class Given(WriteResult):
    """One Outcome per record; `ids`: of the shares, by record; `ref`: what `take_back` takes the action back by."""

    ref: str
    ids: Mapping[str, str]


def share(caller: Caller, object: str, ids: Sequence[str], given: Mapping[str, Any], *, atomic: bool = True) -> Given:
    """Share records with `given["subject"]` on the terms given (access, role, relations, until, note).

    `atomic=False` shares the records that may be shared and reports the others. Raises NotAllowed without the right
    `share`, NotFound for a single record that the caller does not see, RecordsInvalid, BadRequest for details.
    """
    model = shareable(caller, object)
    if not caller.rights.may(object, "share"):
        raise NotAllowed
    if not ids or len(ids) > MOST:
        code = "too_many" if ids else "none_given"
        raise RecordsInvalid([refusal("ids", code, caller.locale, most=MOST)])
    subject = _subject(caller, given.get("subject"))
    terms = terms_of(caller, object, {name: value for name, value in given.items() if name != "subject"})
    check_relations(caller, object, terms)
    names = display_names(caller, object, ids)
    return act(caller, lambda writing: _share_in(writing, model, ids, subject, terms, names, atomic=atomic))


def shareable(caller: Caller, object: str) -> ObjectModel:
    """The object's model. Raises UnknownName, NotAllowed, and BadRequest for details, which are as open as their
    parent."""
    require_readable(caller.rights, object)
    model = caller.model.objects[object]
    if model.parent is not None:
        above = visible_objects(caller.rights).get(model.parent.to or "")
        parent = above.label if above is not None else Label("parent", "主记录")
        raise BadRequest(
            en=f"This is as open as its parent: share the {parent.en.lower()}.",
            zh=f"明细与主记录权限一致，请共享{parent.zh}。",
        )
    return model


def beyond(caller: Caller, terms: Terms, before: Terms | None, record: Open) -> FieldError | None:
    """Why the caller may not give these terms over those `before`, or None: nobody gives more than he may do himself,
    and those who may change a record make its team and open what hangs on it."""
    if record.editable:
        return None
    if terms.role is not None and (before is None or terms.role != before.role):
        return refusal("role", "role_beyond_own", caller.locale)
    if not terms.goes_beyond(before):
        return None
    if terms.access == "edit":
        return refusal("access", "access_beyond_own", caller.locale)
    known = before.relations if before is not None and not before.is_over() else ()
    if not set(terms.relations) <= set(known):
        return refusal("relations", "relations_beyond_own", caller.locale)
    return None


def _subject(caller: Caller, given: Any) -> Subject:
    found = subjects.find(caller, str(given)) if given else None
    if found is None:
        code = "subject_is_queue" if given and subjects.is_queue(caller, str(given)) else "no_subject"
        raise RecordsInvalid([refusal("subject", code, caller.locale)])
    return found


def check_relations(caller: Caller, object: str, terms: Terms, before: Terms | None = None) -> None:
    """Editing reaches along a relation only where the caller may edit such records himself. Raises RecordsInvalid."""
    if terms.access == "edit" and terms.goes_beyond(before):
        for one in relations_of(caller, object):
            if one.name in terms.relations and not caller.rights.may(one.object, "update"):
                things = one.label.text(caller.locale)
                raise RecordsInvalid([refusal("relations", "relation_not_editable", caller.locale, things=things)])


def _share_in(
    writing: Writing,
    object: ObjectModel,
    ids: Sequence[str],
    subject: Subject,
    terms: Terms,
    names: Mapping[str, str | None],
    *,
    atomic: bool,
) -> Given:
    caller, ref = writing.caller, str(new_id())
    wanted = [uuid_text(id) for id in ids]
    records = seen(writing, object, sorted({id for id in wanted if id is not None}))
    if len(ids) == 1 and not records:
        raise NotFound
    there = _there(writing, object, list(records), subject)
    outcomes, moves = [], dict[str, Move]()
    for index, id in enumerate(wanted):
        record = records.get(id or "")
        if id is None or record is None:
            outcomes.append(Outcome(index, ids[index], errors=[refusal(None, "not_found", caller.locale, index)]))
            continue
        wrong = beyond(caller, terms, there[id].terms if id in there else None, record)
        if wrong is not None:
            outcomes.append(Outcome(index, id, errors=[replace(wrong, index=index)]))
            continue
        move = _move(caller, id, record, there.get(id), subject, terms)
        changed = move.after != move.before
        outcomes.append(Outcome(index, id, record.version, created=move.before is None, changed=changed))
        if changed:
            moves[id] = move
    made = {id: move.after.id for id, move in moves.items() if move.after is not None}
    result = Given(outcomes, ref, {id: one.id for id, one in there.items()} | made)
    if atomic and result.errors:
        raise RecordsInvalid(result.errors)
    store(writing, object, list(moves.values()), ref, names)
    tell_of_shares(writing, object, subject, list(moves.values()), names)
    return result


def _there(writing: Writing, object: ObjectModel, records: Sequence[str], subject: Subject) -> dict[str, Held]:
    """What the subject has already, by record."""
    where = "record = any(%(records)s::uuid[]) and subject = %(subject)s::uuid"
    found = held(writing, object, where, {"records": array_text(records), "subject": subject.id})
    return {one.record: one for one in found}


def _move(caller: Caller, id: str, record: Open, there: Held | None, subject: Subject, terms: Terms) -> Move:
    if there is None or there.terms.is_over():
        made = Held(there.id if there else str(new_id()), id, subject.id, terms, None, caller.user)
        return Move(id, record.version, there, made)
    widened = terms.together(there.terms)
    return Move(id, record.version, there, Held(there.id, id, subject.id, widened, there.created_at, there.created_by))
