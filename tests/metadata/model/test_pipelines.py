"""Pipelines: what their documents become, what can be wrong with them, and where a record may go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.compile import compile_model, problems_of
from dougong_metadata.model.flow_types import ChecklistItem, PipelineModel, StageModel
from dougong_metadata.model.types import Model, Use
from dougong_metadata.yaml_writing import write_yaml

BOOK: Mapping[str, Any] = {
    "kind": "object",
    "name": "book",
    "name_field": "title",
    "record_types": {"novel": {"default": True}, "poem": {"picklists": {"stage": ["draft", "printed", "lost"]}}},
    "fields": {
        "title": {"type": "text"},
        "number": {"type": "auto_number", "format": "B-{0000}"},
        "price": {"type": "currency"},
        "due": {"type": "date"},
        "since": {"type": "datetime"},
        "why": {"type": "picklist", "values": ["dear", "late"]},
        "tags": {"type": "multi_picklist", "values": ["a"]},
        "stage": {
            "type": "picklist",
            "values": [
                {"value": "draft", "label": {"en": "Draft", "zh": "草稿"}, "colour": "info"},
                "review",
                "printed",
                "lost",
                {"value": "old", "active": False},
            ],
        },
    },
}
STAGES: Mapping[str, Any] = {
    "draft": {"probability": 10, "stall_days": 14, "limit": 20, "guidance": {"en": "Write", "zh": "写"}},
    "review": {
        "colour": "warn",
        "forecast": "commit",
        "required": ["price", "due"],
        "checklist": {"read_once": {"label": "Read it once"}, "read_twice": {"label": "Twice", "required": False}},
        "must": "price > 0 and changed(stage)",
        "message": {"en": "It needs a price.", "zh": "须有价格。"},
        "to": ["printed", "lost"],
        "approval": "release_of_books",
    },
    "printed": {"outcome": "won"},
    "lost": {"outcome": "lost", "reason": "why"},
}
FLOW: Mapping[str, Any] = {
    "kind": "approval",
    "name": "release_of_books",
    "object": "book",
    "nodes": [{"name": "editor", "kind": "approve", "by": [{"manager": 1}]}],
}
SALE: Mapping[str, Any] = {"kind": "pipeline", "name": "sale", "object": "book", "field": "stage", "stages": STAGES}


def documents(*bodies: Mapping[str, Any]) -> list[Document]:
    return read_documents("---\n".join(write_yaml(body) for body in bodies), "books.yaml")


def model(*bodies: Mapping[str, Any]) -> Model:
    return compile_model(documents(*bodies, FLOW))


def wrong(*bodies: Mapping[str, Any]) -> dict[str, str]:
    """The problems by path of the last body that was given (codes)."""
    return {problem.path: problem.code for problem in problems_of(documents(BOOK, FLOW, *bodies))}


def stages(**changes: Any) -> dict[str, Any]:
    """SALE with stages changed: a key that is None is taken away."""
    made = {**STAGES, **{name: {**STAGES.get(name, {}), **(said or {})} for name, said in changes.items()}}
    return {**SALE, "stages": {name: said for name, said in made.items() if changes.get(name, said) is not None}}


def test_a_pipelines_stages_stand_in_their_order_with_what_each_asks_for() -> None:
    made = model(BOOK, {**SALE, "since": "since", "back": False, "skip": True, "reopen": True, "label": "Sale"})
    sale = made.pipelines["sale"]
    assert made.objects["book"].pipelines == (sale,)
    assert (sale.object, sale.field, sale.label, sale.since) == ("book", "stage", Label("Sale", "Sale"), "since")
    assert (sale.back, sale.skip, sale.reopen, sale.record_types) == (False, True, True, ())
    assert [(name, stage.value, stage.position) for name, stage in sale.stages.items()] == [
        ("draft", "draft", 0),
        ("review", "review", 1),
        ("printed", "printed", 2),
        ("lost", "lost", 3),
    ]
    draft, review = sale.stages["draft"], sale.stages["review"]
    assert (draft.label, draft.colour, draft.probability, draft.stall_days, draft.limit, draft.guidance) == (
        Label("Draft", "草稿"),
        "info",
        10,
        14,
        20,
        Label("Write", "写"),
    )
    assert (review.colour, review.forecast, review.required, review.to) == (
        "warn",
        "commit",
        ("price", "due"),
        ("printed", "lost"),
    )
    assert review.checklist == (
        ChecklistItem("read_once", Label("Read it once", "Read it once"), True),
        ChecklistItem("read_twice", Label("Twice", "Twice"), False),
    )
    assert review.must is not None
    assert "CHANGED" in review.must.functions
    assert (review.message, review.approval) == (Label("It needs a price.", "须有价格。"), "release_of_books")
    assert sale.stages["lost"].reason == "why"


def test_closed_stages_have_their_probability_and_forecast_unless_they_say_otherwise() -> None:
    found = model(BOOK, stages(lost={"probability": 5, "forecast": "pipeline"})).pipelines["sale"].stages
    assert [(s.outcome, s.probability, s.forecast, s.is_closed) for s in found.values()] == [
        ("open", 10, "pipeline", False),
        ("open", None, "commit", False),
        ("won", 100, "closed", True),
        ("lost", 5, "pipeline", True),
    ]


def test_where_a_field_is_used_names_the_pipeline() -> None:
    uses = model(BOOK, {**SALE, "since": "since", "record_types": ["novel"]}).uses
    assert Use("pipeline", "sale", "object") in uses["book"]
    assert uses["book.stage"] == (
        Use("object", "book", "record_types.poem.picklists.stage"),
        Use("pipeline", "sale", "field"),
        Use("pipeline", "sale", "stages.review.must"),
    )
    assert uses["book.price"] == (
        Use("pipeline", "sale", "stages.review.required[0]"),
        Use("pipeline", "sale", "stages.review.must"),
    )
    assert uses["book.why"] == (Use("pipeline", "sale", "stages.lost.reason"),)
    assert uses["book.since"] == (Use("pipeline", "sale", "since"),)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({**SALE, "object": "bok"}, "object", "unknown_name"),
        ({**SALE, "object": "team", "field": "name"}, "field", "not_a_picklist"),
        ({**SALE, "field": "stag"}, "field", "unknown_name"),
        ({**SALE, "field": "title"}, "field", "not_a_picklist"),
        ({**SALE, "field": "tags"}, "field", "not_a_picklist"),
        ({**SALE, "record_types": ["novell"]}, "record_types[0]", "unknown_name"),
        ({**SALE, "since": "due"}, "since", "not_a_moment"),
        ({**SALE, "since": "created_at"}, "since", "not_a_moment"),
        ({**SALE, "stages": {}}, "stages", "value_without_stage"),
        ({key: value for key, value in SALE.items() if key != "stages"}, "stages", "required"),
        (stages(reviews={}), "stages.reviews", "unknown_name"),
        (stages(review=None, draft={}), "stages", "value_without_stage"),
        (stages(draft={"outcome": "lost"}, review={"outcome": "won"}), "stages", "no_open_stage"),
        (stages(draft={"outcome": "win"}), "stages.draft.outcome", "unknown_name"),
        (stages(draft={"forecast": "sure"}), "stages.draft.forecast", "unknown_name"),
        (stages(draft={"probability": 101}), "stages.draft.probability", "out_of_range"),
        (stages(draft={"stall_days": 0}), "stages.draft.stall_days", "out_of_range"),
        (stages(draft={"colour": "pink"}), "stages.draft.colour", "bad_form"),
        (stages(draft={"to": ["printd"]}), "stages.draft.to[0]", "unknown_name"),
        (stages(draft={"to": ["lost", "lost"]}), "stages.draft.to[1]", "given_twice"),
        (stages(draft={"required": ["prize"]}), "stages.draft.required[0]", "unknown_name"),
        (stages(draft={"required": ["number"]}), "stages.draft.required[0]", "not_filled_in"),
        (stages(draft={"required": ["updated_at"]}), "stages.draft.required[0]", "not_filled_in"),
        (stages(draft={"reason": "id"}), "stages.draft.reason", "not_filled_in"),
        (stages(draft={"must": "prize > 0"}), "stages.draft.must", "expression_invalid"),
        (stages(draft={"message": "No."}), "stages.draft.message", "message_alone"),
        (stages(draft={"checklist": {"Read": {}}}), "stages.draft.checklist.Read", "bad_name"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(body: Mapping[str, Any], path: str, code: str) -> None:
    assert wrong(body).get(path) == code, wrong(body)


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    found = problems_of(documents(BOOK, stages(draft={"to": ["printd"]}, reviews={}, review=None)))
    assert {problem.path: problem.hint for problem in found} == {
        "stages": "review",
        "stages.draft.to[0]": "printed",
        "stages.reviews": "review",
    }


def test_an_item_of_a_checklist_is_called_differently_from_the_others() -> None:
    text = write_yaml(BOOK) + "---\n" + write_yaml(stages(draft={"checklist": {"seen": {}}}))
    with pytest.raises(InvalidDocuments) as caught:
        read_documents(text.replace("seen: {}", "seen: {}, seen: {required: false}"), "books.yaml")
    assert "seen" in caught.value.problems[0].en


def test_a_stage_asks_for_owner_and_for_a_value_that_records_have() -> None:
    assert wrong(stages(draft={"required": ["owner", "record_type", "title"]})) == {}


def test_records_of_the_system_have_no_pipeline() -> None:
    assert wrong({**SALE, "object": "user", "field": "kind", "stages": {"person": {}, "queue": {}}}) == {
        "object": "system_object"
    }


def test_an_inactive_value_need_not_be_a_stage_but_may_be() -> None:
    assert wrong(SALE) == {}
    assert wrong(stages(old={})) == {}


def test_the_stages_of_a_record_type_are_the_values_it_may_have() -> None:
    poem = {**stages(review=None), "name": "poems", "record_types": ["poem"]}
    assert wrong(poem) == {}
    assert wrong({**poem, "record_types": ["poem", "novel"]}) == {"stages": "value_without_stage"}
    rest = {**SALE, "record_types": []}
    assert wrong(rest, poem) == {}
    made = model(BOOK, rest, poem)
    assert [pipeline.name for pipeline in made.objects["book"].pipelines] == ["poems", "sale"]
    novel = {**stages(review=None), "name": "rest"}  # for the poems alone, as the others are named
    assert wrong(novel, {**SALE, "record_types": ["novel"]}) == {}


def test_a_record_type_has_one_pipeline_for_a_field() -> None:
    assert wrong(SALE, {**SALE, "name": "second"}) == {"field": "second_pipeline"}
    novel = {**SALE, "name": "of_novels", "record_types": ["novel"]}
    assert wrong(SALE, novel) == {}
    assert wrong(novel, {**SALE, "record_types": ["novel"]}) == {"record_types[0]": "second_pipeline"}
    other = {"kind": "pipeline", "name": "why", "object": "book", "field": "why", "stages": {"dear": {}, "late": {}}}
    assert wrong(SALE, other) == {}


def test_actions_of_a_stage_are_automations_of_the_record() -> None:
    entering = [{"set": {"due": "TODAY() + 3"}}, {"update": {"set": {"title": '"In review"'}}}]
    leaving = [{"update": {"set": {"title": '"Reviewed"'}}}]
    made = model(BOOK, {**stages(review={"on_enter": entering, "on_exit": leaving}), "record_types": ["novel"]})
    found = made.objects["book"].automations
    assert sorted((a.before, a.trigger.kind, [one.kind for one in a.actions]) for a in found) == [
        (False, "saved", ["update"]),
        (False, "updated", ["update"]),
        (True, "saved", ["set"]),
    ]
    for automation in found:
        assert (automation.origin, automation.record_types) == ("pipeline/sale", ("novel",))
        assert automation.trigger.fields == ("stage",)
        assert automation.condition is not None
        assert made.automations[automation.name] is automation


def test_what_is_wrong_with_an_action_is_told_at_its_step() -> None:
    body = stages(draft={"on_enter": [{"set": {"due": "TODAY()"}}, {"update": {"set": {"titel": '"x"'}}}]})
    assert list(wrong(body)) == ["stages.draft.on_enter[1].update.set.titel"]


def test_the_example_of_the_guide_is_right() -> None:
    guide = Path(__file__, *[".."] * 4, "docs", "pipelines.md").resolve().read_text("utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0]
    fields = {**BOOK["fields"], "stage_since": {"type": "datetime"}, "shelf": {"type": "text"}}
    made = compile_model([*documents({**BOOK, "fields": fields}, FLOW), *read_documents(example, "pipelines.md")])
    assert list(made.pipelines["sale"].stages) == ["draft", "review", "printed", "lost"]
    assert made.objects["book"].automations


# --- where a record may go --------------------------------------------------------------------------------------------

OUTCOMES = st.sampled_from(["open", "open", "open", "won", "lost"])


@st.composite
def pipelines(draw: st.DrawFn) -> PipelineModel:
    outcomes = draw(st.lists(OUTCOMES, min_size=1, max_size=7))
    names = [f"s{index}" for index in range(len(outcomes))]
    made = {
        name: StageModel(
            name,
            Label(name, name),
            position,
            outcome=outcome,
            to=draw(st.none() | st.lists(st.sampled_from(names), unique=True).map(tuple)),
        )
        for position, (name, outcome) in enumerate(zip(names, outcomes, strict=True))
    }
    back, skip, reopen = (draw(st.booleans()) for _ in range(3))
    return PipelineModel("p", "book", "stage", Label("p", "p"), made, (), back, skip, reopen)


def may_go(pipeline: PipelineModel, here: str | None, there: str) -> bool:
    """The rule in words, read one move at a time."""
    if here is None or here not in pipeline.stages:
        return True
    order = list(pipeline.stages)
    start, end = pipeline.stages[here], pipeline.stages[there]
    if start.to is not None:
        return there in start.to
    if here == there:
        return False
    if start.outcome != "open":
        return pipeline.reopen
    if end.outcome == "lost":
        return True
    if order.index(there) < order.index(here):
        return pipeline.back
    between = order[order.index(here) + 1 : order.index(there)]
    return pipeline.skip or all(pipeline.stages[name].outcome != "open" for name in between)


@given(pipelines())
def test_the_targets_of_a_stage_are_the_moves_that_the_definition_allows(pipeline: PipelineModel) -> None:
    for here in [None, "elsewhere", *pipeline.stages]:
        assert pipeline.targets(here) == tuple(name for name in pipeline.stages if may_go(pipeline, here, name))


@given(pipelines())
def test_every_gate_on_the_way_forward_counts_and_none_on_the_way_back(pipeline: PipelineModel) -> None:
    order = list(pipeline.stages)
    for before in [None, "elsewhere", *order]:
        for after in order:
            passed = [stage.value for stage in pipeline.passed(before, after)]
            if before == after:
                assert passed == []
                continue
            closed = before in pipeline.stages and pipeline.stages[str(before)].is_closed
            start = -1 if before not in pipeline.stages or closed else order.index(str(before))
            way = [name for name in order[start + 1 : order.index(after)] if not pipeline.stages[name].is_closed]
            named = before in pipeline.stages and pipeline.stages[str(before)].to is not None
            if pipeline.stages[after].outcome == "lost" or (named and order.index(after) > start):
                assert passed == [after]
            elif order.index(after) < start:
                assert passed == []
            else:
                assert passed == [*way, after]


@given(pipelines())
def test_whoever_may_not_skip_never_passes_a_gate_unseen(pipeline: PipelineModel) -> None:
    """Going step by step meets the gates that one long move meets, so skipping saves nobody a gate."""
    order = list(pipeline.stages)
    for before in order:
        for after in order:
            if pipeline.stages[before].is_closed or pipeline.stages[after].outcome == "lost":
                continue
            if any(stage.to is not None for stage in pipeline.stages.values()):
                continue  # who names the next stages says himself what is left out
            met: list[str] = []
            at: str = before
            for name in order[order.index(before) + 1 : order.index(after) + 1]:
                if name == after or not pipeline.stages[name].is_closed:
                    met += [stage.value for stage in pipeline.passed(at, name)]
                    at = name
            assert met == [stage.value for stage in pipeline.passed(before, after)]
