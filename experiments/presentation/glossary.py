"""One glossary: identifier, English, Chinese; labels come from it, and the docs print it."""

from __future__ import annotations

CHINESE = {  # the terms of the papers
    "reactive": "被动警务", "random_patrol": "随机巡逻", "hotspot": "热点巡逻",
    "intelligence_led": "情报主导警务", "campaign": "运动式治理",
    "community": "社区警务", "co_governance": "枫桥经验", "integrated": "主动警务", "oracle": "全知上限",
}  # fmt: skip
