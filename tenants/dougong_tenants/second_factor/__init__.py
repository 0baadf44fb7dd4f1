"""The second step of signing in: codes of an authenticator app (RFC 6238), and recovery codes for who has lost it."""

from dougong_tenants.second_factor.enrolment import Enrolment, begin_enrolment, enrolled_secret, resume_enrolment
from dougong_tenants.second_factor.keeping import recovery_codes_left, remove, renew_recovery_codes, take_code, write

__all__ = [
    "Enrolment",
    "begin_enrolment",
    "enrolled_secret",
    "recovery_codes_left",
    "remove",
    "renew_recovery_codes",
    "resume_enrolment",
    "take_code",
    "write",
]
