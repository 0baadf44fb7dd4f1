"""The errors of the tenants package; raised by its folders, answered by the engine as problem+json.

Fault (dougong_metadata.errors)
└── TenantsError
    ├── DatabaseAway            503  the database server cannot be reached
    │   └── OutcomeUnknown      503  the connection broke while committing: saved or not is not known
    ├── DatabaseBusy            503  no connection became free in time
    ├── StatementTooSlow        503  cancelled by the statement timeout
    ├── WallNotBuilt            500  the database login may not set up the control schema
    ├── NoSuchTenant            404
    │   └── TenantDropped       404  it was there when this process last looked
    ├── TenantNameInvalid       422
    ├── TenantNameTaken         409
    ├── TenantSuspended         403
    ├── SignInRefused           401  wrong e-mail or password, or no such person: never told apart
    │   └── SignInThrottled     429  with the seconds to wait; the same whether or not the person exists
    ├── NotAuthenticated        401  a session or token that is unknown, revoked or over
    ├── AddressRefused          403  the company admits requests from certain networks only
    ├── SecondFactorRefused     422  a code is wrong, was used or is over; names the field
    │   └── SecondFactorLost    409  the secret cannot be read: the installation's DOUGONG_SECRET is another
    ├── PolicyInvalid           422  a security policy that cannot be, or would lock out who sets it; names the field
    ├── PersonInvalid           422  a user, department or team cannot be saved as given; names the field
    │   ├── EmailTaken          409
    │   ├── PasswordRefused     422
    │   ├── CircularLine        422  a manager or department above itself
    │   └── LastAdministrator   409
    ├── NoSuchPerson            404  a user, department or team that does not exist here
    ├── PersonStale             409  somebody else changed it first
    └── TokenInvalid            422  a token's name, scopes or expiry cannot be as given
"""

from __future__ import annotations

from dougong_metadata.errors import Fault


class TenantsError(Fault):
    code = "tenants"


class DatabaseAway(TenantsError):
    code = "database_away"
    status = 503
    text = {
        "en": "The database cannot be reached. Please try again in a moment.",
        "zh": "暂时连接不上数据库，请稍后再试。",
    }


class OutcomeUnknown(DatabaseAway):
    code = "outcome_unknown"
    text = {
        "en": "The database went away while saving. Check whether your change is there before trying again.",
        "zh": "保存时数据库连接中断。请先确认改动是否已生效，再重试。",
    }


class DatabaseBusy(TenantsError):
    code = "database_busy"
    status = 503
    text = {"en": "The server is busy. Please try again in a moment.", "zh": "服务器繁忙，请稍后再试。"}


class StatementTooSlow(TenantsError):
    code = "statement_too_slow"
    status = 503
    text = {
        "en": "This took too long and was stopped. Narrow the request.",
        "zh": "处理时间过长，已中止。请缩小范围再试。",
    }


class WallNotBuilt(TenantsError):
    """The setup needs rights that the DSN's login does not have; `reason` is PostgreSQL's sentence."""

    code = "wall_not_built"
    text = {
        "en": "The database login may not set up Dougong ({reason}). DATABASE_URL must be a superuser's.",
        "zh": "数据库账号无权初始化 Dougong（{reason}）。DATABASE_URL 须为超级用户。",
    }


class NoSuchTenant(TenantsError):
    code = "no_such_tenant"
    status = 404
    text = {"en": "There is no tenant “{name}”.", "zh": "没有租户「{name}」。"}


class TenantDropped(NoSuchTenant):
    code = "tenant_dropped"


class TenantNameInvalid(TenantsError):
    code = "tenant_name_invalid"
    status = 422
    text = {
        "en": "“{name}” cannot be a tenant's name: a small letter, then small letters, digits or _ (at most 40).",
        "zh": "「{name}」不能作为租户名：以小写字母开头，只含小写字母、数字或 _，最多 40 个字符。",
    }


class TenantNameTaken(TenantsError):
    code = "tenant_name_taken"
    status = 409
    text = {"en": "There is already a tenant “{name}”.", "zh": "租户「{name}」已存在。"}


class TenantSuspended(TenantsError):
    code = "tenant_suspended"
    status = 403
    text = {"en": "“{name}” is suspended.", "zh": "「{name}」已停用。"}


class SignInRefused(TenantsError):
    code = "sign_in_refused"
    status = 401
    text = {"en": "The e-mail or the password is not right.", "zh": "邮箱或密码不正确。"}


class SignInThrottled(SignInRefused):
    """`seconds` until the next try counts."""

    code = "sign_in_throttled"
    status = 429
    text = {
        "en": "Too many attempts. Please try again in {seconds} seconds.",
        "zh": "尝试次数过多，请在 {seconds} 秒后再试。",
    }


class NotAuthenticated(TenantsError):
    code = "not_authenticated"
    status = 401
    text = {"en": "Please sign in.", "zh": "请先登录。"}


class AddressRefused(TenantsError):
    """`address` is what the request came from, as far as is known."""

    code = "address_refused"
    status = 403
    text = {
        "en": "Your company does not allow access from this network ({address}).",
        "zh": "贵公司不允许从当前网络（{address}）访问。",
    }


class SecondFactorRefused(TenantsError):
    """`field` is the input that is at fault."""

    code = "second_factor_refused"
    status = 422
    text = {"en": "{en}", "zh": "{zh}"}

    def __init__(self, field: str, en: str, zh: str) -> None:
        super().__init__(field=field, en=en, zh=zh)


class SecondFactorLost(SecondFactorRefused):
    code = "second_factor_lost"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "code",
            "Codes cannot be checked any more since the installation was moved. Use a recovery code.",
            "系统迁移后已无法校验验证码，请使用恢复码。",
        )


class PolicyInvalid(TenantsError):
    """`field` is the part of the policy that is at fault."""

    code = "policy_invalid"
    status = 422
    text = {"en": "{en}", "zh": "{zh}"}

    def __init__(self, field: str, en: str, zh: str) -> None:
        super().__init__(field=field, en=en, zh=zh)


class PersonInvalid(TenantsError):
    """`field` is the api name of the field that is at fault."""

    code = "person_invalid"
    status = 422
    text = {"en": "{en}", "zh": "{zh}"}

    def __init__(self, field: str, en: str, zh: str) -> None:
        super().__init__(field=field, en=en, zh=zh)


class EmailTaken(PersonInvalid):
    code = "email_taken"
    status = 409

    def __init__(self, email: str) -> None:
        super().__init__("email", f"“{email}” already belongs to a user.", f"「{email}」已属于另一位用户。")


class PasswordRefused(PersonInvalid):
    code = "password_refused"

    def __init__(self, en: str, zh: str) -> None:
        super().__init__("password", en, zh)


class CircularLine(PersonInvalid):
    code = "circular_line"

    def __init__(self, field: str) -> None:
        super().__init__(field, "Nobody and nothing can be above itself.", "上级不能是自己或自己的下级。")


class LastAdministrator(PersonInvalid):
    code = "last_administrator"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "permission_sets", "At least one active administrator must remain.", "至少要保留一位在职的管理员。"
        )


class NoSuchPerson(TenantsError):
    """`what` is user, department or team."""

    code = "no_such_person"
    status = 404
    text = {"en": "There is no such {what}.", "zh": "找不到该记录（{what}）。"}


class PersonStale(TenantsError):
    code = "stale_version"
    status = 409
    text = {"en": "Somebody else changed this first. Reload and try again.", "zh": "此记录已被他人修改，请刷新后重试。"}


class TokenInvalid(PersonInvalid):
    code = "token_invalid"
