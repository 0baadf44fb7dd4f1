"""With whom an own document is shared: people, departments with all below, teams, permission sets, everybody; to read
or to edit. Called by the API and the dialog. Whoever reads one sees his own records in it, never the owner's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.notifications import notify
from dougong_platform.own_documents.keeping import EVERYBODY, OwnDocument, own, read
from dougong_platform.query.single import uuid_text
from dougong_tenants import TenantTransaction, audit, json_parameter
from dougong_tenants.organisation import Organisation, organisation_of

MOST = 100  # subjects of one document
KINDS = ("user", "department", "team", "permission_set", EVERYBODY)
ACCESS = ("read", "edit")
SET = "set:"
_ALL = {"en": "Everybody", "zh": "所有人"}
_TEXTS = {
    "no_subject": ("There is nobody of this kind to share with.", "没有可共享的对象。"),
    "access": ("To read or to edit.", "只能是查看或编辑。"),
    "owner": ("The owner has it already.", "无需共享给所有者本人。"),
    "too_many": (f"At most {MOST}.", f"最多 {MOST} 个。"),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """`key` is a user's, department's or team's id, a permission set's name, or "" for everybody. `name` None: gone."""

    kind: str
    key: str
    access: str
    name: str | None

    def json(self) -> dict[str, Any]:
        """As the API answers it."""
        return {"kind": self.kind, "id": self.key or None, "access": self.access, "name": self.name}


def shared_with(caller: Caller, document: OwnDocument) -> list[Shared]:
    """With whom it is shared, by kind and name; those who are gone last."""
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    found = [
        Shared(one["kind"], _bare(key), one["access"], _name(caller, organisation, one["kind"], _bare(key)))
        for key, one in document.shared.items()
    ]
    return sorted(found, key=lambda one: (one.name is None, -KINDS.index(one.kind), one.name or ""))


def share(caller: Caller, id: str, given: Sequence[Mapping[str, Any]]) -> OwnDocument:
    """Share one's own document with exactly these ({"kind", "id", "access"}); whoever is left out sees it no more.

    Those who are new and named, or in a team, are told. Raises NotFound, NotAllowed for somebody else's,
    RecordsInvalid with every wrong entry.
    """
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        before = own(caller, tx, id)
        wanted = _wanted(caller, organisation, before, given)
        if wanted != before.shared:
            tx.execute(
                "update _own_document set shared = %(shared)s::jsonb where id = %(id)s::uuid",
                {"id": before.id, "shared": json_parameter(wanted)},
            )
            _note(caller, tx, organisation, before, wanted)
            _tell(caller, tx, organisation, before, wanted)
        return read(caller, tx, id)


def _wanted(
    caller: Caller, organisation: Organisation, before: OwnDocument, given: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    wanted: dict[str, dict[str, str]] = {}
    errors: list[FieldError] = []
    for index, one in enumerate(given):
        kind, key = one["kind"], _key(one["kind"], one.get("id"))
        there = before.shared.get(key or "", {}).get("kind") == kind
        if one.get("access") not in (None, *ACCESS):
            errors.append(_error(caller, f"shared.{index}.access", "access"))
        elif kind not in KINDS or key is None or not (there or _may_be_given(caller, organisation, kind, _bare(key))):
            errors.append(_error(caller, f"shared.{index}.id", "no_subject"))
        elif key == before.owner:
            errors.append(_error(caller, f"shared.{index}.id", "owner"))
        elif wanted.get(key, {}).get("access") != "edit":
            wanted[key] = {"kind": kind, "access": one.get("access") or "read"}
    if len(given) > MOST:
        errors = [_error(caller, "shared", "too_many")]
    if errors:
        raise RecordsInvalid(errors)
    return wanted


def _key(kind: str, id: Any) -> str | None:
    if kind == EVERYBODY:
        return EVERYBODY
    return f"{SET}{id}" if kind == "permission_set" else uuid_text(str(id))


def _bare(key: str) -> str:
    return "" if key == EVERYBODY else key.removeprefix(SET)


def _may_be_given(caller: Caller, organisation: Organisation, kind: str, id: str) -> bool:
    if kind == "user":
        person = organisation.people.get(id)
        return person is not None and person.active and person.kind == "person"
    return _name(caller, organisation, kind, id) is not None


def _name(caller: Caller, organisation: Organisation, kind: str, id: str) -> str | None:
    if kind == EVERYBODY:
        return _ALL["zh" if caller.locale.startswith("zh") else "en"]
    if kind == "permission_set":
        found = caller.model.permission_sets.get(id)
        return found.label.text(caller.locale) if found is not None else None
    if kind == "team":
        return organisation.teams.get(id)
    known: Mapping[str, Any] = organisation.people if kind == "user" else organisation.departments
    return known[id].name if id in known else None


def _note(
    caller: Caller,
    tx: TenantTransaction,
    organisation: Organisation,
    before: OwnDocument,
    wanted: Mapping[str, Mapping[str, str]],
) -> None:
    def said(shared: Mapping[str, Mapping[str, str]]) -> str:
        names = (
            f"{_name(caller, organisation, one['kind'], _bare(key)) or key} ({one['access']})"
            for key, one in shared.items()
        )
        return ", ".join(sorted(names))[:2_000]

    audit.note(
        tx,
        "own_document.shared",
        actor=caller.user,
        target_kind=f"own_{before.kind}",
        target=before.id,
        label=before.label,
        details={"changes": {"shared": [said(before.shared) or None, said(wanted) or None]}},
    )


def _tell(
    caller: Caller,
    tx: TenantTransaction,
    organisation: Organisation,
    before: OwnDocument,
    wanted: Mapping[str, Mapping[str, str]],
) -> None:
    """People and the members of teams. Departments and sets are not told: they may be the whole company."""
    new = [key for key in wanted if key not in before.shared]
    users = dict.fromkeys(_told(organisation, ((wanted[key]["kind"], key) for key in new)))
    users.pop(caller.user, None)
    who = organisation.people[caller.user].name if caller.user in organisation.people else ""
    what = ("a dashboard", "仪表盘") if before.kind == "dashboard" else ("a report", "报表")
    notify(
        tx,
        tenant=caller.tenant,
        users=list(users),
        title={
            "en": f"{who} shared {what[0]} with you: {before.label}",
            "zh": f"{who} 与您共享了{what[1]}：{before.label}",
        },
        actor=caller.user,
        topic="share",
        page=before.path,
    )


def _told(organisation: Organisation, subjects: Iterable[tuple[str, str]]) -> Iterable[str]:
    for kind, key in subjects:
        if kind == "user":
            yield key
        elif kind == "team":
            yield from organisation.members.get(key, {})


def _error(caller: Caller, field: str, code: str) -> FieldError:
    return FieldError(field, code, _TEXTS[code][caller.locale.startswith("zh")])
