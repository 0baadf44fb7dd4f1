"""The approvals' pages without scripts: inbox, deciding, delegations, links of mails."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from approval_pages import Visitor, sent_in, text, words
from approving import Approving
from dougong_platform.approvals.moves import deciding
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.reading.progress import progress
from dougong_platform.approvals.telling.links import sign
from dougong_platform.http.engine import Engine
from dougong_platform.query import get

Get = Callable[..., Visitor]


def state(company: Approving, approval: str) -> str:
    return str(company.rows("select state from _approval where id = %s", [approval])[0][0])


def test_the_inbox_lists_what_waits_and_the_navigation_counts_it(company: Approving, visitor: Get) -> None:
    sent_in(company, "limited", title="Paper")
    sent_in(company, "simple", title="Chairs")
    page = visitor("bea").get("/approvals")
    assert page.status_code == 200
    assert "Paper" in words(page)
    assert "Chairs" in words(page)
    nav = re.search(r'id="nav-approvals">.*?</div>', text(page))
    assert nav is not None
    assert 'dg-hot">2<' in nav[0]
    assert "Everything is decided" in words(visitor("eve").get("/approvals"))


def test_the_list_is_narrowed_by_kind_and_by_words(company: Approving, visitor: Get) -> None:
    sent_in(company, "limited", title="Paper")
    sent_in(company, "simple", title="Chairs")
    rows = r'class="dg-approval-name[^>]*>([^<]*)<'
    assert re.findall(rows, visitor("bea").get("/approvals?flow=simple").text) == ["Chairs"]
    assert re.findall(rows, visitor("bea").get("/approvals?q=pap").text) == ["Paper"]
    assert "Nothing matches" in words(visitor("bea").get("/approvals?q=nothing"))


def test_every_box_says_what_to_do_where_it_is_empty(visitor: Get) -> None:
    gus = visitor("gus")
    for box, said in (
        ("todo", "Everything is decided"),
        ("submitted", "You have submitted nothing yet"),
        ("cc", "No copies yet"),
        ("done", "You have decided nothing yet"),
    ):
        assert said in words(gus.get(f"/approvals?box={box}"))


def test_an_approval_says_why_it_came_what_it_is_about_and_what_is_ahead(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited", title="Paper", cost="900", discount="0.18")
    page = words(visitor("bea").get(f"/approvals/{approval}"))
    for said in ("Why it came to you:", "Manager of Dan", "About Paper", "¥1,200.00", "may be changed", "left", "Ann"):
        assert said in page, said
    assert "Director" in page
    assert "Copy: Store Gus" in page
    assert page.index("Dan submitted it") < page.index("Supervisor: to be decided") < page.index("Copy: Store")


def test_nothing_is_done_by_get(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    bea = visitor("bea")
    for path in (
        "decide?verdict=approve",
        "decide?verdict=return",
        "transfer",
        "signers",
        "consultation",
        "end",
        "jump",
    ):
        bea.get(f"/approvals/{approval}/{path}")
    assert bea.get(f"/approvals/{approval}/urge").status_code == 404
    assert bea.get("/approvals/decisions").status_code in (404, 405)
    assert [row[0] for row in company.rows("select action from _approval_event where approval = %s", [approval])] == [
        "submitted",
        "asked",
    ]


def test_approving_needs_a_form_and_leads_to_the_next_one(company: Approving, visitor: Get) -> None:
    _, first = sent_in(company, "simple", title="Paper")
    _, second = sent_in(company, "simple", title="Chairs")
    bea = visitor("bea")
    page = bea.get(f"/approvals/{first}")
    link = re.search(r'id="act-approve" href="([^"]+)"', text(page))
    assert link is not None
    form = bea.get(link[1])
    assert form.status_code == 200
    answer = bea.post(f"/approvals/{first}/decide", verdict="approve", comment="Fine", then=second)
    assert answer.headers["Location"] == f"/approvals/{second}"
    assert state(company, first) == "approved"
    assert "Approved: Paper" in words(bea.get(answer.headers["Location"]))


def test_a_field_that_may_be_changed_is_changed_with_the_decision(company: Approving, visitor: Get) -> None:
    record, approval = sent_in(company, "limited", discount="0.18")
    bea = visitor("bea")
    assert 'name="d.discount"' not in bea.get(f"/approvals/{approval}/decide?verdict=approve&v.discount=18").text
    asked = bea.get(f"/approvals/{approval}/decide?verdict=approve&v.discount=15")
    assert 'name="d.discount"' in asked.text
    assert 'value="15"' in asked.text
    refused = bea.post(f"/approvals/{approval}/decide", **{"verdict": "approve", "d.discount": "much"})
    assert refused.status_code == 422
    assert 'value="much"' in refused.text
    assert bea.post(f"/approvals/{approval}/decide", **{"verdict": "approve", "d.discount": "15"}).status_code == 303
    assert get(company.admin, "purchase", record, ["discount"])["discount"] == "0.1500"
    page = words(bea.get(f"/approvals/{approval}"))
    assert "Discount 15" in page


def test_a_comment_that_the_node_asks_for_is_asked_for_in_place(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    bea = visitor("bea")
    refused = bea.post(f"/approvals/{approval}/decide", verdict="return", to="reject")
    assert refused.status_code == 422
    assert "Say why." in words(refused)
    assert state(company, approval) == "running"
    bea.post(f"/approvals/{approval}/decide", verdict="return", to="reject", comment="Too dear")
    assert state(company, approval) == "rejected"


def test_it_is_returned_changed_and_submitted_again(company: Approving, visitor: Get) -> None:
    record, approval = sent_in(company, "limited")
    visitor("bea").post(
        f"/approvals/{approval}/decide", verdict="return", to="submitter", comment="Cheaper?", back="true"
    )
    assert state(company, approval) == "returned"
    dan = visitor("dan")
    page = dan.get(f"/approvals/{approval}")
    assert "Change the record as it is asked" in words(page)
    assert f"/approvals/{approval}/resubmission" in page.text
    assert "Submit again" in words(dan.get(f"/o/purchase/{record}"))
    assert dan.post(f"/approvals/{approval}/resubmission", comment="Cheaper now").status_code == 303
    assert state(company, approval) == "running"
    assert "Cheaper now" in words(visitor("bea").get(f"/approvals/{approval}"))


def test_an_earlier_node_may_be_returned_to(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    visitor("bea").post(f"/approvals/{approval}/decide", verdict="approve")
    cat = visitor("cat")
    form = cat.get(f"/approvals/{approval}/decide?verdict=return")
    assert "Return to “Supervisor”" in words(form)
    cat.post(f"/approvals/{approval}/decide", verdict="return", to="supervisor", comment="Look again")
    page = progress(company.caller("bea"), approval)
    assert "approve" in page.may


def test_whoever_was_slower_reads_who_decided_and_when(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    deciding.decide(company.caller("bea"), approval, "approve")
    answer = visitor("bea").post(f"/approvals/{approval}/decide", verdict="approve")
    assert answer.status_code == 303
    assert "Bea approved at 20" in words(visitor("bea").get(answer.headers["Location"]))


def test_handing_on_signing_and_consulting_ask_for_people_by_name(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    bea, at = visitor("bea"), f"/approvals/{approval}"
    assert "Choose at least one person." in words(bea.post(f"{at}/signers", place="before"))
    assert "Nobody is called “Zoe”" in words(bea.post(f"{at}/signers", **{"place": "before", "people:text": "Zoe"}))
    assert bea.post(f"{at}/consultation", **{"people:text": "Eve, Fay", "comment": "Legal?"}).status_code == 303
    assert "opine" in progress(company.caller("eve"), approval).may
    page = visitor("eve").get(f"{at}/opinion")
    assert "Legal?" in words(page)
    assert visitor("eve").post(f"{at}/opinion", comment="It is").status_code == 303
    assert bea.post(f"{at}/signers", **{"place": "before", "people:text": "Fay"}).status_code == 303
    assert "approve" not in progress(company.caller("bea"), approval).may
    visitor("fay").post(f"{at}/decide", verdict="approve")
    assert bea.post(f"{at}/transfer", **{"person:text": "Cat", "comment": "Yours"}).status_code == 303
    assert "approve" in progress(company.caller("cat"), approval).may
    told = words(visitor("dan").get(at))
    for said in ("It is", "Legal?", "Yours", "asked Fay to sign first", "handed it on to Cat"):
        assert said in told, said


def test_a_comment_names_colleagues_and_stays(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    visitor("dan").post(f"/approvals/{approval}/comments", text="@Bea it is urgent")
    page = visitor("bea").get(f"/approvals/{approval}")
    assert '<b class="dg-mention">@Bea</b>' in page.text
    (data,) = company.rows("select data from _approval_event where approval = %s and action = 'commented'", [approval])[
        0
    ]
    assert data["mentions"] == [company.people["bea"]]


def test_urging_is_possible_once_an_hour_and_the_button_says_when_again(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    dan = visitor("dan")
    dan.post(f"/approvals/{approval}/urge")
    page = dan.get(f"/approvals/{approval}")
    assert re.search(r'<button class="dg-btn" disabled title="Reminded already; again at \d\d:\d\d"', page.text)
    answer = dan.post(f"/approvals/{approval}/urge")
    assert "again in" in words(dan.get(answer.headers["Location"]))


def test_it_is_recalled_by_whoever_submitted_it(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    assert "nobody is asked any more" in words(visitor("dan").get(f"/approvals/{approval}/recall"))
    visitor("dan").post(f"/approvals/{approval}/recall", comment="A mistake")
    assert state(company, approval) == "recalled"


def test_administrators_reassign_jump_and_end_with_a_reason(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    ann, at = visitor("ann"), f"/approvals/{approval}"
    task = re.search(r'name="task" value="([^"]+)"', ann.get(f"{at}/reassignment").text)
    assert task is not None
    assert ann.post(f"{at}/reassignment", **{"task": task[1], "person:text": "Eve"}).status_code == 422  # no reason
    ann.post(f"{at}/reassignment", **{"task": task[1], "person:text": "Eve", "comment": "Away"})
    assert "approve" in progress(company.caller("eve"), approval).may
    ann.post(f"{at}/jump", node="director", comment="Stuck")
    assert "approve" in progress(company.caller("cat"), approval).may
    ann.post(f"{at}/end", outcome="approved", comment="Agreed by phone")
    assert state(company, approval) == "approved"
    assert visitor("dan").get(f"{at}/end").status_code in (200, 403)
    assert "Stuck" in words(visitor("dan").get(at))


def test_several_are_decided_at_once_after_they_were_shown(company: Approving, visitor: Get) -> None:
    ids = [sent_in(company, "simple", title=f"Lot {n}")[1] for n in range(3)]
    bea = visitor("bea")
    asked = bea.post("/approvals/decisions", id=ids, verdict="approve")
    assert asked.status_code == 422
    assert "Approve 3 approvals" in words(asked)
    assert {state(company, id) for id in ids} == {"running"}
    bea.post("/approvals/decisions", id=ids, verdict="approve", asked="1", comment="All fine")
    assert {state(company, id) for id in ids} == {"approved"}


def test_those_that_need_more_stay_and_are_named(company: Approving, visitor: Get) -> None:
    _, simple = sent_in(company, "simple")
    _, needs = sent_in(company, "limited")
    bea = visitor("bea")
    answer = bea.post("/approvals/decisions", id=[simple, needs], verdict="reject", asked="1")
    assert (state(company, simple), state(company, needs)) == ("rejected", "running")
    assert "1 approval rejected. 1 stays: Say why." in words(bea.get(answer.headers["Location"]))


def test_delegations_are_made_seen_and_ended(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    bea, here = visitor("bea"), "/approvals/delegations"
    assert "Choose a person." in words(bea.post(here, which="all"))
    until = str((dt.datetime.now(dt.UTC) + dt.timedelta(days=7)).date())
    made = bea.post(here, **{"person:text": "Eve", "until": until, "which": "some", "flows": "limited", "note": "Away"})
    assert made.status_code == 303
    page = words(bea.get(here))
    assert "Eve now Large purchase" in page
    assert f"until {until}" in page
    assert "Bea now" in words(visitor("eve").get(here))
    told = words(visitor("eve").get("/approvals"))
    assert "for Bea" in told
    assert "You decide this for Bea." in told
    visitor("eve").post(f"/approvals/{approval}/decide", verdict="approve")
    assert "Eve, for Bea Supervisor: approved" in words(visitor("dan").get(f"/approvals/{approval}"))
    ending = re.search(r'action="(/approvals/delegations/[^"]+/end)"', bea.get(here).text)
    assert ending is not None
    bea.post(ending[1])
    assert "Nobody. Before you are away" in words(bea.get(here))
    assert "for Bea" not in words(visitor("eve").get("/approvals"))


def test_a_mails_link_leads_there_after_the_sign_in_and_never_acts(
    company: Approving, app: Engine, visitor: Get
) -> None:
    _, approval = sent_in(company, "limited")
    token = sign(company.database, company.tenant, approval, company.people["bea"])
    stranger = app.test_client()
    assert (
        stranger.get(f"/approvals/go/{token}", headers={"Accept": "text/html"})
        .headers["Location"]
        .startswith("/sign-in?next=/approvals/go/")
    )
    assert visitor("bea").get(f"/approvals/go/{token}").headers["Location"] == f"/approvals/{approval}"
    other = visitor("eve").get(f"/approvals/go/{token}")
    assert (other.status_code, "sent to somebody else" in words(other)) == (403, True)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=40)
    old = sign(company.database, company.tenant, approval, company.people["bea"], long_ago)
    over = visitor("bea").get(f"/approvals/go/{old}")
    assert (over.status_code, "This link is over" in words(over)) == (410, True)
    assert visitor("bea").get("/approvals/go/nonsense").status_code == 404
    assert state(company, approval) == "running"


def test_what_does_not_concern_somebody_is_not_there_for_him(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    assert visitor("eve").get(f"/approvals/{approval}").status_code == 404
    assert visitor("eve").post(f"/approvals/{approval}/decide", verdict="approve").status_code == 404
    assert state(company, approval) == "running"


def test_a_copy_counts_as_unseen_until_it_is_opened(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "limited")
    visitor("bea").post(f"/approvals/{approval}/decide", verdict="approve")
    visitor("cat").post(f"/approvals/{approval}/decide", verdict="approve", comment="Yes")
    gus = visitor("gus")
    assert "dg-unseen" in gus.get("/approvals?box=cc").text
    gus.get(f"/approvals/{approval}?box=cc")
    assert "dg-unseen" not in gus.get("/approvals?box=cc").text


def test_what_people_type_stays_text(company: Approving, visitor: Get) -> None:
    evil = """'"><img src=x onerror=alert(1)>{{7*7}}</script>"""
    record, approval = sent_in(company, "limited", title=evil, note=evil)
    company.run("update _approval set note = %s", [evil])
    bea = visitor("bea")
    bea.post(f"/approvals/{approval}/comments", text=evil)
    bea.post(f"/approvals/{approval}/consultation", **{"people:text": "Eve", "comment": evil})
    bea.post("/approvals/delegations", **{"person:text": "Eve", "note": evil})
    pages = [bea.get(f"/approvals?q={path}") for path in ("", "img")]
    pages += [bea.get(f"/approvals/{approval}{part}") for part in ("", "/decide?verdict=return", "/transfer")]
    pages += [visitor("eve").get(f"/approvals/{approval}/opinion"), visitor("dan").get(f"/o/purchase/{record}")]
    pages += [bea.get("/approvals/delegations"), bea.post("/approvals/decisions", id=approval)]
    for page in pages:
        assert page.status_code in (200, 422)
        assert "<img src=x" not in page.text
        assert "49" not in re.findall(r"onerror=alert\(1\)&gt;([^<&]*)", page.text)


def test_the_page_says_why_it_goes_this_way_and_leads_to_the_figures(company: Approving, visitor: Get) -> None:
    _, approval = sent_in(company, "by_amount", title="Paper", total="20000")
    deciding.decide(company.caller("bea"), approval, "approve")
    page = visitor("cat").get(f"/approvals/{approval}").text
    assert f'href="/approvals/{approval}/why"' in page
    assert 'href="/builder/approvals/by_amount/statistics"' in page
    said = words(visitor("cat").get(f"/approvals/{approval}/why"))
    for expected in ("Supervisor", "Manager of Dan", "Up to 50000", "20,000", "Director"):
        assert expected in said
    assert visitor("gus").get(f"/approvals/{approval}/why").status_code == 404


def test_why_shows_a_branch_that_looked_at_a_list_of_values(company: Approving, visitor: Get) -> None:
    id = company.purchase("dan", "Paper", record_type="urgent")
    company.run("update purchase set papers = array[gen_random_uuid()] where id = %s::uuid", [id])
    (answer,) = submit(company.caller("dan"), "papered", "purchase", [id])
    said = words(visitor("bea").get(f"/approvals/{answer.approval}/why"))
    assert "With papers" in said
    assert "1 file" in said
