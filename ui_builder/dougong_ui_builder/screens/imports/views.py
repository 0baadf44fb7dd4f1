"""The pages of the import wizard: /import/{object} takes a file, /imports/{id} takes it through to its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import engine
from dougong_platform.imports import steps, store
from dougong_platform.imports.errors import ImportFault
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.screens.imports.posted import read_mapping
from dougong_ui_builder.screens.imports.steps import (
    ENCODINGS,
    NUMBERS,
    column_rows,
    field_options,
    key_options,
    required_unmapped,
)

blueprint = Blueprint("import_wizard", __name__)
SHOWN_ERRORS = 12


@blueprint.get("/import/<object>")
@page()
def choose(caller: Caller, object: str) -> str:
    """The first step: a file, and what was imported into this object before."""
    return _choose(caller, object)


@blueprint.post("/import/<object>")
@page()
def take(caller: Caller, object: str) -> Any:
    """Keep the file and go on to its fields; a file that cannot be read says so in place."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _choose(caller, object, missing=True), 422
    settings = engine().dougong
    try:
        job = steps.upload(caller, object, file.filename, file.stream, settings.home, settings.request_limit)
    except Fault as fault:
        return _choose(caller, object, fault=fault), fault.status
    return redirect_to(f"/imports/{job.id}")


@blueprint.get("/imports")
@page()
def index(caller: Caller) -> str:
    """All imports that this caller may see."""
    return render_template("imports/index.html", jobs=_jobs(caller), model=caller.model)


@blueprint.get("/imports/<uuid:identifier>")
@page()
def show(caller: Caller, identifier: UUID) -> Any:
    """The page of the step that the import is at."""
    job = _job(caller, identifier)
    if request.args.get("step") == "2" and job.state in ("checked", "failed"):
        return _fields(caller, job)
    return _fields(caller, job) if job.state == "draft" else _progress(caller, job)


@blueprint.get("/imports/<uuid:identifier>/progress")
@page()
def progress(caller: Caller, identifier: UUID) -> Any:
    """The fragment that the progress card asks for every second; reloads the page at the end."""
    job = _job(caller, identifier)
    if job.state not in ("checking", "running", "undoing"):
        return redirect_to(f"/imports/{job.id}")
    return render_template("imports/progress.html", job=job)


@blueprint.post("/imports/<uuid:identifier>/mapping")
@page()
def save(caller: Caller, identifier: UUID) -> Any:
    """Save the form's mapping or options; `do` says what comes next: stay, check or start."""
    job = _job(caller, identifier)
    do = request.form.get("do", "stay")
    try:
        if do == "options":
            job = steps.configure(caller, job.id, options=_options(job))
        else:
            job = steps.configure(caller, job.id, mapping=read_mapping(request.form, job.header, job.mapping))
            if do in ("check", "start"):
                (steps.check if do == "check" else steps.start)(caller, job.id)
                return redirect_to(f"/imports/{job.id}")
    except ImportFault as fault:
        return _fields(caller, job, fault), fault.status
    return _fields(caller, job) if is_fragment() else redirect_to(f"/imports/{job.id}?step=2")


@blueprint.post("/imports/<uuid:identifier>/start")
@page()
def start(caller: Caller, identifier: UUID) -> Response:
    """Begin the import after its trial."""
    steps.start(caller, str(identifier))
    return redirect_to(f"/imports/{identifier}")


@blueprint.post("/imports/<uuid:identifier>/undo")
@page()
def undo(caller: Caller, identifier: UUID) -> Response:
    """Take it back."""
    steps.undo(caller, str(identifier))
    return redirect_to(f"/imports/{identifier}")


def _choose(caller: Caller, object: str, fault: Fault | None = None, missing: bool = False) -> str:
    model = steps.importable(caller, object)
    jobs = [job for job in _jobs(caller) if job.object == object][:8]
    text = fault.message(current_locale()) if fault is not None else None
    return render_template("imports/choose.html", object=model, jobs=jobs, fault=text, missing=missing)


def _fields(caller: Caller, job: store.Import, fault: Fault | None = None) -> str:
    return render_template(
        "imports/fields.html",
        job=job,
        object=caller.model.object(job.object),
        columns=column_rows(caller, job),
        fields=field_options(caller, job),
        keys=key_options(caller, job),
        missing=required_unmapped(caller, job),
        sheet_options=[(name, name) for name in job.options.get("sheets") or ()],
        encoding_options=[(name, name) for name in dict.fromkeys((job.options.get("encoding") or "utf-8", *ENCODINGS))],
        step=2,
        fault=fault.message(current_locale()) if fault is not None else None,
    )


def _progress(caller: Caller, job: store.Import) -> str:
    trial = job.state in ("checking", "checked")
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        summary = store.error_summary(tx, job.id, trial=trial)
        errors = store.errors_of(tx, job.id, trial=trial, limit=SHOWN_ERRORS)
    places = {header: place for place, header in enumerate(job.header)}
    columns = {
        (column if isinstance(column, str) else column.get("field")): places[header]
        for header, column in (job.mapping.get("columns") or {}).items()
        if header in places
    }
    return render_template(
        "imports/result.html",
        job=job,
        object=caller.model.object(job.object),
        summary=summary,
        errors=errors,
        place_of=columns,
        step=NUMBERS[job.state],
    )


def _options(job: store.Import) -> dict[str, Any]:
    form = request.form
    row = form.get("header_row", "1")
    return {
        "sheet": form.get("sheet") or None,
        "encoding": form.get("encoding") or None,
        "delimiter": {"tab": "\t"}.get(form.get("delimiter", ""), form.get("delimiter")) or None,
        "header_row": int(row) if row.isdecimal() and 1 <= int(row[:4]) <= 1000 else 1,
    }


def _jobs(caller: Caller) -> list[store.Import]:
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return store.read_all(caller, tx)


def _job(caller: Caller, identifier: UUID) -> store.Import:
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return store.read_own(caller, tx, str(identifier))
