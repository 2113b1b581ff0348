"""Every word of the report, in Japanese and in English."""

from __future__ import annotations

from report.text.panels import PANELS
from report.text.quality import QUALITY
from report.text.values import VALUES
from report.text.words import WORDS as CONTROLS

WORDS: dict[str, tuple[str, str]] = {**CONTROLS, **PANELS, **QUALITY}

__all__ = ["VALUES", "WORDS"]
