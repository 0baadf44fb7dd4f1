"""Telling people of approvals: who hears what, once; where it leads; what is kept from whom; and the links in mails."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from approving import DOCUMENTS, Approving, make_approving
from dougong_platform.approvals.errors import LinkBroken, LinkExpired
from dougong_platform.approvals.moves import asking, governing
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people.delegations import create
from dougong_platform.approvals.telling.links import LASTS, read, sign
from dougong_platform.notifications.inbox import entries
from dougong_platform.notifications.shown import COLUMNS, FROM, shown
from dougong_tenants import Database
from post_office import PostOffice

HIDDEN = """
---
kind: permission_set
name: blind
label: {en: Blind, zh: 盲审}
objects: {purchase: {read: own}}
fields: {purchase.cost: none}
---
kind: approval
name: costly
object: purchase
label: {en: Costly, zh: 高价}
title: {en: "{{ title }} at {{ cost }}", zh: "{{ title }}，{{ cost }}"}
nodes:
  - {name: first, kind: approve, label: {en: First, zh: 第一步}, by: [{user: bea@approving.test}], need: all}
  - {name: blind, kind: approve, label: {en: Blind, zh: 盲审}, by: [{user: cat@approving.test}], hide: [cost]}
"""


@pytest.fixture(scope="module")
def telling(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, DOCUMENTS + HIDDEN, "telling")
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def clean(telling: Approving) -> Iterator[None]:
    yield
    for table in ("_approval", "_approval_delegation", "_notification", "_outbox"):
        telling.run(f"delete from {table}")


def sent(telling: Approving, flow: str = "simple", who: str = "dan", note: str | None = None, **values: Any) -> str:
    id = telling.purchase(who, **({"total": "100", "cost": "60"} | values))
    (made,) = submit(telling.caller(who), flow, "purchase", [id], note=note)
    assert made.approval is not None, made.problem
    telling.relay()
    return made.approval


def heard(telling: Approving, who: str, locale: str = "en") -> list[str]:
    """The titles in somebody's inbox as he may read them, the oldest first."""
    return [one.title for one in reversed(entries(telling.caller(who, locale)).entries)]


def body(telling: Approving, who: str, locale: str = "en") -> str:
    return entries(telling.caller(who, locale)).entries[0].body


def nobody_else(telling: Approving, *who: str) -> bool:
    return all(heard(telling, one) == [] for one in telling.people if one not in who)


def test_whoever_is_asked_hears_of_it_in_his_language_and_is_led_to_the_approval(telling: Approving) -> None:
    approval = sent(telling, note="Before Friday, please")
    assert heard(telling, "bea") == ["Dan asks for your approval: Paper"]
    assert heard(telling, "bea", "zh") == ["Dan请您审批：Paper"]
    assert body(telling, "bea") == "Simple purchase · Supervisor\nBefore Friday, please"
    assert body(telling, "bea", "zh") == "简单采购 · 主管\nBefore Friday, please"
    (one,) = entries(telling.caller("bea")).entries
    assert one.path == f"/approvals/{approval}"
    assert nobody_else(telling, "bea")


def test_it_is_readable_for_those_asked_who_may_not_read_the_record(telling: Approving) -> None:
    approval = sent(telling, "experts")
    (one,) = entries(telling.caller("eve")).entries  # her sets do not open purchases
    assert (one.title, one.path, one.withheld) == (
        "Dan asks for your approval: Paper",
        f"/approvals/{approval}",
        False,
    )


def test_a_field_that_ones_sets_close_is_not_told_in_a_title(telling: Approving) -> None:
    sent(telling, "costly")
    assert heard(telling, "bea") == ["Dan asks for your approval: Paper at CN¥60.00"]
    telling.run("update user_permission_set set permission_set = 'blind' where \"user\" = %s", [telling.people["bea"]])
    try:
        assert heard(telling, "bea") == ["Dan asks for your approval: …"]
    finally:
        telling.run(
            "update user_permission_set set permission_set = 'chief' where \"user\" = %s", [telling.people["bea"]]
        )


def test_a_field_that_the_node_hides_is_not_told_in_a_title(telling: Approving) -> None:
    approval = sent(telling, "costly")
    decide(telling.caller("bea"), approval, "approve")
    telling.relay()
    assert heard(telling, "cat") == ["Dan asks for your approval: Costly"]
    assert heard(telling, "cat", "zh") == ["Dan请您审批：高价"]


