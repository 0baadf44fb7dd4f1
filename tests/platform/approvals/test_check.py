"""`dougong check` lists approvals that nobody can decide, with the reason and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from approving import OBJECTS, Approving, make_approving
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.governing import reassign
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people.delegations import create, end
from dougong_platform.approvals.versions.stuck import approvals
from dougong_platform.cli import main
from dougong_platform.integrity import check
from dougong_tenants.people import activate_user, deactivate_user

FLOW = """
---
kind: approval
name: {need}
object: purchase
label: {{en: {need}, zh: {need}}}
nodes: [{{name: first, kind: approve, need: {need}{more}, by: [{by}]}}]
"""
_TWO = "{user: bea@approving.test}, {user: eve@approving.test}"
_THREE = f"{_TWO}, {{user: fay@approving.test}}"
DOCUMENTS = OBJECTS + "".join(
    (
        FLOW.format(need="any", by=_TWO, more=""),
        FLOW.format(need="all", by=_TWO, more=""),
        FLOW.format(need="count", by=_THREE, more=", count: 2"),
    )
)
MEND = "reassign their tasks, move them to another node, or end them"


@pytest.fixture(scope="module")
def checked(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, DOCUMENTS, "checked")
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def clean(checked: Approving) -> Iterator[None]:
    yield
    for table in ("_approval", "_approval_delegation", "_outbox"):
        checked.run(f"delete from {table}")


def sent(checked: Approving, flow: str) -> str:
    (made,) = submit(checked.caller("dan"), flow, "purchase", [checked.purchase()])
    assert made.approval is not None, made.problem
    return made.approval


def wrong(checked: Approving) -> list[tuple[str, str, tuple[str, ...]]]:
    found = dict(check(checked.database, checked.tenant, Path("/nowhere")))
    assert approvals.__module__.endswith("stuck")
    assert all(one.text.zh for one in found["approvals"])
    return [(one.subject, one.text.en, one.examples) for one in found["approvals"]]


@contextmanager
def gone(checked: Approving, *people: str) -> Iterator[None]:
    for who in people:
        deactivate_user(checked.database, checked.tenant, checked.people[who])
    try:
        yield
    finally:
        for who in people:
            activate_user(checked.database, checked.tenant, checked.people[who])


def test_approvals_that_somebody_can_decide_are_not_listed(checked: Approving) -> None:
    for flow in ("any", "all", "count"):
        sent(checked, flow)
    assert wrong(checked) == []
    with gone(checked, "dan"):  # who submitted them
        assert wrong(checked) == []


def test_those_that_wait_for_people_who_have_left_are_listed(checked: Approving) -> None:
    one, other = sent(checked, "any"), sent(checked, "all")
    with gone(checked, "bea"):  # where one is enough, eve is; where all are needed, she is not
        assert wrong(checked) == [("all", f"waits at “first” for Bea, who left: {MEND}", (other,))]
        decide(checked.caller("eve"), other, "approve")
        assert wrong(checked) == [("all", f"waits at “first” for Bea, who left: {MEND}", (other,))]
    with gone(checked, "bea", "eve"):
        assert ("any", f"waits at “first” for Bea, Eve, who left: {MEND}", (one,)) in wrong(checked)


def test_of_those_of_whom_some_are_enough_as_many_have_to_be_there(checked: Approving) -> None:
    one = sent(checked, "count")
    with gone(checked, "bea"):
        assert wrong(checked) == []
    with gone(checked, "bea", "eve"):
        assert [found[2] for found in wrong(checked)] == [(one,)]
        decide(checked.caller("fay"), one, "approve")
        assert [found[2] for found in wrong(checked)] == [(one,)]


def test_somebody_who_decides_for_them_is_enough(checked: Approving) -> None:
    sent(checked, "all")
    made = create(checked.caller("bea"), delegate=checked.people["gus"], flows=["all"])
    with gone(checked, "bea"):
        assert wrong(checked) == []
        end(checked.admin, made.id)
        assert len(wrong(checked)) == 1
        create_for_dan = create  # the submitter himself is no help
    create_for_dan(checked.caller("bea"), delegate=checked.people["dan"])
    with gone(checked, "bea"):
        assert len(wrong(checked)) == 1


def test_what_was_said_to_mend_it_mends_it(checked: Approving) -> None:
    one = sent(checked, "all")
    with gone(checked, "bea"):
        ((task,),) = checked.rows('select id from _approval_task where "user" = %s', [checked.people["bea"]])
        reassign(checked.admin, one, task, checked.people["cat"], "Bea has left")
        assert wrong(checked) == []


def test_one_that_was_returned_to_somebody_who_has_left_is_listed(checked: Approving) -> None:
    one = sent(checked, "any")
    decide(checked.caller("bea"), one, "return")
    assert wrong(checked) == []
    with gone(checked, "dan"):
        said = "was returned to somebody who has left: move them to a node, or end them"
        assert wrong(checked) == [("any", said, (one,))]


def test_one_without_a_task_or_a_step_is_listed(checked: Approving) -> None:
    one, other = sent(checked, "any"), sent(checked, "all")
    checked.run("delete from _approval_task where approval = %s", [one])
    checked.run("update _approval_step set state = 'passed' where approval = %s", [other])
    assert wrong(checked) == [
        ("all", f"waits at no node: {MEND}", (other,)),
        ("any", f"waits at “first”, where nobody is asked: {MEND}", (one,)),
    ]


def test_a_version_that_fits_no_more_is_listed_with_why(checked: Approving) -> None:
    one = sent(checked, "any")
    checked.run(
        "update _approval_version set digest = 'old', body = jsonb_set(body::jsonb, '{entry}', '\"no_such > 1\"')::text"
        " where flow = 'any'"
    )
    try:
        ((subject, text, examples),) = wrong(checked)
    finally:
        checked.run("delete from _approval_version where flow = 'any'")
    assert (subject, examples) == ("any", (one,))
    assert text.startswith("runs under version 1, which fits no more (")
    assert "no_such" in text
    assert text.endswith("move them to the current version, or end them")
    ((_, text, _),) = wrong(checked)  # the version itself is gone
    assert "It is not there." in text


def test_the_command_names_them(
    checked: Approving, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = sent(checked, "all")
    settings = {"DATABASE_URL": checked.database.dsn, "REDIS_URL": redis_url, "DOUGONG_SECRET": "test"}
    for name, value in {**settings, "DOUGONG_HOME": str(tmp_path), "LC_ALL": "C"}.items():
        monkeypatch.setenv(name, value)
    with gone(checked, "bea"):
        answer = CliRunner().invoke(main, ["check", "--tenant", "checked"])
    assert answer.exit_code == 2, answer.output
    assert "✗ Somebody can decide each running approval" in answer.output
    assert f"all waits at “first” for Bea, who left: {MEND}  {one}" in answer.output
