"""Documents become a Model, or every problem in them is told at once. Called when a draft is planned or published and
when a release is first used by a process; never while a warm request runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from dougong_metadata.documents import Document, content_hash
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model import compile_layout, compile_list_view
from dougong_metadata.model.check_gates import check_gates
from dougong_metadata.model.check_references import ReferenceCheck
from dougong_metadata.model.compile_app import compile_apps
from dougong_metadata.model.compile_approval import compile_approvals, with_approvals
from dougong_metadata.model.compile_automation import compile_automations, with_automations
from dougong_metadata.model.compile_calendar import compile_calendars, fiscal_start, working_days
from dougong_metadata.model.compile_computed import check_computed, name_rollups
from dougong_metadata.model.compile_dashboard import compile_dashboards
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.compile_home import compile_homes
from dougong_metadata.model.compile_object import (
    check_objects,
    compile_objects,
    name_fields,
    objects_of,
    with_expressions,
)
from dougong_metadata.model.compile_permission_set import check_permission_sets, compile_permission_sets
from dougong_metadata.model.compile_picklist import check_parents, compile_picklists
from dougong_metadata.model.compile_pipeline import compile_pipelines, past_of
from dougong_metadata.model.compile_report import compile_reports
from dougong_metadata.model.compile_sharing import compile_sharing
from dougong_metadata.model.compile_stage_actions import stage_automations
from dougong_metadata.model.compile_submission import submitting_automations
from dougong_metadata.model.compile_template import compile_templates
from dougong_metadata.model.compile_validation import compile_validations
from dougong_metadata.model.compile_webhook import compile_webhooks
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import ADMINISTRATOR, Loaded, load_documents
from dougong_metadata.model.types import Model, PicklistModel
from dougong_metadata.problems import Problem, Problems
from dougong_metadata.system import system_documents

MAX_OBJECTS = 2_000


def compile_model(documents: Iterable[Document]) -> Model:
    """The model of a release's documents and the system objects. Raises InvalidDocuments with every problem found."""
    given = list(documents)
    problems = Problems()
    system = load_documents(system_documents(), problems, system=True)
    own = load_documents(given, problems)
    model = _compile(
        given,
        [*(one for one in own if one.name not in {s.name for s in system} or one.kind.name != "object"), *system],
        frozenset(one.name for one in system),
        problems,
    )
    if problems or model is None:
        raise InvalidDocuments(problems.sorted())
    return model


def problems_of(documents: Iterable[Document]) -> Sequence[Problem]:
    """Every problem that `compile_model` would raise; () when there is none."""
    try:
        compile_model(documents)
    except InvalidDocuments as fault:
        return fault.problems
    return ()


def _compile(
    given: Sequence[Document], loaded: Sequence[Loaded], system: frozenset[str], problems: Problems
) -> Model | None:
    names = Names(
        apps={one.name for one in loaded if one.kind.name == "app"},
        list_views={one.name: one.body.get("object") for one in loaded if one.kind.name == "list_view"},
        permission_sets={ADMINISTRATOR, *(one.name for one in loaded if one.kind.name == "permission_set")},
        picklists=compile_picklists(loaded),
        reports={one.name for one in loaded if one.kind.name == "report"},
        past=past_of(loaded),
    )
    check_parents(loaded, names.picklists, problems)
    name_fields(loaded, names, problems)
    name_rollups(loaded, names, problems)
    if len(names.fields) > MAX_OBJECTS:
        first = objects_of(loaded)[0].document
        problems.add(first, (), "too_many", f"More than {MAX_OBJECTS} objects.", f"对象超过 {MAX_OBJECTS} 个。")
    ReferenceCheck(names, problems).check(loaded)
    check_objects(loaded, names, problems)
    calendars = compile_calendars(loaded, problems)
    names.working_days = working_days(calendars)
    expressions = ExpressionCheck(names, problems)
    with_expressions(loaded, names, expressions)
    check_computed(loaded, names, expressions)
    validations = compile_validations(loaded, expressions)
    layouts = compile_layout.compile_layouts(loaded, expressions, problems)
    list_views = compile_list_view.compile_list_views(loaded, expressions)
    homes = compile_homes(loaded, expressions)
    sharing = compile_sharing(loaded, expressions, problems)
    pipelines = compile_pipelines(loaded, names, expressions, problems)
    approvals = compile_approvals(loaded, calendars, expressions)
    check_gates(loaded, approvals, names, problems)
    automations = (
        compile_automations(loaded, expressions)
        | stage_automations(loaded, pipelines, names, expressions)
        | submitting_automations(loaded, approvals, expressions)
    )
    webhooks = compile_webhooks(loaded, expressions)
    templates = compile_templates(loaded, expressions)
    reports = compile_reports(loaded, pipelines, expressions)
    dashboards = compile_dashboards(loaded, reports, expressions)
    check_permission_sets(loaded, names, problems)
    if problems:
        return None
    objects = with_automations(compile_objects(loaded, names, validations, system, pipelines), automations.values())
    objects = with_approvals(objects, approvals.values())
    picklists: dict[str, PicklistModel] = {name: found for name, found in names.picklists.items() if found is not None}
    return Model(
        content_hash(given),
        MappingProxyType({document.key: document for document in given}),
        MappingProxyType(objects),
        MappingProxyType(picklists),
        MappingProxyType(compile_layout.with_generated(objects, layouts)),
        MappingProxyType(compile_list_view.with_generated(objects, list_views)),
        MappingProxyType(compile_apps(loaded, objects, homes)),
        MappingProxyType(compile_permission_sets(loaded)),
        MappingProxyType({what: tuple(places) for what, places in names.uses.items()}),
        MappingProxyType(sharing),
        calendars=MappingProxyType(calendars),
        working_days=names.working_days,
        pipelines=MappingProxyType(pipelines),
        webhooks=MappingProxyType(webhooks),
        automations=MappingProxyType(automations),
        templates=MappingProxyType(templates),
        approvals=MappingProxyType(approvals),
        reports=MappingProxyType(reports),
        dashboards=MappingProxyType(dashboards),
        fiscal_start=fiscal_start(calendars),
    )