def test_a_group_is_told_what_its_reader_may_read_and_no_more(telling: Approving) -> None:
    """A robot's reader is not asked: that bea is does not open the record to him."""
    sent(telling)
    rows = telling.rows(f"select {COLUMNS} {FROM}")
    (of_gus,), (of_cat,) = shown(telling.caller("gus"), rows), shown(telling.caller("cat"), rows)
    assert (of_gus.withheld, of_gus.path) == (True, None)
    assert "Paper" not in of_gus.title
    assert of_cat.title == "Dan asks for your approval: Paper"


def test_each_is_told_once_however_often_the_row_is_tried(telling: Approving) -> None:
    sent(telling)
    telling.run("insert into _outbox (topic, payload, at) select 'approval', jsonb_build_object('approval', a.id,"
                " 'turn', 1, 'tasks', jsonb_agg(t.id), 'event', 'submitted', 'nodes', '[]'::jsonb), a.submitted_at"
                " from _approval a join _approval_task t on t.approval = a.id group by a.id")  # fmt: skip
    telling.relay()
    assert heard(telling, "bea") == ["Dan asks for your approval: Paper"]


def test_a_delegate_hears_for_whom_he_is_asked(telling: Approving) -> None:
    create(telling.caller("bea"), delegate=telling.people["fay"])
    create(telling.caller("bea"), delegate=telling.people["dan"])  # who submits it himself
    telling.relay()
    telling.run("delete from _notification")
    sent(telling)
    assert heard(telling, "fay") == ["Dan asks for the approval of Bea, for whom you decide: Paper"]
    assert heard(telling, "bea") == ["Dan asks for your approval: Paper"]
    assert nobody_else(telling, "fay", "bea")


@pytest.mark.parametrize(
    ("verdict", "title"),
    [("approve", "Approved: Paper"), ("reject", "Rejected: Paper"), ("return", "Returned to you: Paper")],
)
def test_the_submitter_hears_of_the_outcome_by_whom_and_why(telling: Approving, verdict: str, title: str) -> None:
    decide(telling.caller("bea"), sent(telling), verdict, comment="Because.")
    telling.relay()
    assert heard(telling, "dan") == [title]
    assert body(telling, "dan") == "Simple purchase\nBy Bea.\nBecause."


def test_whoever_is_next_hears_of_it_when_it_comes_to_him(telling: Approving) -> None:
    approval = sent(telling, "by_amount", total="20000")
    assert heard(telling, "cat") == []
    decide(telling.caller("bea"), approval, "approve")
    telling.relay()
    assert heard(telling, "cat") == ["Dan asks for your approval: Paper"]
    assert heard(telling, "dan") == []


def test_whoever_gets_a_copy_hears_of_it_also_at_the_very_end(telling: Approving) -> None:
    approval = sent(telling, "experts")
    for who in ("eve", "fay", "cat"):
        decide(telling.caller(who), approval, "approve")
    telling.relay()
    assert heard(telling, "gus") == ["For your information: Paper"]
    assert entries(telling.caller("gus")).entries[0].path == f"/approvals/{approval}"


def test_those_asked_hear_that_it_was_recalled(telling: Approving) -> None:
    governing.recall(telling.caller("dan"), sent(telling), "A mistake")
    telling.relay()
    assert heard(telling, "bea")[-1] == "Dan recalled what you were asked to approve: Paper"
    assert body(telling, "bea").endswith("A mistake")
    assert heard(telling, "dan") == []


def test_an_administrators_end_is_told_to_the_submitter_and_to_those_asked(telling: Approving) -> None:
    governing.end(telling.admin, sent(telling), "ended", "Stuck")
    telling.relay()
    assert heard(telling, "dan") == ["Ended by an administrator: Paper"]
    assert body(telling, "dan") == "Simple purchase\nBy Ann.\nStuck"
    assert heard(telling, "bea")[-1] == "No longer to be decided, an administrator ended it: Paper"


def test_handing_on_adding_signers_and_consulting_tell_whoever_is_asked_then(telling: Approving) -> None:
    approval = sent(telling)
    people = telling.people
    asking.consult(telling.caller("bea"), approval, [people["eve"]], "Is it legal?")
    asking.add_before(telling.caller("bea"), approval, [people["fay"]], "Look first")
    telling.relay()
    assert heard(telling, "eve") == ["Bea asks for your opinion: Paper"]
    assert body(telling, "eve").endswith("Is it legal?")
    assert heard(telling, "fay") == ["Bea asks you to sign too: Paper"]
    asking.opine(telling.caller("eve"), approval, "It is.")
    decide(telling.caller("fay"), approval, "approve")
    telling.relay()
    assert heard(telling, "bea") == [
        "Dan asks for your approval: Paper",
        "Eve gave the opinion you asked for: Paper",
        "Dan asks for your approval: Paper",  # it is her turn again
    ]
    asking.transfer(telling.caller("bea"), approval, people["cat"], "Yours")
    telling.relay()
    assert heard(telling, "cat") == ["Bea hands an approval on to you: Paper"]
    assert body(telling, "cat") == "Simple purchase · Supervisor\nYours"


