"""Throttles guessing: failures per e-mail and per address close the door for a growing time. Used by `entrance`.

Kept in PostgreSQL, so that a restart forgets nothing. The e-mail counts whether or not anybody has it: nothing that is
answered tells the difference. An attempt counts as failed when it begins, so that a hundred at once are a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong_tenants.connection import ControlTransaction, Database
from dougong_tenants.credentials import hash_of
from dougong_tenants.errors import SignInThrottled

_COUNT = """
insert into dougong.sign_in_attempt as a (kind, subject, failures, last_at, closed_until)
values (%(kind)s, %(subject)s, 1, now(), now())
on conflict (kind, subject) do update set
    failures = case when a.last_at < now() - %(forgotten)s * interval '1 second' then 1 else a.failures + 1 end,
    last_at = now(),
    closed_until = now() + interval '1 second' * case
        when a.last_at < now() - %(forgotten)s * interval '1 second' then 0
        else coalesce((%(delays)s::integer[])[least(a.failures + 1 - %(free)s, cardinality(%(delays)s::integer[]))], 0)
        end
where a.closed_until <= now()
returning failures
"""
_WAIT = """
select ceil(extract(epoch from closed_until - now()))::integer from dougong.sign_in_attempt
 where kind = %(kind)s and subject = %(subject)s
"""


@dataclass(frozen=True, slots=True)
class Attempts:
    """The limits: the first failures are free, then the door closes for `delays` seconds in turn, staying at the last.

    An address may be a whole office's: it gets more. Failures are forgotten after `forgotten` seconds without another.
    """

    free_per_email: int = 4
    free_per_address: int = 40
    delays: tuple[int, ...] = (5, 15, 60, 300, 900)
    forgotten: int = 3600

    def count(self, database: Database, email: str, address: str | None) -> None:
        """Count an attempt that begins now; raises SignInThrottled with the seconds to wait, then counting nothing."""
        with database.control() as tx:
            if address is not None:
                self._count(tx, "address", address, self.free_per_address)
            self._count(tx, "email", email, self.free_per_email)

    def succeeded(self, tx: ControlTransaction, email: str, address: str | None) -> None:
        """The attempt was right: the e-mail's failures are forgotten, the address's by this one."""
        self._succeeded(tx, "email", email, address)

    def count_codes(self, database: Database, person: str, address: str | None) -> None:
        """As `count`, for codes of a second factor and other confirmations of a person; counted apart from passwords,
        so that a right password does not make room for more guesses at the code.
        """
        with database.control() as tx:
            if address is not None:
                self._count(tx, "address", address, self.free_per_address)
            self._count(tx, "code", person, self.free_per_email)

    def code_was_right(self, tx: ControlTransaction, person: str, address: str | None) -> None:
        """The person's wrong codes are forgotten, the address's failures by this one."""
        self._succeeded(tx, "code", person, address)

    def count_address(self, database: Database, address: str | None) -> None:
        """As `count`, where no e-mail is known yet: somebody comes back from an identity provider."""
        if address is not None:
            with database.control() as tx:
                self._count(tx, "address", address, self.free_per_address)

    def address_was_right(self, database: Database, address: str | None) -> None:
        """The address's failures are forgotten by this one."""
        with database.control() as tx:
            self._succeeded(tx, "address", "", address)

    def _succeeded(self, tx: ControlTransaction, kind: str, subject: str, address: str | None) -> None:
        tx.execute("delete from dougong.sign_in_attempt where kind = %s and subject = %s", (kind, hash_of(subject)))
        tx.execute(
            "update dougong.sign_in_attempt set failures = greatest(failures - 1, 0), closed_until = now()"
            " where kind = 'address' and subject = %s",
            (hash_of(address or ""),),
        )

    def _count(self, tx: ControlTransaction, kind: str, subject: str, free: int) -> None:
        values = {
            "kind": kind,
            "subject": hash_of(subject),
            "free": free,
            "delays": list(self.delays),
            "forgotten": self.forgotten,
        }
        if not tx.rows(_COUNT, values):
            wait = tx.rows(_WAIT, {"kind": kind, "subject": values["subject"]})
            raise SignInThrottled(seconds=max(1, int(wait[0][0]) if wait else 1))


def sweep_attempts(database: Database, older_than: int = 86_400) -> None:
    """Delete what is forgotten anyway; the engine's schedule calls this daily."""
    with database.control() as tx:
        tx.execute(
            "delete from dougong.sign_in_attempt where last_at < now() - %s * interval '1 second'"
            " and closed_until < now()",
            (older_than,),
        )
