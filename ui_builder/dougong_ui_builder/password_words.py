"""What a password must be like, in one sentence under its field; the same wherever one is set."""

from __future__ import annotations

from dougong_tenants.passwords import PasswordRules
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext


def password_hint(rules: PasswordRules, *more: str) -> str:
    """For the hint of a field; `more` sentences behind it."""
    said = [gettext("At least %(num)d characters, not a common one.", num=rules.length)]
    if rules.kinds > 1:
        said.append(
            gettext("%(num)d of: small letters, capitals, digits, others.", num=rules.kinds)
            if rules.kinds < 4
            else gettext("Small letters, capitals, digits and others.")
        )
    if rules.history:
        said.append(gettext("None of the last %(num)d.", num=rules.history))
    return ("" if current_locale() == "zh" else " ").join([*said, *more])
