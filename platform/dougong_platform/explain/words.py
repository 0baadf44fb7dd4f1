"""What was looked at, in sentences: the explanation of an access as a person reads it, in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from dougong_metadata.label import Label
from dougong_platform.explain.judged import Judged
from dougong_platform.explain.ways import Way
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import may_read_rule
from dougong_tenants.organisation import Organisation

_DEFAULTS = {
    "private": ("Object default: the owner only", "对象默认：仅负责人"),
    "read": ("Object default: everybody reads", "对象默认：所有人可查看"),
    "write": ("Object default: everybody reads and changes", "对象默认：所有人可查看与修改"),
}
_SCOPES = {
    "own_below": ("Manager line", "上级链"),
    "department": ("Same department", "同部门"),
    "department_below": ("Department and below", "本部门及下级部门"),
    "departments": ("Chosen departments", "指定部门"),
}
_ACCESS = {"read": ("read", "只读"), "edit": ("read and edit", "读写")}
Said = dict[str, dict[str, str]]


class Words:
    """Says ways in words; names people, departments and teams, documents by their labels."""

    def __init__(self, caller: Caller, organisation: Organisation) -> None:
        self._caller, self._organisation = caller, organisation

    def of(self, found: Judged, way: Way) -> Said:
        """{"title": {en, zh}, "detail": {en, zh}}."""
        title, detail = getattr(self, f"_{way.kind}")(found, way)
        return {"title": {"en": title[0], "zh": title[1]}, "detail": {"en": detail[0], "zh": detail[1]}}

    def name(self, id: str | None) -> str:
        """What a user, department or team is called; "" for nobody."""
        known = self._organisation
        if id is None:
            return ""
        if id in known.people:
            return known.people[id].name
        if id in known.departments:
            return known.departments[id].name
        return known.teams.get(id, "")

    def set_names(self, names: list[str]) -> tuple[str, str]:
        """Permission sets by their labels."""
        labels = [self._caller.model.permission_sets[n].label for n in names if n in self._caller.model.permission_sets]
        return ", ".join(f"“{one.en}”" for one in labels), "、".join(f"「{one.zh}」" for one in labels)

    def _permission_set(self, found: Judged, way: Way) -> Any:
        en, zh = self.set_names(way.data["sets"])
        return ("All records", "全部记录"), (f"Permission set {en} grants every record", f"权限集{zh}授予全部记录")

    def _default_access(self, found: Judged, way: Way) -> Any:
        label = found.facts.object.label
        return _DEFAULTS[way.data["value"]], (label.en, label.zh)

    def _owner(self, found: Judged, way: Way) -> Any:
        if way.grants:
            return ("Owner: this person", "负责人：就是本人"), ("", "")
        owner = self.name(way.data.get("owner"))
        if not owner:
            return ("Owner: nobody", "负责人：无"), ("", "")
        return (f"Owner: {owner}, somebody else", f"负责人：{owner}，不是此人"), ("", "")

    def _assistant(self, found: Judged, way: Way) -> Any:
        who = self.name(way.data["for"])
        return (f"Acts for the owner {who}", f"是负责人 {who} 的助理"), ("", "")

    def _queue(self, found: Judged, way: Way) -> Any:
        queue, team = self.name(way.data["queue"]), self.name(way.data["team"])
        detail = (f"Works it in the team {team}", f"属于处理它的团队 {team}")
        return (f"Owner: queue {queue}", f"负责人：队列 {queue}"), detail

    def _scope(self, found: Judged, way: Way) -> Any:
        en, zh = _SCOPES[way.data["scope"]]
        owner = self.name(way.data["owner"])
        sets_en, sets_zh = self.set_names(way.data["sets"])
        by = (f"Permission set {sets_en}", f"权限集{sets_zh}")
        if way.grants:
            return (f"{en}: {owner} is within it", f"{zh}：包含 {owner}"), self._line(found, way, by)
        return (f"{en}: {owner or 'nobody'} is not within it", f"{zh}：不包含 {owner or '（无负责人）'}"), by

    def _line(self, found: Judged, way: Way, by: tuple[str, str]) -> tuple[str, str]:
        """How the owner hangs on the person: the line of managers, or the department they share."""
        owner, mine = str(way.data["owner"]), found.person.reach.identities
        if way.data["scope"] != "own_below":
            return by
        between = []
        for one in self._organisation.line_above(owner):
            between.append(self.name(one))
            if one in mine:
                break
        chain = " → ".join([self.name(owner), *between])
        return f"{chain} · {by[0]}", f"{chain} · {by[1]}"

    def _rule(self, found: Judged, way: Way) -> Any:
        rules = self._caller.model.sharing.get(found.facts.object.name, ())
        rule = next((one for one in rules if one.name == way.data["name"]), None)
        if rule is None:  # of the record above
            rule = next(
                one for all in self._caller.model.sharing.values() for one in all if one.name == way.data["name"]
            )
        access, label = _ACCESS[rule.access], rule.label
        title = (f"Sharing rule “{label.en}” → {access[0]}", f"共享规则「{label.zh}」→ {access[1]}")
        if not way.data["reaches"]:
            title = (f"Sharing rule “{label.en}”: not for this person", f"共享规则「{label.zh}」：共享对象不含此人")
        elif not way.data["fits"]:
            title = (f"Sharing rule “{label.en}”: does not fit this record", f"共享规则「{label.zh}」：不适用于本记录")
        if rule.when is None:
            return title, ("Every record", "全部记录")
        known = may_read_rule(self._caller.rights, rule.object, rule.when)
        return title, (rule.when.text, rule.when.text) if known else ("", "")

    def _share(self, found: Judged, way: Way) -> Any:
        access = _ACCESS[way.data["access"]]
        by, to, until = self.name(way.data["by"]), self.name(way.data["subject"]), self._until(way, found.person.now)
        title = (f"Shared singly → {access[0]}", f"单独共享 → {access[1]}")
        return title, self._along(way, (f"{by} shared it with {to}{until[0]}", f"{by} 共享给 {to}{until[1]}"))

    def _team(self, found: Judged, way: Way) -> Any:
        access, role, until = _ACCESS[way.data["access"]], way.data["role"], self._until(way, found.person.now)
        title = (f"Record team: {role} → {access[0]}", f"团队成员：{role} → {access[1]}")
        to = self.name(way.data["subject"])
        return title, self._along(way, (f"{to}{until[0]}", f"{to}{until[1]}"))

    def _parent(self, found: Judged, way: Way) -> Any:
        above: Label = self._caller.model.objects[way.data["object"]].label
        return (f"As open as its {above.en}", f"权限随所属的{above.zh}"), ("", "")

    def _along(self, way: Way, said: tuple[str, str]) -> tuple[str, str]:
        if "relation" not in way.data:
            return said
        above = self._caller.model.objects[way.data["object"]].label
        return f"{said[0]}, with its {above.en}", f"{said[1]}（随{above.zh}）"

    def _until(self, way: Way, now: dt.datetime) -> tuple[str, str]:
        if not way.data["expires_at"]:
            return "", ""
        moment = dt.datetime.fromisoformat(way.data["expires_at"])
        day = moment.astimezone(ZoneInfo(self._caller.timezone)).date()
        return (f", until {day}", f"，{day} 到期") if moment > now else (f", expired {day}", f"，已于 {day} 到期")
