"""What an answer is worth: matched against the nationality master, held against the threshold, else nothing, with the reason."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from enrichment.backend import Reply
from loader.landing.enrichment_cache import BELOW, Cached

# Names of the master that are no answer: the bulk import's placeholder, and "other".
NEVER = frozenset({"レソト", "その他"})
# The master's name -> as the source and models spell it too.
_SPELLINGS = {
    "ミャンマー": ("myanmar", "ビルマ"),
    "アメリカ": ("american", "usa", "アメリカ合衆国", "米国"),
    "インドネシア": ("indonesia",),
    "台湾": ("台灣", "taiwan"),
    "日本": ("日本国", "japan"),
    "韓国": ("korea", "south korea", "大韓民国"),
    "中国": ("china", "中華人民共和国"),
    "ベトナム": ("vietnam", "viet nam", "ヴェトナム"),
    "ネパール": ("nepal",),
}

NO_ANSWER, UNKNOWN, NOT_IN_MASTER = "no_answer", "unknown", "not_in_master"


class Master:
    """The nationalities that can be an answer."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(name for name in dict.fromkeys(names) if name not in NEVER)
        spelled = {text: name for name in self.names for text in _SPELLINGS.get(_plain(name), ())}
        self._by_spelling = spelled | {_plain(name): name for name in self.names}

    def match(self, text: str) -> str | None:
        """The master's name that a text means, whatever its width, case and spaces; None where it means none."""
        return self._by_spelling.get(_plain(text))


def judge(reply: Reply, master: Master, at_least: Decimal, **of: Any) -> Cached:
    """What a reply is worth, as the cache keeps it; `of` are the fields of its tenant and model."""
    confidence, text, answer = _confidence(reply.confidence), reply.nationality, None
    if confidence is None or not isinstance(text, str):
        confidence, reason = None, NO_ANSWER
    elif not text.strip():
        reason = UNKNOWN
    elif (answer := master.match(text)) is None:
        reason = NOT_IN_MASTER
    else:
        reason = None if confidence >= at_least else BELOW
    counts = None if reason else answer
    return Cached(llm_nationality=counts, llm_confidence=confidence, answer=answer, null_reason=reason, **of)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _confidence(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return None
    return Decimal(str(value)).quantize(Decimal("0.00001")) if 0 <= value <= 1 else None
