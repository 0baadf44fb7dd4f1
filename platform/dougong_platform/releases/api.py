"""HTTP endpoints of metadata: documents of the draft, the plan, publishing, releases. Need the right `metadata`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from dougong_metadata.documents import Document
from dougong_metadata.kinds import kind_named
from dougong_metadata.packs import pack_names
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import ANY_KIND, Parameter, endpoint
from dougong_platform.http.json import answer, body_object
from dougong_platform.releases import draft as drafts
from dougong_platform.releases import listing, packs, retired, schema
from dougong_platform.releases.delegation import require_whole_draft
from dougong_platform.releases.draft_stages import put_stage_moves, stage_moves
from dougong_platform.releases.kinds import described
from dougong_platform.releases.plan import plan, plan_model
from dougong_platform.releases.publish import publish_or_hand_over
from dougong_platform.releases.release import Release
from dougong_platform.releases.restore import restore_or_hand_over, target

blueprint = Blueprint("releases", __name__, url_prefix="/api/v1/metadata")

LARGEST_DOCUMENT = 4 * 1024 * 1024  # bytes
_IF_MATCH = Parameter("If-Match", "The hash of the document as you saw it; 409 if it is another now.", place="header")
_IF_NONE_MATCH = Parameter("If-None-Match", "`*`: the document must not exist yet.", place="header")


@blueprint.get("/<kind>/<name>")
@endpoint("A document as the draft has it", answers=schema.DocumentSchema, errors=(404,), system="metadata")
def show(caller: Caller, kind: str, name: str) -> Response:
    """With its hash as ETag."""
    return _answer(*_present(caller, _kind(kind), name))


@blueprint.put("/<kind>/<name>")
@endpoint(
    "Write a document into the draft",
    body={"type": "object"},
    answers=schema.DocumentSchema,
    errors=(400, 404, 409, 422),
    parameters=(_IF_MATCH, _IF_NONE_MATCH),
    system="metadata",
)
def put(caller: Caller, kind: str, name: str) -> Response:
    """Problems with other documents do not hinder it: the plan lists them."""
    given = body_object(request, LARGEST_DOCUMENT)
    for key, expected in (("kind", _kind(kind)), ("name", name)):
        if given.setdefault(key, expected) != expected:
            raise BadRequest(en=f"The body's {key} is not the one in the address.", zh=f"请求体中的 {key} 与地址不符。")
    document = Document.of(given)
    drafts.put(caller.database, caller.tenant, [document], by=caller.user, expected=_expected(kind, name))
    return _answer(*_present(caller, kind, name))


@blueprint.delete("/<kind>/<name>")
@endpoint("Delete a document in the draft", status=204, errors=(404, 409), parameters=(_IF_MATCH,), system="metadata")
def delete(caller: Caller, kind: str, name: str) -> Response:
    """Its data is kept: it is gone for people once the draft is published."""
    drafts.delete(caller.database, caller.tenant, [(_kind(kind), name)], by=caller.user, expected=_expected(kind, name))
    return Response(status=204)


@blueprint.delete("/draft/<kind>/<name>")
@endpoint("Discard the draft's change of one document", status=204, errors=(404,), system="metadata")
def discard(caller: Caller, kind: str, name: str) -> Response:
    """The document is as released again."""
    if not drafts.discard(caller.database, caller.tenant, [(_kind(kind), name)]):
        raise NotFound
    return Response(status=204)


@blueprint.get("/draft")
@endpoint("What the draft changes, by whom and when", answers=schema.DraftSchema, system="metadata", kind=ANY_KIND)
def draft(caller: Caller) -> dict[str, Any]:
    """{base, draft_hash, changes, stages}."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        found, base, moves = drafts.entries(tx), tx.entry.release, stage_moves(tx)
    mine = [entry.json() for entry in found if caller.rights.may_shape(entry.kind)]
    return {"base": base, "draft_hash": drafts.hash_of(found, moves), "changes": mine, "stages": moves}


