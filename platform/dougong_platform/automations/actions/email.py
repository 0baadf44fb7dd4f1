"""E-mail: letters to people of the company, each in his language, and to addresses in the company's."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import ActionModel
from dougong_platform.automations.actions.notify import rendered
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.recipients import Told, resolve
from dougong_platform.automations.running import Running
from dougong_platform.notifications import email as send
from dougong_platform.texts import plain
from dougong_tenants.organisation import organisation_in


@executes("email")
def email(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """An address gets one letter from one action of one run about one record."""
    told = resolve(running, action.recipients, ids)
    texts = rendered(running, action, ids)
    for place, id in enumerate(ids):
        sent: list[str] = []
        queued = 0
        for locale, addresses in _addresses(running, told[id]).items():
            subject = plain(texts["subject"][place][locale])
            text = plain(texts["body"][place][locale]) if "body" in texts else ""
            key = f"{running.batch}:{number}:{id}"
            queued += len(send(running.tx, running.caller.tenant, to=addresses, subject=subject, text=text, key=key))
            sent += addresses
        running.note(id, "email", to=sent, queued=queued)  # none where the installation has no mail server


def _addresses(running: Running, told: Told) -> dict[str, list[str]]:
    """Addresses by language."""
    people = organisation_in(running.tx, running.caller.database, running.caller.tenant).people
    usual = "zh" if running.caller.locale.startswith("zh") else "en"
    found: dict[str, str] = {}
    for user in told.users:
        person = people[user]
        if person.email:
            found.setdefault(person.email, "zh" if (person.locale or usual).startswith("zh") else "en")
    for address in told.addresses:
        found.setdefault(address, usual)
    by_locale: dict[str, list[str]] = {}
    for address, locale in found.items():
        by_locale.setdefault(locale, []).append(address)
    return by_locale
