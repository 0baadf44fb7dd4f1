"""One flow's document over a model that is compiled already: for versions of flows that still run, and for trying out
a flow that is no part of the release. Called by the engine's `approvals`."""

from __future__ import annotations

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.beside import names_of
from dougong_metadata.model.check_references import ReferenceCheck
from dougong_metadata.model.compile_approval import compile_approvals
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import load_documents
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problems

_NAMED = ("template", "webhook", "approval")  # kinds that actions name


def compile_flow(model: Model, document: Document) -> ApprovalModel:
    """The flow of an approval's document, as a release with it beside the model's other documents would have it.
    Raises InvalidDocuments with every problem found."""
    problems = Problems()
    others = [d for d in model.documents.values() if d.kind in _NAMED and d.key != document.key]
    beside = load_documents(others, Problems())  # right already: they are released
    flows = load_documents([document], problems)
    names = names_of(model)
    ReferenceCheck(names, problems).check(flows)
    expressions = ExpressionCheck(names, problems)
    made = compile_approvals(flows, model.calendars, expressions, beside)
    if problems or document.name not in made:
        raise InvalidDocuments(problems.sorted())
    return made[document.name]
