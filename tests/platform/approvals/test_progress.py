"""What each of those concerned sees of an approval, and what nobody may find out there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from all_said import all_said
from approval_rows import clear, delegate
from approving import DOCUMENTS, Approving, make_approving
from dougong_platform import records
from dougong_platform.approvals.moves import asking, governing
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.reading.events_said import Said, said
from dougong_platform.approvals.reading.inbox import of_record
from dougong_platform.approvals.reading.may import ACTIONS
from dougong_platform.approvals.reading.opening import open_file
from dougong_platform.approvals.reading.progress import Progress, progress
from dougong_platform.approvals.reading.shown_steps import KEPT_BACK
from dougong_platform.errors import NotFound, RecordsInvalid
from dougong_platform.files import attachment
from dougong_platform.files.store import FileStore
from dougong_tenants.people import create_user

FURTHER = """
---
kind: approval
name: dear
object: purchase
label: {en: Dear purchase, zh: 高价采购}
title: {en: "{{ title }} costs {{ cost }}", zh: "{{ title }}成本{{ cost }}"}
nodes:
  - {name: cashier, kind: approve, label: {en: Cashier, zh: 财务}, by: [{permission_set: cashier}]}
  - name: by_cost
    kind: branch
    label: {en: By cost, zh: 按成本}
    branches:
      - name: much
        label: {en: Dear, zh: 高价}
        if: cost > 4000
        nodes: [{name: director, kind: approve, label: {en: Director, zh: 总监}, by: [{field: reviewer}]}]
      - {name: little, label: {en: Cheap, zh: 低价}, nodes: []}
---
kind: approval
name: priced
object: purchase
label: {en: Priced, zh: 定价}
shown: [total, discount, cost, papers]
nodes:
  - {name: cashier, kind: approve, label: {en: Cashier, zh: 财务}, by: [{permission_set: cashier}], edit: [discount]}
  - {name: chief, kind: approve, label: {en: Chief, zh: 主管}, by: [{manager: 1}], edit: [cost]}
---
kind: approval
name: noted
object: purchase
label: {en: Noted, zh: 备注}
shown: [supplier, note]
nodes:
  - {name: chief, kind: approve, by: [{manager: 1}], edit: [note]}
  - {name: reader, kind: approve, by: [{permission_set: masked}]}
