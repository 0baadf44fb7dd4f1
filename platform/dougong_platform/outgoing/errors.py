"""Why a question to an outside address was not answered. None of them says what is to be found inside.

PlatformError
└── OutgoingFault           502
    ├── AddressRefused      422  the address may not be asked: a private one, another port, plain http
    └── NotReached          502  no connection, no answer in time, an answer that is no HTTP
"""

from __future__ import annotations

from dougong_platform.errors import PlatformError


class OutgoingFault(PlatformError):
    code = "outgoing_fault"
    status = 502


class AddressRefused(OutgoingFault):
    """`AddressRefused(en=…, zh=…)`. Asking again does not help until address or settings change."""

    code = "address_refused"
    status = 422
    text = {"en": "This address may not be called: {en}", "zh": "不允许访问该地址：{zh}"}


class NotReached(OutgoingFault):
    """`NotReached(host=…, en=…, zh=…)`. Worth another attempt later."""

    code = "not_reached"
    text = {"en": "{host} was not reached: {en}", "zh": "未能访问 {host}：{zh}"}
