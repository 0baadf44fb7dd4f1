"""The steps of an import, each a named action: upload, map, try, start, undo. Called by the API, the wizard
and the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.errors import NotAllowed, TooLarge
from dougong_platform.http.caller import Caller
from dougong_platform.imports import batches, store
from dougong_platform.imports.collecting import collecting_later
from dougong_platform.imports.errors import FileUnreadable, WrongState
from dougong_platform.imports.mapping import FileMapping, read_mapping
from dougong_platform.imports.reading import Table, open_table
from dougong_platform.imports.suggest import as_mapping, suggest
from dougong_platform.jobs import put, ring
from dougong_platform.records.ids import new_ids

TOPIC = "import"
WORKERS = 2  # on one import at once
SAMPLES = 50
OPTIONS = ("sheet", "encoding", "delimiter", "header_row")


def upload(
    caller: Caller,
    object: str,
    file_name: str,
    stream: IO[bytes],
    home: Path,
    limit: int,
    options: Mapping[str, Any] | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> store.Import:
    """Keep the file and read its header; the mapping is suggested unless given. Raises FileUnreadable, FileTooWide,
    TooLarge, MappingInvalid; nothing is kept then."""
    model = importable(caller, object)
    (identifier,) = new_ids(1)
    path = home / "imports" / caller.tenant.name / identifier / "source"
    size = _keep(stream, path, limit)
    try:
        chosen = {name: value for name, value in (options or {}).items() if name in OPTIONS and value not in (None, "")}
        table = open_table(path, **chosen)
        if mapping is None:
            mapping = as_mapping(model, suggest(caller, model, table.header, samples(table)))
        else:
            read_mapping(caller, model, table.header, mapping)
        kept = {"id": identifier, "object": object, "path": str(path), "size": size, "created_by": caller.user}
        kept |= {"file_name": Path(file_name).name[:200] or "file", "options": _found(table, chosen)}
        kept |= {"mapping": dict(mapping), "header": list(table.header)}
        with caller.database.transaction(caller.tenant) as tx:
            caller.verify(tx.entry)
            store.insert(tx, kept)
            return store.read(tx, identifier)
    except BaseException:
        _forget(path)
        raise


def configure(
    caller: Caller,
    identifier: str,
    *,
    options: Mapping[str, Any] | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> store.Import:
    """Change how the file is read or mapped; new options bring a newly suggested mapping."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        job = _in_state(store.read_own(caller, tx, identifier, lock=True), "draft", "checked", "failed")
        model = importable(caller, job.object)
        if options is not None:
            chosen = {name: value for name, value in options.items() if name in OPTIONS and value not in (None, "")}
            table = open_table(Path(job.path), **chosen)
            suggested = mapping or as_mapping(model, suggest(caller, model, table.header, samples(table)))
            store.change(
                tx,
                identifier,
                options=_found(table, chosen),
                header=list(table.header),
                mapping=dict(suggested),
                state="draft",
            )
        if mapping is not None:
            read_mapping(caller, model, store.read(tx, identifier).header, mapping)
            store.change(tx, identifier, mapping=dict(mapping), state="draft")
        return store.read(tx, identifier)


def check(caller: Caller, identifier: str) -> store.Import:
    """Begin the trial run: all rows go through the write path and are rolled back."""
    return _begin(caller, identifier, trial=True)


def start(caller: Caller, identifier: str) -> store.Import:
    """Begin the import itself."""
    return _begin(caller, identifier, trial=False)


def undo(caller: Caller, identifier: str) -> store.Import:
    """Take back what the import wrote; records changed since are left alone and counted."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        _in_state(store.read_own(caller, tx, identifier, lock=True), "done", "failed")
        if not tx.rows(
            "select 1 from _import where id = %(id)s::uuid and created_at > now() - interval '30 days'",
            {"id": identifier},
        ):
            raise WrongState(state="> 30 d")
        store.change(tx, identifier, state="undoing")
        put(tx, TOPIC, {"import": identifier, "do": "undo"})
        changed = store.read(tx, identifier)
    ring(caller.tenant.name)
    return changed


def open_import(job: store.Import) -> Table:
    """The import's file as a table, read as its options say."""
    return open_table(Path(job.path), **{name: value for name, value in job.options.items() if name in OPTIONS})


def importable(caller: Caller, object: str) -> ObjectModel:
    """The object, if this caller may import into it. Raises UnknownName, NotAllowed."""
    model = caller.model.object(object)
    if model.system or not caller.rights.may(object, "import"):
        raise NotAllowed
    return model


def samples(table: Table, count: int = SAMPLES) -> list[list[str]]:
    """The first rows."""
    found = []
    for _, cells in table.rows():
        found.append(cells)
        if len(found) == count:
            break
    return found


def _begin(caller: Caller, identifier: str, *, trial: bool) -> store.Import:
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        job = _in_state(store.read_own(caller, tx, identifier, lock=True), "draft", "checked", "failed")
        model = importable(caller, job.object)
        mapping = _must_map(caller, model, job)
        resumed = (
            job.state == "failed"
            and not trial
            and bool(
                tx.rows(
                    "select 1 from _import_batch where import = %(id)s::uuid and not trial limit 1", {"id": identifier}
                )
            )
        )
        total = job.total or 0
        if not resumed:
            with collecting_later():
                total = batches.cut(job.folder, open_import(job), mapping)
            batches.open_batches(tx, identifier, total, trial=trial)
        store.change(
            tx,
            identifier,
            state="checking" if trial else "running",
            total=total,
            problem=None,
            **({} if resumed else {"done": 0, "created": 0, "updated": 0, "unchanged": 0, "failed": 0}),
        )
        tx.execute(
            "update _import set started_at = now(), finished_at = null where id = %(id)s::uuid", {"id": identifier}
        )
        for _ in range(WORKERS):
            put(tx, TOPIC, {"import": identifier, "do": "work"})
        changed = store.read(tx, identifier)
    ring(caller.tenant.name)
    return changed


def _must_map(caller: Caller, model: ObjectModel, job: store.Import) -> FileMapping:
    return read_mapping(caller, model, job.header, job.mapping)


def _in_state(job: store.Import, *states: str) -> store.Import:
    if job.state not in states:
        raise WrongState(state=job.state)
    return job


def _found(table: Table, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The options as used: what was chosen and what was found out."""
    source = table.source
    found = {
        "sheet": source.sheet,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "header_row": table.header_row,
        "sheets": list(source.sheets),
    }
    return {**found, **chosen}


def _keep(stream: IO[bytes], path: Path, limit: int) -> int:
    size = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(limit=f"{limit >> 20} MB")
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _forget(path)
        raise FileUnreadable(
            en=f"The server could not store the file ({os.strerror(error.errno or 0)}).",
            zh=f"服务器无法保存文件（{os.strerror(error.errno or 0)}）。",
        ) from error
    except BaseException:
        _forget(path)
        raise
    return size


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