@blueprint.patch("/draft/stages")
@endpoint(
    "Say where the records go whose stage the draft takes away",
    body=schema.StagesSchema,
    answers=schema.StagesSchema,
    errors=(404, 422),
    system="metadata",
    kind="pipeline",
)
def say_stages(caller: Caller) -> dict[str, Any]:
    """{stages}: all that has been said. The plan asks where it is needed, and shows what was said."""
    given = load_body(request, schema.StagesSchema, caller.locale)["stages"]
    return {"stages": put_stage_moves(caller.database, caller.tenant, given, by=caller.user)}


@blueprint.delete("/draft")
@endpoint("Discard the whole draft", status=204, system="metadata")
def discard_all(caller: Caller) -> Response:
    """Every document is as released again."""
    drafts.discard(caller.database, caller.tenant)
    return Response(status=204)


@blueprint.get("/<kind>")
@endpoint("The documents of a kind as the draft has them", errors=(404,), system="metadata")
def listed(caller: Caller, kind: str) -> dict[str, Any]:
    """{documents: [{kind, name, hash, document}]}, by name."""
    wanted = _kind(kind)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        found = drafts.documents(tx, tx.entry.release)
    return {
        "documents": [
            {"kind": d.kind, "name": d.name, "hash": d.hash, "document": d.json()}
            for key, d in sorted(found.items())
            if key[0] == wanted
        ]
    }


@blueprint.get("/kinds")
@endpoint("The kinds of documents and the field types, with their JSON Schemas", system="metadata", kind=ANY_KIND)
def kinds(caller: Caller) -> Mapping[str, Any]:
    """{kinds: [{name, folder, label, plural, help, icon, schema}], field_types: [{name, label, icon, schema}]}."""
    return described("zh" if caller.locale.startswith("zh") else "en")


@blueprint.get("/plan")
@endpoint(
    "What publishing the draft would do, and to how many records",
    system="metadata",
    kind=ANY_KIND,
    errors=(404,),
    parameters=(Parameter("restore", "Plan the restoring of this release instead.", {"type": "integer"}),),
)
def show_plan(caller: Caller) -> dict[str, Any]:
    """{base, draft_hash, publishable, seconds, documents, problems, steps}; the first two go into the publish."""
    number = request.args.get("restore", type=int)
    made = (
        plan(caller.database, caller.tenant)
        if number is None
        else plan_model(caller.database, caller.tenant, target(caller.database, caller.tenant, number))
    )
    return made.json(caller.locale)


@blueprint.post("/publish")
@endpoint(
    "Publish the draft",
    body=schema.PublishSchema,
    answers=schema.PublishedSchema,
    errors=(403, 409, 422),
    system="metadata",
    kind=ANY_KIND,
)
def publish_draft(caller: Caller) -> Response:
    """The release in force afterwards. 409: plan again. 422: it does not compile, or records stand in its way.

    202 if it is left to the worker: Location says where its progress is told.
    """
    given = load_body(request, schema.PublishSchema, caller.locale)
    require_whole_draft(caller)
    return _published(caller, publish_or_hand_over(caller.database, caller.tenant, by=caller.user, **given))


@blueprint.get("/publish")
@endpoint(
    "The publish that began last: how far it is, or what became of it",
    answers=schema.ProgressSchema,
    errors=(404,),
    system="metadata",
    kind=ANY_KIND,
)
def progress(caller: Caller) -> dict[str, Any]:
    """As `listing.last_publish` says."""
    found = listing.last_publish(caller.database, caller.tenant, caller.locale)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/releases")
@endpoint(
    "The releases, the newest first",
    answers=schema.ReleasesSchema,
    system="metadata",
    parameters=(Parameter("before", "Only those with a lower number.", {"type": "integer"}),),
)
def releases(caller: Caller) -> dict[str, Any]:
    """{releases: [...]}, at most 100."""
    before = request.args.get("before", type=int)
    return {"releases": listing.list_releases(caller.database, caller.tenant, before=before)}


