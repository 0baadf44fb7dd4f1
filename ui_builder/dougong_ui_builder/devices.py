"""A browser and its system in words, from what the browser says of itself. For people who look at their sessions."""

from __future__ import annotations

from dougong_ui_builder.words import gettext

# The first mark that is found counts: most browsers also name those they descend from.
_BROWSERS = (
    ("wxwork", "企业微信 WeCom"),
    ("MicroMessenger", "微信 WeChat"),
    ("DingTalk", "钉钉 DingTalk"),
    ("Lark/", "飞书 Lark"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PHONES = ("iPhone", "HarmonyOS", "Android")


def device_words(device: str | None) -> str:
    """ "Chrome on Windows"; the first words of what is not known."""
    browser, system = _found(_BROWSERS, device), _found(_SYSTEMS, device)
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or (device or "").split("/")[0][:40] or gettext("Unknown device")


def device_icon(device: str | None) -> str:
    """The icon's name."""
    system = _found(_SYSTEMS, device)
    if system == "iPad":
        return "device-tablet"
    return "device-mobile" if system in _PHONES else "device-desktop"


def _found(marks: tuple[tuple[str, str], ...], device: str | None) -> str:
    return next((words for mark, words in marks if mark in (device or "")), "")
