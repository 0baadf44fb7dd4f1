"""What every page of the builder works on: the current release with the draft over it, compiled when somebody asks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from dougong_metadata.documents import Document, content_hash
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problem
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.draft import Entry
from dougong_platform.releases.draft_stages import stage_moves
from dougong_platform.releases.release import Release, load_on

Key = tuple[str, str]
_KEPT = 50
_compiled: OrderedDict[str, Model | tuple[Problem, ...]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class DraftView:
    """`documents`: as they will be published. `names`: user id → name of those who changed something."""

    base: Release
    entries: Mapping[Key, Entry]
    documents: Mapping[Key, Document]
    draft_hash: str
    names: Mapping[str, str]

    @property
    def changes(self) -> int:
        """How many documents the draft changes; the draft bar shows it."""
        return len(self.entries)

    @property
    def release(self) -> int:
        """The release in force."""
        return self.base.number

    @cached_property
    def _outcome(self) -> Model | tuple[Problem, ...]:
        return outcome(self.documents)

    @property
    def model(self) -> Model | None:
        """The compiled draft, None while it has problems."""
        return self._outcome if isinstance(self._outcome, Model) else None

    @property
    def problems(self) -> Sequence[Problem]:
        """Why the draft does not compile; empty when it does."""
        return () if isinstance(self._outcome, Model) else self._outcome

    def document(self, kind: str, name: str) -> Document:
        """Raises NotFound."""
        found = self.documents.get((kind, name))
        if found is None:
            raise NotFound
        return found

    def released(self, kind: str, name: str) -> Document | None:
        """The document as people work with it now."""
        return self.base.model.documents.get((kind, name))

    def of_kind(self, kind: str) -> list[Document]:
        """By name."""
        return [document for key, document in sorted(self.documents.items()) if key[0] == kind]

    def mark(self, kind: str, name: str) -> str:
        """ "add", "change" or "delete" for a document that the draft changes, else ""."""
        entry = self.entries.get((kind, name))
        if entry is None:
            return ""
        if entry.document is None:
            return "delete"
        return "change" if self.released(kind, name) else "add"


def read_draft(caller: Caller) -> DraftView:
    """The draft as it is now."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        found, moves = drafts.entries(tx), stage_moves(tx)
        base = load_on(tx, caller.tenant, tx.entry.release)
        ids = sorted({entry.by for entry in found if entry.by})
        rows = tx.execute('select id, name from "user" where id = any(%s::uuid[])', [ids]).fetchall() if ids else []
    documents = drafts.overlay(base.model.documents.values(), found)
    entries = {(e.kind, e.name): e for e in found}
    return DraftView(base, entries, documents, drafts.hash_of(found, moves), {str(id): name for id, name in rows})


def outcome(documents: Mapping[Key, Document]) -> Model | tuple[Problem, ...]:
    """The model of these documents, or every problem in them; remembered by their content."""
    key = content_hash(documents.values())
    with _lock:
        known = _compiled.get(key)
    if known is None:
        try:
            known = compile_model(documents.values())
        except InvalidDocuments as fault:
            known = tuple(fault.problems)
        with _lock:
            _compiled[key] = known
            if len(_compiled) > _KEPT:
                _compiled.popitem(last=False)
    return known


def problems_with(view: DraftView, *changed: Document) -> list[Problem]:
    """Problems that the draft would have with these documents in it, those of other documents included."""
    made = outcome({**view.documents, **{document.key: document for document in changed}})
    return [] if isinstance(made, Model) else list(made)
