"""The errors of the engine; every package raises these and `http.problem` answers them as problem+json.

Fault (dougong_metadata.errors)
└── PlatformError
    ├── BadRequest           400  the request itself cannot be understood
    │   ├── BadFilter        400  a filter that does not parse or check; position in it
    │   ├── BadSort          400  a sort key that is no field or cannot be ordered
    │   ├── BadField         400  a field asked for that does not exist for this user
    │   └── BadCursor        400  a cursor that is not ours or belongs to another question
    ├── NotSignedIn          401
    ├── NotAllowed           403
    │   └── CsrfFailed       403
    ├── NotFound             404  also for what exists but may not be seen
    ├── MethodNotAllowed     405
    ├── NotAcceptable        406
    ├── Conflict             409
    │   ├── StaleVersion     409  somebody else changed the record first
    │   ├── DraftChanged     409  somebody else changed this document of the draft
    │   ├── PublishConflict  409  the draft or the release moved: plan again
    │   └── CallerOutdated   409  what the process remembered is old; answered only if a second attempt meets it too
    │       ├── ReleaseChanged
    │       └── RightsChanged
    ├── TooLarge             413
    ├── UnsupportedMedia     415
    ├── RecordsInvalid       422  carries every FieldError
    ├── PublishRefused       422  the data does not allow the change of metadata
    ├── IdempotencyMismatch  422  the key was used for another request
    ├── PreconditionRequired 428
    ├── RateLimited          429  with the seconds to wait
    └── Unavailable          503  the database or a needed server is away
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.errors import Fault


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one value: `field` by api name (None = the record), `index` of the row in its batch."""

    field: str | None
    code: str
    message: str
    index: int | None = None
    name: str | None = None  # the validation that asks, where the code is needs_confirmation

    def json(self) -> dict[str, Any]:
        """{field, code, message, index} as problem+json shows it, and name where there is one."""
        said = {"field": self.field, "code": self.code, "message": self.message, "index": self.index}
        return said if self.name is None else {**said, "name": self.name}


class PlatformError(Fault):
    code = "platform_error"


class BadRequest(PlatformError):
    """`BadRequest(en=…, zh=…)`; subclasses with a text of their own take its data instead."""

    code = "bad_request"
    status = 400
    text = {"en": "{en}", "zh": "{zh}"}


class BadFilter(BadRequest):
    """The filter's own sentence, and where in it: `position` and `length` in characters from 0."""

    code = "bad_filter"
    text = {"en": "The filter is wrong: {en}", "zh": "筛选条件有误：{zh}"}

    def __init__(self, en: str, zh: str, position: int = 0, length: int = 1, hint: str | None = None) -> None:
        super().__init__(en=en, zh=zh, position=position, length=length, hint=hint)


class BadSort(BadRequest):
    code = "bad_sort"
    text = {"en": "“{name}” cannot be sorted by.", "zh": "不能按「{name}」排序。"}


class BadField(BadRequest):
    code = "bad_field"
    text = {"en": "“{name}” is not a field of “{object}”.", "zh": "「{object}」没有字段「{name}」。"}


class BadCursor(BadRequest):
    code = "bad_cursor"
    text = {"en": "The cursor is not valid for this list.", "zh": "该游标不适用于此列表。"}


class NotSignedIn(PlatformError):
    code = "not_signed_in"
    status = 401
    text = {"en": "Please sign in.", "zh": "请先登录。"}


class NotAllowed(PlatformError):
    code = "not_allowed"
    status = 403
    text = {"en": "You are not allowed to do this.", "zh": "您没有权限执行此操作。"}


class OnlyPreviewing(NotAllowed):
    code = "only_previewing"
    text = {
        "en": "You are looking on as {name}: nothing can be changed. End the preview first.",
        "zh": "您正以 {name} 的身份预览，不能修改任何内容。请先结束预览。",
    }


class DraftOfOthers(NotAllowed):
    code = "draft_of_others"
    text = {
        "en": "The draft also changes what you may not shape ({en}): somebody with the whole right has to publish it.",
        "zh": "草稿中还有您无权维护的内容（{zh}），须由拥有完整权限的人发布。",
    }


class SeenAsNotYours(NotAllowed):
    code = "view_as_needs_people"
    text = {
        "en": "“{en}” shows everybody numbers under the access of one person: only somebody with the right to people "
        "may publish it, or reports on it.",
        "zh": "「{zh}」以某人的权限向所有人展示数据：须由拥有人员管理权限的人发布该仪表盘及其中的报表。",
    }


class CsrfFailed(NotAllowed):
    code = "csrf_failed"
    text = {
        "en": "This form is too old or came from elsewhere. Please load the page again.",
        "zh": "表单已过期或来源不明，请重新加载页面。",
    }


class NotFound(PlatformError):
    code = "not_found"
    status = 404
    text = {"en": "There is no such thing here.", "zh": "没有找到您要的内容。"}


class MethodNotAllowed(PlatformError):
    code = "method_not_allowed"
    status = 405
    text = {"en": "This address does not take this method.", "zh": "该地址不支持此方法。"}


class NotAcceptable(PlatformError):
    code = "not_acceptable"
    status = 406
    text = {"en": "This form of answer is not offered here.", "zh": "此处不提供这种应答格式。"}


class Conflict(PlatformError):
    code = "conflict"
    status = 409
    text = {"en": "This conflicts with a change made meanwhile.", "zh": "与同时发生的更改冲突。"}