---
kind: permission_set
name: masked
objects: {purchase: {read: own}, supplier: {read: all}}
fields: {purchase.note: mask, supplier.name: none}
---
kind: permission_set
name: keeper
label: {en: Keeper of people, zh: 人事}
system: [people]
objects: {supplier: {read: all}}
"""


@pytest.fixture(scope="module")
def approving(module_database_url: str) -> Iterator[Approving]:
    """The company with two more flows, and pat, who keeps the people and knows nothing of purchases."""
    made = make_approving(module_database_url, DOCUMENTS + FURTHER)
    given = {"name": "Pat", "email": "pat@approving.test"}
    made.people["pat"] = create_user(made.database, made.tenant, given, permission_sets=["keeper"]).id
    given = {"name": "Max", "email": "max@approving.test"}
    made.people["max"] = create_user(made.database, made.tenant, given, permission_sets=["masked"]).id
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def empty(approving: Approving) -> Iterator[None]:
    yield
    clear(approving)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def sent(company: Approving, flow: str, who: str = "dan", note: str | None = None, **values: Any) -> str:
    id = company.purchase(who, **({"total": "9000", "cost": "4321.09"} | values))
    (answer,) = submit(company.caller(who), flow, "purchase", [id], note=note)
    assert answer.approval is not None, answer.problem
    return answer.approval


def seen(company: Approving, who: str, approval: str, locale: str = "en") -> Progress:
    return progress(company.caller(who, locale), approval)


def values(found: Progress) -> dict[str, Any]:
    return {one.name: one.value for one in found.fields}


def test_who_submitted_sees_where_it_is_and_what_is_still_ahead(approving: Approving) -> None:
    one = sent(approving, "by_amount", note="Please.")
    found = seen(approving, "dan", one)
    assert (found.state, found.flow_label, found.title, found.note) == (
        "running", "Purchase by amount", "Paper", "Please.",
    )  # fmt: skip
    (step,) = found.steps
    assert (step.label, step.state, [task.user.name for task in step.tasks]) == ("Supervisor", "open", ["Bea"])
    assert step.tasks[0].why == "Manager of Dan"
    assert [(one.node, [found.names[p.user] for p in one.people]) for one in found.ahead] == [
        ("by_size", []),
        ("director", ["Cat"]),
    ]
    assert found.ahead[0].branch is not None
    assert found.ahead[0].branch.en == "Up to 50000"
    assert found.ahead[0].why == {"en": "Total ≤ 50,000", "zh": "总额 ≤ 5 万"}
    assert found.may == {"comment", "recall", "urge"}
    assert [event.text for event in found.events] == ["Dan submitted it", "“Supervisor”: Bea asked"]


def test_who_is_asked_sees_the_flows_fields_but_for_what_his_node_hides(approving: Approving) -> None:
    one = sent(approving, "by_amount")
    found = seen(approving, "bea", one)
    assert list(values(found)) == ["supplier", "total", "discount"]
    assert values(found)["total"] == "9000.00"
    assert found.editable == ("discount",)
    assert found.comment == "on_refusal"
    assert found.may == {"approve", "reject", "return", "transfer", "add", "consult", "comment"}
    assert found.return_targets == (("submitter", "Submitter"),)
    assert [(id == found.steps[0].tasks[0].id, behalf) for id, behalf in found.tasks] == [(True, None)]
    decide(approving.caller("bea"), one, "approve")
    later = seen(approving, "cat", one)
    assert list(values(later)) == ["supplier", "total", "cost", "margin", "discount"]
    assert later.return_targets == (("submitter", "Submitter"), ("supervisor", "Supervisor"))


def test_nothing_of_a_hidden_field_is_told_anywhere(approving: Approving) -> None:
    """Not by the field, nor by a formula over it, a way that it decided, or a change that somebody made."""
    one = sent(approving, "experts", total="9000", cost="4321.09")
    for who in ("eve", "fay"):
        text = told(seen(approving, who, one))
        assert "4321" not in text, who
        assert "4678" not in text, f"{who} could work it out from the margin"
        assert '"cost"' not in text
    assert "4321.09" in told(seen(approving, "cat", one))
    decide(approving.caller("eve"), one, "approve")
    decide(approving.caller("fay"), one, "approve")
    assert "4321" not in told(seen(approving, "eve", one)), "after deciding as before"
    decide(approving.caller("cat"), one, "approve")
    assert "4321.09" in told(seen(approving, "gus", one)), "the flow shows it to whom it sends a copy"


def told(found: Progress) -> str:
    """All that an answer could say."""
    fields = [(one.name, one.value, one.called) for one in found.fields]
    parts = [fields, found.steps, found.events, [(one.why, one.branch, one.people) for one in found.ahead], found.title]
    return all_said(parts)


def test_reasons_and_titles_keep_back_what_they_speak_of(approving: Approving) -> None:
    """fay's sets open purchases and close their cost; the flow's title, its way and its rule speak of the cost."""
    one = sent(approving, "dear", reviewer=approving.people["cat"])
    fay, ann = seen(approving, "fay", one), seen(approving, "ann", one)
    assert (fay.title, ann.title) == ("Dear purchase", "Paper costs CN¥4,321.09")
    way, theirs = fay.ahead[0], ann.ahead[0]
    assert way.why == KEPT_BACK
    assert theirs.why == {"en": "Cost > 4000", "zh": "成本 > 4000"}
    assert "4321" not in told(fay)
    decide(approving.caller("fay"), one, "approve")
    assert "4000" not in told(seen(approving, "fay", one))
    assert seen(approving, "ann", one).steps[1].why == "Cost > 4000"
    assert seen(approving, "fay", one).steps[1].why == KEPT_BACK["en"]
    changed = [event for event in seen(approving, "ann", one).events if event.action == "branch"]
    assert [event.text for event in changed] == ["“By cost” goes the way “Dear”"]


def test_what_an_approver_changed_is_told_to_those_who_may_know_the_field(approving: Approving) -> None:
    one = sent(approving, "priced")
    decide(approving.caller("fay"), one, "approve", values={"discount": "0.2"})
    decide(approving.caller("bea"), one, "approve", values={"cost": "99.5"})
    assert [dict(event.changed) for event in seen(approving, "ann", one).events if event.changed] == [
        {"discount": "0.2"}, {"cost": "99.5"},
    ]  # fmt: skip
    assert [dict(event.changed) for event in seen(approving, "fay", one).events if event.changed] == [
        {"discount": "0.2"}
    ]
    assert "99.5" not in told(seen(approving, "fay", one))
    assert values(seen(approving, "ann", one))["discount"] == "0.2000"


def test_masks_stay_and_links_name_only_what_may_be_known(approving: Approving) -> None:
    supplier = records.create(approving.admin, "supplier", [{"name": "Zander"}]).records[0].id
    record = approving.purchase(note="Hush hush", supplier=supplier)
    one = submit(approving.caller("dan"), "noted", "purchase", [record])[0].approval
    assert one is not None
    bea = {field.name: (field.value, field.called) for field in seen(approving, "bea", one).fields}
    assert bea == {"supplier": (supplier, "Zander"), "note": ("Hush hush", None)}
    decide(approving.caller("bea"), one, "approve", values={"note": "Be quiet"})
    found = seen(approving, "max", one)
    by_name = {field.name: (field.value, field.called, field.masked) for field in found.fields}
    assert by_name == {"supplier": (supplier, None, False), "note": ("B***", None, True)}
    assert "quiet" not in told(found)
    assert "Zander" not in told(found)


def test_only_those_concerned_see_it(approving: Approving) -> None:
    one = sent(approving, "simple")
    assert seen(approving, "cat", one).readable, "who may read the record"
    for who in ("eve", "gus"):
        with pytest.raises(NotFound):
            seen(approving, who, one)
        with pytest.raises(NotFound):
            asking.comment(approving.caller(who), one, "Let me in.")
    for id in ("01a20475-20a2-78d7-818f-ccec7a630482", "nothing", "", "x" * 36):
        with pytest.raises(NotFound):
            seen(approving, "ann", id)
    delegate(approving, "bea", "eve", "by_amount")
    with pytest.raises(NotFound):
        seen(approving, "eve", one)
    delegate(approving, "bea", "eve", "simple")
    found = seen(approving, "eve", one)
    assert [behalf for _, behalf in found.tasks] == ["Bea"]
    assert "approve" in found.may
    assert not found.readable
    assert "total" in values(found), "who decides sees what it is about"


def test_who_reads_the_record_sees_there_what_he_reads_elsewhere(approving: Approving) -> None:
    one = sent(approving, "by_amount")
    cat = seen(approving, "cat", one)
    assert values(cat)["cost"] == "4321.09"
    assert (cat.may, cat.tasks, cat.editable) == ({"comment"}, (), ())
    gone = approving.rows("select record from _approval where id = %s::uuid", [one])[0][0]
    decide(approving.caller("bea"), one, "reject", comment="No.")
    records.delete(approving.caller("dan"), "purchase", [gone])
    assert seen(approving, "bea", one).fields == (), "of a deleted record nothing is shown"
    assert seen(approving, "bea", one).state == "rejected"


def test_what_an_administrator_without_a_right_to_the_record_sees_is_how_it_stands(approving: Approving) -> None:
    one = sent(approving, "by_amount")
    found = seen(approving, "pat", one)
    assert found.fields == ()
    assert "4321" not in told(found)
    assert found.may == {"comment", "urge", "reassign", "jump", "end"}
    assert found.ahead[0].why == KEPT_BACK


def test_a_delegate_is_named_with_the_one_he_acts_for(approving: Approving) -> None:
    delegate(approving, "bea", "eve")
    one = sent(approving, "simple")
    decide(approving.caller("eve"), one, "approve", comment="In her place.")
    found = seen(approving, "dan", one)
    (event,) = [event for event in found.events if event.action == "approved"]
    assert (event.text, event.comment) == ("Eve, for Bea, approved", "In her place.")
    (event,) = [event for event in seen(approving, "dan", one, "zh").events if event.action == "approved"]
    assert event.text == "Eve（代Bea）同意"
    (task,) = found.steps[0].tasks
    assert (task.user.name, task.decided_by and task.decided_by.name, task.state) == ("Bea", "Eve", "approved")
    assert task.seconds is not None


def test_every_action_is_told_in_words(approving: Approving) -> None:
    one = sent(approving, "by_amount")
    bea, cat, dan = (approving.caller(who) for who in ("bea", "cat", "dan"))
    asking.consult(bea, one, [approving.people["fay"]], "Dear?")
    asking.opine(approving.caller("fay"), one, "Not at all.")
    asking.comment(dan, one, "Thank you.", mentions=[approving.people["bea"]])
    asking.urge(dan, one)
    decide(bea, one, "return", comment="Less.", back=True)
    governing.resubmit(dan, one, "As you say.")
    asking.add_before(bea, one, [approving.people["eve"]], "Law?")
    decide(approving.caller("eve"), one, "approve")
    decide(bea, one, "approve", add_after=[approving.people["gus"]])
    decide(approving.caller("gus"), one, "approve")
    asking.transfer(cat, one, approving.people["fay"])
    governing.reassign(approving.admin, one, task_of(approving, one), approving.people["cat"], "fay is ill")
    governing.jump(approving.admin, one, "supervisor", "once more")
    governing.end(approving.admin, one, "rejected", "enough")
    en, zh = seen(approving, "ann", one), seen(approving, "ann", one, "zh")
    assert [event.text for event in en.events if event.actor] == [
        "Dan submitted it",
        "Bea asked Fay for an opinion",
        "Fay gave an opinion",
        "Dan commented",
        "Dan reminded Bea",
        "Bea returned it to the submitter",
        "Dan submitted it again",
        "Bea asked Eve to sign first",
        "Eve approved",
        "Bea approved",
        "Gus approved",
        "Cat handed it on to Fay",
        "Ann had Cat asked instead",
        "Ann moved it to “Supervisor”",
        "Ann ended it as rejected",
    ]
    known = {event.action for event in en.events}
    assert not [event.text for event in zh.events if event.text.isascii()], known
    assert en.state == "rejected"
    assert en.may == {"comment"}


def task_of(company: Approving, approval: str) -> str:
    return str(
        company.rows("select id from _approval_task where approval = %s::uuid and state = 'open'", [approval])[0][0]
    )


def test_what_may_be_done_follows_how_it_stands(approving: Approving) -> None:
    one = sent(approving, "by_amount")
    decide(approving.caller("bea"), one, "return", comment="Less.")
    assert seen(approving, "dan", one).may == {"comment", "recall", "resubmit"}
    assert seen(approving, "bea", one).may == {"comment"}
    assert seen(approving, "ann", one).may == {"comment", "jump", "end"}
    governing.resubmit(approving.caller("dan"), one)
    asking.urge(approving.caller("dan"), one)
    again = seen(approving, "dan", one)
    assert "urge" not in again.may
    assert again.urge_again_at is not None
    governing.recall(approving.caller("dan"), one)
    over = seen(approving, "dan", one)
    assert (over.may, over.ahead, over.state) == ({"comment"}, (), "recalled")
    assert set().union(*(seen(approving, who, one).may for who in ("bea", "ann"))) <= set(ACTIONS)


def test_a_record_names_its_approvals_newest_first(approving: Approving) -> None:
    one = sent(approving, "simple")
    record = approving.rows("select record from _approval where id = %s::uuid", [one])[0][0]
    decide(approving.caller("bea"), one, "reject")
    submit(approving.caller("dan"), "experts", "purchase", [record])
    found = of_record(approving.caller("dan"), "purchase", record)
    assert [(row.flow, row.state, row.node_label) for row in found] == [
        ("experts", "running", "Cashier, Lawyer"),
        ("simple", "rejected", ""),
    ]
    with pytest.raises(NotFound):
        of_record(approving.caller("dan"), "purchase", one)


def test_files_stand_with_what_was_said_for_those_who_see_it(approving: Approving, store: FileStore) -> None:
    def uploaded(who: str) -> str:
        return str(attachment.upload(approving.caller(who), store, io.BytesIO(b"words"), f"{who}.txt", 1000)["id"])

    one = sent(approving, "simple")
    file, other = uploaded("bea"), uploaded("dan")
    with pytest.raises(RecordsInvalid):
        decide(approving.caller("bea"), one, "approve", files=[other])
    with pytest.raises(RecordsInvalid):
        asking.comment(approving.caller("bea"), one, "See.", files=["nothing"])
    asking.comment(approving.caller("bea"), one, "See.", files=[file])
    for who in ("dan", "bea", "cat"):
        assert open_file(approving.caller(who), store, one, file).name == "bea.txt"
    with pytest.raises(NotFound):
        open_file(approving.caller("eve"), store, one, file)
    with pytest.raises(NotFound):
        open_file(approving.caller("bea"), store, one, other)
    with pytest.raises(NotFound):
        attachment.open_file(approving.caller("dan"), store, file)
    found = seen(approving, "dan", one)
    (event,) = [event for event in found.events if event.files]
    assert (event.files, found.files[file].name) == ((file,), "bea.txt")
    second = sent(approving, "simple", title="Ink")
    with pytest.raises(RecordsInvalid):
        asking.comment(approving.caller("bea"), second, "Again.", files=[file])


def test_a_file_in_a_field_is_fetched_by_those_who_are_shown_the_field(approving: Approving, store: FileStore) -> None:
    dan = approving.caller("dan")
    file = str(attachment.upload(dan, store, io.BytesIO(b"words"), "plan.txt", 1000)["id"])
    shown = sent(approving, "priced", papers=[file])
    assert seen(approving, "fay", shown).files[file].name == "plan.txt"
    assert open_file(approving.caller("fay"), store, shown, file).name == "plan.txt"
    hidden = sent(approving, "by_amount", papers=[
        str(attachment.upload(dan, store, io.BytesIO(b"words"), "plan.txt", 1000)["id"])
    ])  # fmt: skip
    delegate(approving, "bea", "eve")
    record = "select record from _approval where id = %s::uuid"
    ((other,),) = approving.rows(f"select papers[1] from purchase where id = ({record})", [hidden])
    with pytest.raises(NotFound):
        open_file(approving.caller("eve"), store, hidden, other)


def test_a_flow_whose_version_is_broken_shows_how_it_stands(approving: Approving) -> None:
    one = sent(approving, "simple")
    approving.run(
        "update _approval_version set digest = 'broken',"
        " body = replace(body, '\"note\"', '\"gone_field\"') where flow = 'simple'"
    )
    found = seen(approving, "bea", one)
    assert found.broken is not None
    assert "gone_field" in found.broken
    assert (found.steps[0].label, found.flow_label, found.fields) == ("Supervisor", "Simple purchase", ())
    assert (found.may, seen(approving, "ann", one).may) == (frozenset(), {"end"})
    assert seen(approving, "dan", one).may == {"recall"}
    governing.end(approving.admin, one, "ended", "it cannot go on")
    assert seen(approving, "dan", one).state == "ended"


def test_a_name_of_an_action_that_is_not_known_is_said_all_the_same() -> None:
    assert said("new_thing", Said())["en"] == "New thing"