def test_an_administrator_who_has_somebody_else_asked_tells_both(telling: Approving) -> None:
    approval = sent(telling)
    ((task,),) = telling.rows("select id from _approval_task")
    governing.reassign(telling.admin, approval, task, telling.people["cat"], "Bea is away")
    telling.relay()
    assert heard(telling, "bea")[-1] == "Cat decides in your place now: Paper"
    assert heard(telling, "cat") == ["Ann hands an approval on to you: Paper"]


def test_what_comes_back_to_somebody_says_why(telling: Approving) -> None:
    approval = sent(telling, "by_amount", total="20000", note="First")
    decide(telling.caller("bea"), approval, "approve")
    decide(telling.caller("cat"), approval, "return", comment="Ask them again", to="supervisor")
    telling.relay()
    assert body(telling, "bea") == "Purchase by amount · Supervisor\nAsk them again"
    decide(telling.caller("bea"), approval, "return", comment="Over to you")
    telling.relay()
    assert body(telling, "dan") == "Purchase by amount\nBy Bea.\nOver to you"
    governing.resubmit(telling.caller("dan"), approval, "Second")
    telling.relay()
    assert body(telling, "bea") == "Purchase by amount · Supervisor\nSecond"


def test_urging_and_mentioning_tell_those_meant(telling: Approving) -> None:
    approval = sent(telling)
    asking.urge(telling.caller("dan"), approval)
    mentioned = [telling.people[who] for who in ("bea", "cat", "gus")]
    asking.comment(telling.caller("dan"), approval, "What do you think?", mentioned)
    telling.relay()
    assert heard(telling, "bea")[1:] == ["Dan urges you to decide: Paper", "Dan mentions you in an approval: Paper"]
    assert body(telling, "bea") == "Simple purchase\nWhat do you think?"
    assert body(telling, "cat") == "Simple purchase\nWhat do you think?"  # she reads all purchases


def test_whoever_is_mentioned_without_taking_part_needs_a_right_to_the_record(telling: Approving) -> None:
    asking.comment(telling.caller("dan"), sent(telling), "Secret words", [telling.people["gus"]])
    telling.relay()
    (one,) = entries(telling.caller("gus")).entries
    assert (one.title, one.body, one.path) == ("There is news about an approval that you may not see.", "", None)


def test_nobody_hears_of_what_was_decided_before_the_worker_came(telling: Approving) -> None:
    id = telling.purchase(total="100")
    (made,) = submit(telling.caller("dan"), "simple", "purchase", [id])
    assert made.approval is not None
    decide(telling.caller("bea"), made.approval, "approve")
    telling.relay()
    assert heard(telling, "bea") == []
    assert heard(telling, "dan") == ["Approved: Paper"]


def test_a_mail_leads_to_the_approval_by_a_link_for_its_receiver_alone(
    telling: Approving, post_office: PostOffice
) -> None:
    approval = sent(telling)
    telling.relay()
    (mail,) = post_office.to("bea@approving.test")
    assert mail["Subject"] == "Dan asks for your approval: Paper"
    part = mail.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    found = re.search(r"https://crm\.test/approvals/go/(\S+)", text)
    assert found is not None, text
    link = read(telling.database, found[1])
    assert (link.tenant, link.approval, link.user) == (telling.tenant.id, approval, telling.people["bea"])


def test_a_link_that_was_altered_or_is_old_or_of_another_installation_is_refused(telling: Approving) -> None:
    database, tenant = telling.database, telling.tenant
    approval, user = "11111111-1111-1111-1111-111111111111", telling.people["bea"]
    token = sign(database, tenant, approval, user)
    assert re.fullmatch(r"[\w.\-]+", token)
    assert read(database, token).approval == approval
    for altered in (
        token[:-2],
        token + "A",
        token[:30] + ("A" if token[30] != "A" else "B") + token[31:],
        "",
        "x" * 5_000,
    ):
        with pytest.raises(LinkBroken):
            read(database, altered)
    with pytest.raises(LinkExpired):
        read(database, token, dt.datetime.now(dt.UTC) + LASTS + dt.timedelta(minutes=1))
    other = Database(telling.database.dsn, pool_size=1, secret="another")
    try:
        with pytest.raises(LinkBroken):
            read(other, token)
    finally:
        other.close()