@blueprint.get("/releases/<int:number>")
@endpoint("What a release changed", errors=(404,), system="metadata")
def show_release(caller: Caller, number: int) -> dict[str, Any]:
    """{number, changes: [{kind, name, change}]} against the release before."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        if not 0 < number <= tx.entry.release:
            raise NotFound
        return {"number": number, "changes": listing.changed_documents(tx, number - 1, number)}


@blueprint.post("/releases/<int:number>/restore")
@endpoint(
    "Publish an older release again",
    body=schema.RestoreSchema,
    answers=schema.PublishedSchema,
    errors=(404, 409, 422),
    system="metadata",
)
def restore_release(caller: Caller, number: int) -> Response:
    """The release in force afterwards: a new number with the old documents. 202 as for publishing the draft."""
    given = load_body(request, schema.RestoreSchema, caller.locale)
    return _published(caller, restore_or_hand_over(caller.database, caller.tenant, number, by=caller.user, **given))


@blueprint.get("/retired")
@endpoint("Removed fields and objects whose data is kept", system="metadata")
def list_retired(caller: Caller) -> dict[str, Any]:
    """{retired: [{object, field ("" = the object), physical, storage, release, at}]}."""
    return {"retired": retired.list_retired(caller.database, caller.tenant)}


@blueprint.delete("/retired/<name>")
@endpoint("Purge a removed object's data for ever", status=204, errors=(404, 409), system="metadata")
def purge_object(caller: Caller, name: str) -> Response:
    """It cannot come back any more."""
    retired.purge(caller.database, caller.tenant, name)
    return Response(status=204)


@blueprint.delete("/retired/<name>/<field>")
@endpoint("Purge a removed field's data for ever", status=204, errors=(404, 409), system="metadata")
def purge_field(caller: Caller, name: str, field: str) -> Response:
    """It cannot come back any more."""
    retired.purge(caller.database, caller.tenant, name, field)
    return Response(status=204)


@blueprint.get("/packs")
@endpoint("The packs there are, and which versions are installed", system="metadata")
def list_packs(caller: Caller) -> dict[str, Any]:
    """{packs: [{name, version, installed, label, description, requires, documents}]}."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        installed = packs.installed(tx)
    shipped = [packs.find_pack(name) for name in pack_names()]
    return {
        "packs": [
            {
                "name": p.name,
                "version": p.version,
                "installed": installed.get(p.name),
                "label": p.label.text(caller.locale),
                "description": p.description.text(caller.locale) if p.description else None,
                "requires": list(p.requires),
                "documents": len(p.documents),
            }
            for p in shipped
        ]
    }


@blueprint.post("/packs")
@endpoint(
    "Put a shipped pack into the draft: installed, or upgraded by a three-way merge",
    body=schema.PackSchema,
    errors=(404, 409, 422),
    system="metadata",
)
def install_pack(caller: Caller) -> dict[str, Any]:
    """{added, changed, removed: [[kind, name]], conflicts: [...]}; nothing is in force until published."""
    name = load_body(request, schema.PackSchema, caller.locale)["name"]
    if name not in pack_names():
        raise NotFound
    merged = packs.put_in_draft(caller.database, caller.tenant, packs.find_pack(name), by=caller.user)
    return {
        "added": merged.added,
        "changed": merged.changed,
        "removed": merged.removed,
        "conflicts": [packs.conflict_json(c) for c in merged.conflicts],
    }


def _kind(name: str) -> str:
    return kind_named(name).name


def _expected(kind: str, name: str) -> dict[tuple[str, str], str]:
    match = request.headers.get("If-Match", "").strip().strip('"')
    if request.headers.get("If-None-Match", "").strip() == "*":
        return {(kind, name): drafts.GONE}
    return {(kind, name): match} if match and match != "*" else {}


def _present(caller: Caller, kind: str, name: str) -> tuple[Document, bool]:
    document, entry = drafts.get(caller.database, caller.tenant, kind, name)
    return document, entry is not None


def _answer(document: Document, changed: bool) -> Response:
    return answer(
        {
            "kind": document.kind,
            "name": document.name,
            "document": document.json(),
            "hash": document.hash,
            "draft": changed,
        },
        headers={"ETag": f'"{document.hash}"'},
    )


def _published(caller: Caller, release: Release | None) -> Response:
    if release is not None:
        return answer({"release": release.number})
    found = listing.last_publish(caller.database, caller.tenant, caller.locale)
    return answer(found, 202, headers={"Location": "/api/v1/metadata/publish"})
