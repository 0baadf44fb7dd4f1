"""Sends one receiver what he subscribed to, or somebody for him: worked out under his own access, in his language and
time zone. Called by the relay, outside the database: at least once, and a second copy has the Message-ID of the first.
"""

from __future__ import annotations

from email.message import EmailMessage, MIMEPart

from dougong_metadata.errors import Fault
from dougong_metadata.label import Label
from dougong_platform.errors import CallerOutdated, NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import GivenUp, Later, Missed, Work, ring
from dougong_platform.notifications import notify
from dougong_platform.notifications.mail_server import mail_server
from dougong_platform.notifications.mails import receiver, sender_of
from dougong_platform.notifications.messages import message
from dougong_platform.notifications.smtp import hand_over
from dougong_platform.people.acting import acting_as
from dougong_platform.reports.errors import TooSlow
from dougong_platform.reports.subscriptions import links, of_reports, words
from dougong_platform.reports.subscriptions.audience import TOPIC, delivered, failed, withhold
from dougong_platform.reports.subscriptions.letters import inside
from dougong_platform.reports.subscriptions.sources import Letter, Picture, source_of
from dougong_platform.reports.subscriptions.stored import Subscription, read_one

__all__ = ["TOPIC", "of_reports", "send"]
SLOW_ATTEMPTS = 3  # of a report that is stopped: the server may have had too much to do


def send(work: Work, attempts: int) -> None:
    """Raises GivenUp where the mail server refuses the mail for good, Missed where the moment was wrong, and whatever
    the connection to the server raises. Before it is given up, after `attempts`, the owner is told."""
    try:
        _send(work)
    except (Later, Missed):
        raise
    except Exception as problem:
        if isinstance(problem, GivenUp) or work.attempt >= attempts:
            _given_up(work, problem)
        raise


def _send(work: Work) -> None:
    user = work.payload["user"]
    with work.database.transaction(work.tenant, read_only=True) as tx:
        one = read_one(tx, work.tenant, work.payload["subscription"])
    if one is None or user in one.gone or not one.owner_is_here:
        return
    try:
        caller = acting_as(work.database, work.tenant, user, cause="subscription", cause_ref=one.id)
        source = source_of(one.kind)
        letter = source.letter(caller, one.key, one.asked, one.only_if)
        asked = source.asked(caller, one.key, one.filters)
    except CallerOutdated as race:
        raise Missed(str(race)) from race
    except (NotAllowed, NotFound):
        _withhold(work, one, user, "no_access")
        return
    except TooSlow as fault:
        if work.attempt < SLOW_ATTEMPTS:
            raise Missed(str(fault)) from fault
        _withhold(work, one, user, "too_slow", fault)
        return
    except Fault as fault:
        if fault.status >= 500:
            raise
        _withhold(work, one, user, "broken", fault)
        return
    if letter is not None:
        _tell(work, one, user, letter)
        _mail(work, one, caller, letter, asked)
    with work.database.transaction(work.tenant) as tx:
        now = read_one(tx, work.tenant, one.id, lock=True)
        if now is not None:
            delivered(tx, now, user)


def _given_up(work: Work, problem: Exception) -> None:
    """Note why for the subscriptions' page, and tell the owner."""
    user, refused = work.payload["user"], isinstance(problem, GivenUp)
    with work.database.transaction(work.tenant) as tx:
        now = read_one(tx, work.tenant, work.payload["subscription"], lock=True)
        if now is None:
            return
        name = "".join(name for (name,) in tx.rows('select name from "user" where id = %(user)s::uuid', {"user": user}))
        said = words.REFUSED if refused else words.FAILED
        why = {"name": name, "reason": str(problem)[:300] if refused else type(problem).__name__}
        withhold(tx, work.tenant, now, {user: "refused" if refused else "failed"}, work.payload["due"])
        failed(tx, now, Label(said.en.format(**why), said.zh.format(**why)))
    ring(work.tenant.name)


def _withhold(work: Work, one: Subscription, user: str, why: str, fault: Fault | None = None) -> None:
    with work.database.transaction(work.tenant) as tx:
        now = read_one(tx, work.tenant, one.id, lock=True)
        if now is not None:
            withhold(tx, work.tenant, now, {user: why}, work.payload["due"])
            if fault is not None:
                failed(tx, now, Label(fault.message("en"), fault.message("zh")))
    ring(work.tenant.name)


def _tell(work: Work, one: Subscription, user: str, letter: Letter) -> None:
    """In the inbox, once for each due time."""
    with work.database.transaction(work.tenant) as tx:
        notify(
            tx,
            tenant=work.tenant,
            users=[user],
            title={
                "en": words.READY.en.format(label=letter.label),
                "zh": words.READY.zh.format(label=letter.label),
            },
            topic="report",
            page=one.address,
            key=f"report {one.id} {work.payload['due']}",
        )
    ring(work.tenant.name)


def _mail(work: Work, one: Subscription, caller: Caller, letter: Letter, asked: list[str]) -> None:
    server = mail_server()
    found = receiver(work.database, work.tenant, caller.user) if server is not None else None
    if server is None or found is None:
        return
    _, name, address = found
    leave = f"{server.site}{links.path(work.database, work.tenant, one.id, caller.user)}"
    stable = f"{work.tenant.id} report {one.id} {work.payload['due']} {caller.user}"
    said = inside(server.site, one, caller, letter, asked, leave)
    sender = sender_of(work.database, work.tenant)
    made = message(server, sender, said, to=address, name=name, stable=stable, at=work.at)
    _complete(made, letter, leave)
    hand_over(server, made, str(made["To"].addresses[0].addr_spec))


def _complete(made: EmailMessage, letter: Letter, leave: str) -> None:
    """With the way to leave, the pictures and the file."""
    del made["List-Unsubscribe"]
    made["List-Unsubscribe"] = f"<{leave}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for number, picture in enumerate(letter.pictures):
        _hang(made, picture, number)
    if letter.file is not None:
        file_name, content = letter.file
        kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        made.add_attachment(content, maintype="application", subtype=kind, filename=file_name)


def _hang(made: EmailMessage, picture: Picture, number: int) -> None:
    """Within the HTML part, where its `cid:` finds it."""
    html = made.get_body(("html",))
    assert isinstance(html, MIMEPart)
    html.add_related(
        picture.png, maintype="image", subtype="png", cid=f"<chart{number}>", filename=f"chart{number + 1}.png"
    )
