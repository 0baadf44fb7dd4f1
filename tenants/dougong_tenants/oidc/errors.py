"""Why somebody could not be signed in by an identity provider. Each is a page for him; none is the server's failure.

TenantsError (dougong_tenants.errors)
└── OidcFault
    ├── NoSuchProvider        404  the tenant has no such provider, or it is switched off
    ├── ProviderUnreachable   400  it does not answer, or not in time
    ├── ProviderUnfit         400  what it says of itself cannot be used; `reason` says what
    ├── ProviderRefused       400  it did not let the person in; `reason` is its own code
    ├── JourneyLost           400  the answer does not belong to a sign-in that this browser began
    ├── IdTokenRefused        400  what it says of the person is not proved
    │   └── ClocksDiffer      400  its answer is too old or from the future
    ├── EmailNotVerified      403
    ├── DomainRefused         403  the e-mail's domain is not allowed
    ├── PersonUnknown         403  nobody here has this e-mail, and nobody is created
    ├── PersonTaken           403  the user with this e-mail is known under another identity of the provider
    └── PersonLockedOut       403  the user was deactivated
SignInRefused (dougong_tenants.errors)
└── PasswordClosed            403  the company's members sign in at its provider only
PersonInvalid (dougong_tenants.errors)
└── ProviderInvalid           422  a provider that cannot be saved as given; names the field
"""

from __future__ import annotations

from dougong_tenants.errors import PersonInvalid, SignInRefused, TenantsError


class OidcFault(TenantsError):
    code = "oidc"
    status = 400


class NoSuchProvider(OidcFault):
    code = "no_such_provider"
    status = 404
    text = {"en": "There is no such way to sign in.", "zh": "没有此登录方式。"}


class ProviderUnreachable(OidcFault):
    """`host`: which server; `reason_en`, `reason_zh`: what went wrong."""

    code = "provider_unreachable"
    text = {
        "en": "“{host}” cannot be reached: {reason_en} Try again in a moment, or sign in with your password.",
        "zh": "无法连接「{host}」：{reason_zh}请稍后重试，或使用密码登录。",
    }

    def __init__(self, host: str, reason_en: str, reason_zh: str) -> None:
        super().__init__(host=host[:200], reason_en=reason_en, reason_zh=reason_zh)


class ProviderUnfit(OidcFault):
    """`field`: the setting of ours that has to do with it, if one has."""

    code = "provider_unfit"
    text = {
        "en": "The identity provider is not set up right: {reason_en} An administrator has to look at it.",
        "zh": "身份提供方配置有误：{reason_zh}请联系管理员处理。",
    }

    def __init__(self, reason_en: str, reason_zh: str, field: str | None = None) -> None:
        super().__init__(reason_en=reason_en, reason_zh=reason_zh, field=field)


class ProviderRefused(OidcFault):
    """`reason`: the provider's error code, cleaned (RFC 6749 §4.1.2.1, §5.2)."""

    code = "provider_refused"
    text = {
        "en": "The identity provider did not let you in ({reason}). Try again; if it goes on, ask an administrator.",
        "zh": "身份提供方拒绝了登录（{reason}）。请重试；若仍失败，请联系管理员。",
    }


class JourneyLost(OidcFault):
    code = "oidc_journey_lost"
    text = {
        "en": "This sign-in was begun in another browser, took too long or was used already. Please begin again.",
        "zh": "此次登录不是由本浏览器发起，或已超时、已被使用。请重新登录。",
    }


class IdTokenRefused(OidcFault):
    """`reason` is for administrators and the log; it tells no secret."""

    code = "id_token_refused"
    text = {
        "en": "What the identity provider said of you could not be verified ({reason}). Ask an administrator.",
        "zh": "无法验证身份提供方返回的信息（{reason}）。请联系管理员。",
    }


class ClocksDiffer(IdTokenRefused):
    """`theirs` and `ours`: moments in ISO 8601."""

    code = "clocks_differ"
    text = {
        "en": "The identity provider's answer is of {theirs}, here it is {ours}: it came too late, or the clocks "
        "differ. Try again; if it goes on, an administrator has to set the clocks.",
        "zh": "身份提供方的应答时间为 {theirs}，本系统时间为 {ours}：应答已过期，或两边时钟不一致。"
        "请重试；若仍失败，请联系管理员校准时钟。",
    }


class EmailNotVerified(OidcFault):
    code = "email_not_verified"
    status = 403
    text = {
        "en": "The identity provider has not verified your e-mail ({email}). Verify it there, then try again.",
        "zh": "身份提供方尚未验证您的邮箱（{email}）。请先在那里完成验证，再重试。",
    }


class DomainRefused(OidcFault):
    code = "domain_refused"
    status = 403
    text = {
        "en": "E-mails of “{domain}” may not sign in here. Choose another identity, or ask an administrator.",
        "zh": "域名「{domain}」的邮箱不能登录此处。请换用其他身份，或联系管理员。",
    }


class PersonUnknown(OidcFault):
    code = "person_unknown"
    status = 403
    text = {
        "en": "Nobody here is known as {email}. Ask an administrator to create you.",
        "zh": "此处没有邮箱为 {email} 的用户，请联系管理员为您开通。",
    }


class PersonTaken(OidcFault):
    code = "person_taken"
    status = 403
    text = {
        "en": "{email} belongs to a user here who signs in with another identity. Ask an administrator.",
        "zh": "{email} 属于此处的另一用户，其已关联别的身份。请联系管理员。",
    }


class PersonLockedOut(OidcFault):
    code = "person_locked_out"
    status = 403
    text = {
        "en": "Your user was deactivated. Ask an administrator.",
        "zh": "您的用户已停用，请联系管理员。",
    }


class PasswordClosed(SignInRefused):
    """Told only after the password was right."""

    code = "password_closed"
    status = 403
    text = {
        "en": "Your company does not let members sign in with a password. Use its own sign-in ({label_en}).",
        "zh": "贵公司不允许成员使用密码登录，请使用公司登录（{label_zh}）。",
    }


class ProviderInvalid(PersonInvalid):
    code = "provider_invalid"