class StaleVersion(Conflict):
    code = "stale_version"
    text = {
        "en": "Somebody changed this record meanwhile. Load it again, then repeat your change.",
        "zh": "该记录已被他人修改，请重新加载后再改。",
    }


class DraftChanged(Conflict):
    """`kind` and `name` of the document, `by` the user who changed it (None: not known)."""

    code = "draft_changed"
    text = {
        "en": "Somebody changed {kind}/{name} meanwhile. Load it again, then repeat your change.",
        "zh": "{kind}/{name} 已被他人修改，请重新加载后再改。",
    }


class PublishConflict(Conflict):
    code = "publish_conflict"
    text = {"en": "Somebody published meanwhile. Please plan again.", "zh": "已有他人发布，请重新规划。"}


class CallerOutdated(Conflict):
    """What this process knew of the caller was old. Nothing was done: build the caller anew and repeat."""

    code = "try_again"
    text = {"en": "Settings changed at this very moment. Please try again.", "zh": "设置刚刚发生变化，请重试。"}


class ReleaseChanged(CallerOutdated):
    code = "release_changed"


class RightsChanged(CallerOutdated):
    code = "rights_changed"


class TooLarge(PlatformError):
    code = "too_large"
    status = 413
    text = {"en": "This is larger than the {limit} allowed.", "zh": "超过允许的大小（{limit}）。"}


class UnsupportedMedia(PlatformError):
    code = "unsupported_media_type"
    status = 415
    text = {
        "en": "Send JSON, with Content-Type: application/json.",
        "zh": "请以 Content-Type: application/json 发送 JSON。",
    }


class RecordsInvalid(PlatformError):
    """The batch was refused whole; `errors` lists what is wrong, row by row."""

    code = "records_invalid"
    status = 422
    text = {"en": "{count} problems; nothing was saved.", "zh": "有 {count} 处问题，未保存任何内容。"}

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(count=len(self.errors))


class PublishRefused(PlatformError):
    """Nothing was changed. `code` says why: values that do not convert, duplicates under a unique key, a full table."""

    code = "publish_refused"
    status = 422
    text = {"en": "{en}", "zh": "{zh}"}

    @classmethod
    def values(cls, object: str, field: str, count: int) -> PublishRefused:
        """`count` records hold a value that the field's new type cannot."""
        return cls(
            reason="values",
            object=object,
            field=field,
            count=count,
            en=f"{count} records of “{object}” hold a value in “{field}” that its new type cannot.",
            zh=f"「{object}」有 {count} 条记录的「{field}」无法转换为新类型。",
        )

    @classmethod
    def duplicates(cls, object: str, fields: str) -> PublishRefused:
        """Existing records are equal where they would have to differ."""
        return cls(
            reason="duplicates",
            object=object,
            field=fields,
            en=f"Records of “{object}” have equal values in “{fields}”, which has to be unique.",
            zh=f"「{object}」的「{fields}」必须唯一，但已有重复的记录。",
        )

    @classmethod
    def stage(cls, object: str, pipeline: str, stage: str, count: int) -> PublishRefused:
        """`count` records stand at what will be no stage, and nobody has said where they go."""
        return cls(
            reason="stage",
            object=object,
            stage=f"{pipeline}.{stage}",
            count=count,
            en=f"{count} records of “{object}” stand at “{stage}”, no stage of “{pipeline}”: say where they go.",
            zh=f"「{object}」有 {count} 条记录处于「{stage}」，而「{pipeline}」已无此阶段：请指定移至哪个阶段。",
        )

    @classmethod
    def no_stage(cls, place: str, name: str, hint: str | None) -> PublishRefused:
        """Records are said to go from or to what does not exist."""
        near = (f" Did you mean “{hint}”?", f"是不是「{hint}」？") if hint else ("", "")
        return cls(
            reason="no_stage",
            stage=place,
            hint=hint,
            en=f"“{name}” in “{place}” is no pipeline or stage of the new release.{near[0]}",
            zh=f"「{place}」中的「{name}」不是新版本中的阶段流程或阶段。{near[1]}",
        )

    @classmethod
    def full(cls, object: str) -> PublishRefused:
        """The object's table has no room for further columns (PostgreSQL counts removed ones too)."""
        return cls(
            reason="full",
            object=object,
            en=f"“{object}” has had too many fields in its life to get another one.",
            zh=f"「{object}」历来的字段过多，无法再添加。",
        )


class IdempotencyMismatch(PlatformError):
    code = "idempotency_mismatch"
    status = 422
    text = {"en": "This Idempotency-Key was used for another request.", "zh": "该 Idempotency-Key 已用于另一个请求。"}


class PreconditionRequired(PlatformError):
    code = "precondition_required"
    status = 428
    text = {"en": "Say which version you change (If-Match).", "zh": "请用 If-Match 说明所修改的版本。"}


class RateLimited(PlatformError):
    """`retry_after`: whole seconds until a request is taken again."""

    code = "rate_limited"
    status = 429
    text = {
        "en": "Too many requests. Try again in {retry_after} s.",
        "zh": "请求过于频繁，请在 {retry_after} 秒后重试。",
    }


class Unavailable(PlatformError):
    code = "unavailable"
    status = 503
    text = {
        "en": "The service is busy or restarting. Please try again in a moment.",
        "zh": "服务繁忙或正在重启，请稍后重试。",
    }
