"""Workers that are killed while they send: nobody is left out, every due time is one mail under one Message-ID for each
receiver, and a second copy comes only of those that were under way."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.clock import send_due
from dougong_tenants import people
from kept_reports import make_kept
from post_office import PASSWORD, USER, PostOffice
from reading import PASSWORD as SIGN_IN

CHILD = Path(__file__).parents[3] / "support" / "relay_child.py"
ROUNDS, MORE_PEOPLE = 6, 6
load_handlers()


@pytest.mark.slow
def test_everybody_gets_every_mail_however_often_the_worker_is_killed(
    make_database: Callable[..., str], post_office: PostOffice
) -> None:
    kept = make_kept(make_database())
    database, tenant = kept.reading.database, kept.reading.tenant
    for number in range(MORE_PEOPLE):
        given = {"name": f"Person {number}", "email": f"person{number}@library.test"}
        people.create_user(database, tenant, given, password=SIGN_IN, permission_sets=["reader"])
    made = keeping.create(
        kept.caller("bob"),
        "report",
        "by_genre",
        {"cadence": "daily", "hour": 8, "recipients": [{"kind": "permission_set", "id": "reader"}]},
    )
    readers, first = 3 + MORE_PEOPLE, dt.datetime.fromisoformat(str(made.next_at))
    chance = random.Random(11)
    address = f"smtp://{USER}:{PASSWORD.replace('/', '%2F')}@127.0.0.1:{post_office.port}"
    settings = {"DOUGONG_SMTP_URL": address, "DOUGONG_MAIL_FROM": "crm@dougong.test"}
    process = subprocess.Popen(
        [sys.executable, str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for days in range(ROUNDS):
            process.stdin.write(f"{database.dsn} {tenant.name}\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            send_due(database, tenant, now=first + dt.timedelta(days=days))
            time.sleep(0.3 + chance.random())
            os.kill(pid, signal.SIGKILL)
            kept.reading.run("update _outbox set due = now() returning 1")  # leases of the dead
    finally:
        process.kill()
        process.wait()
    deadline = time.monotonic() + 60
    while kept.reading.run("select 1 from _outbox where topic like 'report%%' limit 1"):
        assert time.monotonic() < deadline, kept.reading.run("select topic, failed, dead from _outbox")
        relay(database, tenant)
        kept.reading.run("update _outbox set due = now() where not dead returning 1")
    times = {due for (due,) in kept.reading.run("select distinct key from _notification where topic = 'report'")}
    copies = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in post_office.mails)
    assert (len(times), len(copies)) == (ROUNDS, ROUNDS * readers), "one Message-ID for each receiver and due time"
    assert sum(copies.values()) <= len(copies) + ROUNDS, "a second copy only of what was under way"
    told = kept.reading.run(
        "select count(*), count(distinct (\"user\", key)) from _notification where topic = 'report'"
    )
    assert told == [(len(times) * readers, len(times) * readers)]
    assert keeping.find(kept.caller("bob"), made.id).last_error is None
    database.close()
