"""China's provinces by any of their names: what the map of a report is drawn by."""

from __future__ import annotations

from collections.abc import Sequence

# Short name in Chinese → in English; the map's outlines go by the Chinese one.
PROVINCES = {
    "北京": "Beijing",
    "天津": "Tianjin",
    "河北": "Hebei",
    "山西": "Shanxi",
    "内蒙古": "Inner Mongolia",
    "辽宁": "Liaoning",
    "吉林": "Jilin",
    "黑龙江": "Heilongjiang",
    "上海": "Shanghai",
    "江苏": "Jiangsu",
    "浙江": "Zhejiang",
    "安徽": "Anhui",
    "福建": "Fujian",
    "江西": "Jiangxi",
    "山东": "Shandong",
    "河南": "Henan",
    "湖北": "Hubei",
    "湖南": "Hunan",
    "广东": "Guangdong",
    "广西": "Guangxi",
    "海南": "Hainan",
    "重庆": "Chongqing",
    "四川": "Sichuan",
    "贵州": "Guizhou",
    "云南": "Yunnan",
    "西藏": "Tibet",
    "陕西": "Shaanxi",
    "甘肃": "Gansu",
    "青海": "Qinghai",
    "宁夏": "Ningxia",
    "新疆": "Xinjiang",
    "台湾": "Taiwan",
    "香港": "Hong Kong",
    "澳门": "Macao",
}
_ENGLISH = {english.lower(): chinese for chinese, english in PROVINCES.items()} | {"xizang": "西藏", "macau": "澳门"}
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")


def province(name: str) -> str | None:
    """The short Chinese name behind "广东省", "广西壮族自治区" or "Guangdong"; None for anything else."""
    text = name.strip()
    for ending in _ENDINGS:
        text = text.removesuffix(ending)
    return text if text in PROVINCES else _ENGLISH.get(text.lower().removesuffix(" province"))


def are_provinces(names: Sequence[str]) -> bool:
    """Whether at least three of the names are provinces, and nearly all of those that say anything."""
    said = [name for name in names if name.strip()]
    found = sum(province(name) is not None for name in said)
    return found >= 3 and found >= 0.8 * len(said)
