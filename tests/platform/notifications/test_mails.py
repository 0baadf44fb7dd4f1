"""Mails through a real SMTP server: what is in them, who gets them, and what happens when they are not taken."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from dougong_platform.jobs import dead_letters
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.notifications import email, notify
from dougong_platform.notifications.handlers import wake_slots
from dougong_platform.notifications.mail_server import hang_mail_server, mail_server_of
from dougong_platform.settings import Settings
from dougong_tenants import people
from post_office import PostOffice
from sharing import Sharing

load_handlers()
TITLE = {"en": "The loan is due", "zh": "借阅已到期"}


@pytest.fixture(autouse=True)
def quiet(sharing: Sharing) -> None:
    for table in ("_outbox", "_notification", "_email", "_notification_slot", "_notification_preference"):
        sharing.reading.run(f"delete from {table} returning 1")


def work(sharing: Sharing) -> None:
    relay(sharing.reading.database, sharing.reading.tenant)


def due_now(sharing: Sharing) -> None:
    sharing.reading.run("update _outbox set due = now() where not dead returning 1")


def tell(sharing: Sharing, *names: str, **more: Any) -> list[str]:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        users = [sharing[name] for name in names]
        return notify(tx, tenant=sharing.reading.tenant, users=users, **{"title": TITLE, **more})


def mail_to(sharing: Sharing, *addresses: str, **more: Any) -> list[str]:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        given = {"subject": "Hello", "text": "Good day.", **more}
        return email(tx, sharing.reading.tenant, to=list(addresses), **given)


def states(sharing: Sharing) -> dict[str, str]:
    return dict(sharing.reading.run("select recipient, state from _email"))


def prefer_digest(sharing: Sharing, name: str) -> None:
    sharing.reading.run(
        "insert into _notification_preference values (%s, 'automation', true, 'digest', true) returning 1",
        [sharing[name]],
    )


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def html_of(mail: Any) -> str:
    return str(mail.get_body(("html",)).get_content())


def test_a_notification_comes_by_mail_in_the_receivers_language(sharing: Sharing, post_office: PostOffice) -> None:
    book = sharing.make()
    people.update_user(sharing.reading.database, sharing.reading.tenant, sharing["bob"], {"locale": "zh"})
    tell(sharing, "bob", object="book", record=book, body={"en": "Bring it back.", "zh": "请归还。"})
    work(sharing)
    [(recipients, sender, mail)] = post_office.sent
    assert (recipients, sender) == (["bob@library.test"], "crm@dougong.test")
    assert mail["Subject"] == "借阅已到期"
    assert "=?utf-8?" in mail.as_bytes().decode("ascii").split("\n\n")[0].replace("\r", "")
    assert mail["To"] == "Bob <bob@library.test>"
    assert f"https://crm.test/o/book/{book}" in text_of(mail)
    assert f'href="https://crm.test/o/book/{book}"' in html_of(mail).replace("'", '"')
    assert "请归还。" in text_of(mail)
    assert "请归还。" in html_of(mail)
    for body in (text_of(mail), html_of(mail)):
        assert "https://crm.test/settings/notifications" in body
    assert mail["List-Unsubscribe"] == "<https://crm.test/settings/notifications>"
    assert mail["Auto-Submitted"] == "auto-generated"
    people.update_user(sharing.reading.database, sharing.reading.tenant, sharing["bob"], {"locale": "en"})


def test_whoever_may_not_read_the_record_is_told_without_a_word_of_it(
    sharing: Sharing, post_office: PostOffice
) -> None:
    book = sharing.make(title="Secret memoirs")
    tell(sharing, "bob", "dan", object="book", record=book, title={"en": "Secret memoirs is due"}, body="p. 12")
    work(sharing)
    [open_mail], [closed_mail] = post_office.to("bob@library.test"), post_office.to("dan@library.test")
    assert open_mail["Subject"] == "Secret memoirs is due"
    assert "Secret" not in closed_mail.as_string()
    assert "may not see" in str(closed_mail["Subject"])
    assert book not in text_of(closed_mail) + html_of(closed_mail)


def test_words_of_people_are_never_markup(sharing: Sharing, post_office: PostOffice) -> None:
    tell(sharing, "bob", title={"en": "<script>alert(1)</script> & co"}, body="<img src=x onerror=y>")
    mail_to(
        sharing,
        "out@side.test",
        html='<p onclick="x()">Hi <b>you</b><script>x()</script><img src="http://spy.test/p.gif">'
        '<a href="javascript:x()">j</a></p>',
    )
    work(sharing)
    told, written = html_of(post_office.to("bob@library.test")[0]), html_of(post_office.to("out@side.test")[0])
    assert "<script" not in told
    assert "<img" not in told
    assert "&lt;script&gt;" in told
    assert "<b>you</b>" in written
    assert not [word for word in ("script", "onclick", "<img", "spy.test") if word in written]


def test_no_header_can_be_smuggled_in(sharing: Sharing, post_office: PostOffice) -> None:
    tell(sharing, "bob", title={"en": "One\r\nBcc: eve@x.test\r\n\r\nTwo"})
    mail_to(sharing, "out@side.test", subject="One\nBcc: eve@x.test")
    work(sharing)
    assert [recipients for recipients, _, _ in post_office.sent] == [["bob@library.test"], ["out@side.test"]]
    assert all(mail["Bcc"] is None for mail in post_office.mails)


def test_the_same_mail_has_the_same_name_however_often_it_is_tried(sharing: Sharing, post_office: PostOffice) -> None:
    post_office.answers["bob@library.test"] = "451 greylisted"
    [id] = tell(sharing, "bob")
    work(sharing)
    assert post_office.sent == []
    assert dead_letters_of(sharing) == []
    post_office.answers.clear()
    due_now(sharing)
    work(sharing)
    sharing.reading.run(  # as if the worker had died after the mail, before it could say so
        "insert into _outbox (topic, payload) values ('email', jsonb_build_object('notification', %s::text))"
        " returning 1",
        [id],
    )
    work(sharing)
    first, second = post_office.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@dougong.test>")
    assert first["Date"] == second["Date"]


def dead_letters_of(sharing: Sharing) -> list[dict[str, Any]]:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        return dead_letters(tx)


def test_a_refusal_for_good_is_a_dead_letter_at_once_and_keeps_nobody_else_waiting(
    sharing: Sharing, post_office: PostOffice
) -> None:
    post_office.answers["gone@side.test"] = "550 5.1.1 no such user"
    mail_to(sharing, "gone@side.test", "here@side.test")
    work(sharing)
    assert states(sharing) == {"gone@side.test": "refused", "here@side.test": "sent"}
    [dead] = dead_letters_of(sharing)
    assert (dead["attempts"], dead["failed"]) == (1, "550 5.1.1 no such user")
    assert len(post_office.sent) == 1


def test_a_server_that_is_away_or_a_wrong_password_is_tried_again(sharing: Sharing, post_office: PostOffice) -> None:
    for url in ("smtp://127.0.0.1:9", f"smtp://clerk:wrong@127.0.0.1:{post_office.port}"):
        hang_mail_server(post_office.settings(smtp_url=url))
        mail_to(sharing, "here@side.test", key=url)
        work(sharing)
        assert states(sharing) == {"here@side.test": "waiting"}
        assert dead_letters_of(sharing) == []
    hang_mail_server(post_office.settings())
    due_now(sharing)
    work(sharing)
    assert states(sharing) == {"here@side.test": "sent"}
    assert len(post_office.sent) == 2


def test_a_company_signs_with_its_own_name_and_address(sharing: Sharing, post_office: PostOffice) -> None:
    sharing.reading.run(
        "insert into _mail_sender (name, address, reply_to) values ('图书馆', 'desk@library.test', 'ask@library.test')"
        " returning 1"
    )
    mail_to(sharing, "here@side.test")
    work(sharing)
    [(_, envelope, mail)] = post_office.sent
    assert (envelope, mail["From"], mail["Reply-To"]) == (
        "crm@dougong.test",
        "图书馆 <desk@library.test>",
        "ask@library.test",
    )
    assert "settings/notifications" not in text_of(mail)  # no user: nothing to choose
    sharing.reading.run("delete from _mail_sender returning 1")


def test_a_digest_is_one_mail_of_what_is_still_unread(sharing: Sharing, post_office: PostOffice) -> None:
    prefer_digest(sharing, "cat")
    made = [tell(sharing, "cat", title={"en": f"News {n}"})[0] for n in range(3)]
    sharing.reading.run("update _notification set read_at = now() where id = %s returning 1", [made[1]])
    work(sharing)
    assert post_office.sent == []
    due_now(sharing)
    work(sharing)
    [mail] = post_office.to("cat@library.test")
    assert "2 notifications" in str(mail["Subject"])
    assert "News 0" in text_of(mail)
    assert "News 2" in text_of(mail)
    assert "News 1" not in text_of(mail)


def test_a_digest_with_nothing_unread_is_not_sent(sharing: Sharing, post_office: PostOffice) -> None:
    prefer_digest(sharing, "cat")
    tell(sharing, "cat")
    sharing.reading.run("update _notification set read_at = now() returning 1")
    due_now(sharing)
    work(sharing)
    assert post_office.sent == []
    assert sharing.reading.run("select count(*) from _outbox") == [(0,)]


def test_two_relays_at_once_send_one_digest(sharing: Sharing, post_office: PostOffice) -> None:
    prefer_digest(sharing, "cat")
    tell(sharing, "cat")
    due_now(sharing)
    sharing.reading.run(  # and a second row for the same slot, as a scheduler that was late might leave
        "insert into _outbox (topic, payload) select topic, payload from _outbox where topic = 'digest' returning 1"
    )
    threads = [threading.Thread(target=work, args=(sharing,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work(sharing)
    assert len(post_office.to("cat@library.test")) == 1


def test_what_is_told_while_a_digest_leaves_is_in_this_one_or_the_next(
    sharing: Sharing, post_office: PostOffice
) -> None:
    prefer_digest(sharing, "cat")
    tell(sharing, "cat", title={"en": "Early"})
    due_now(sharing)
    database, tenant = sharing.reading.database, sharing.reading.tenant
    with database.transaction(tenant) as tx:  # holds the slot while the relay wants to empty it
        notify(tx, tenant=tenant, users=[sharing["cat"]], title={"en": "Meanwhile"})
        thread = threading.Thread(target=work, args=(sharing,))
        thread.start()
        thread.join(0.3)
    thread.join()
    work(sharing)
    [mail] = post_office.to("cat@library.test")
    assert "Early" in text_of(mail)
    assert "Meanwhile" in text_of(mail)
    tell(sharing, "cat", title={"en": "Late"})
    due_now(sharing)
    work(sharing)
    assert "Late" in text_of(post_office.to("cat@library.test")[1])


def test_a_digest_whose_work_was_lost_with_a_restore_goes_out_late(sharing: Sharing, post_office: PostOffice) -> None:
    prefer_digest(sharing, "cat")
    tell(sharing, "cat")
    sharing.reading.run("delete from _outbox returning 1")  # a backup leaves it out
    sharing.reading.run("update _notification_slot set due = now() - interval '2 hours' returning 1")
    for _ in range(2):  # the second finds nothing left to do
        wake_slots(sharing.reading.database, sharing.reading.tenant)
        work(sharing)
    assert len(post_office.to("cat@library.test")) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.test", ("mail.test", 25, "none", None)),
        ("smtp://a%40b:p%3Aw@mail.test:587", ("mail.test", 587, "starttls", "a@b")),
        ("smtp+starttls://mail.test", ("mail.test", 587, "starttls", None)),
        ("smtps://u:p@mail.test", ("mail.test", 465, "tls", "u")),
    ],
)
def test_the_mail_servers_address_says_how_to_speak_to_it(url: str, expected: tuple[Any, ...], tmp_path: Any) -> None:
    found = mail_server_of(Settings(home=tmp_path, smtp_url=url))
    assert found is not None
    assert (found.host, found.port, found.security, found.user) == expected


@pytest.mark.parametrize("url", ["http://mail.test", "mail.test", "smtp://"])
def test_an_address_of_another_form_is_refused(url: str, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="DOUGONG_SMTP_URL"):
        mail_server_of(Settings(home=tmp_path, smtp_url=url))
