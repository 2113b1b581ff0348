"""What can be asked for a nationality: the interface of every backend, and the offline one. No answer is judged here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Reply:
    """What came back, not judged yet: a nationality, "" for an unknown one, and a confidence should stand there."""

    nationality: Any
    confidence: Any
    input_tokens: int = 0
    output_tokens: int = 0


class CallFailed(Exception):
    """There is no answer: throttled, timed_out, unreachable, server_error or refused, and the service's code. Never holds a name."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason} ({detail})")
        self.reason, self.detail = reason, detail


class Backend(Protocol):
    """Something that can be asked."""

    model_version: str  # in the cache, at most 128 characters
    prompt_version: str  # of the text it is asked with, at most 32
    paced: bool  # whether requests a second are bounded

    def most_tokens(self, name: str) -> tuple[int, int]:
        """The most that one call can cost: tokens in, tokens out."""

    def ask(self, name: str) -> Reply:
        """Asks once, or raises CallFailed where no answer comes."""


# Words of names in Latin script -> nationality and how sure they make. In the order given: the first that is found decides.
_WORDS: dict[str, tuple[str, float]] = {}
for _nationality, _sure, _words in (
    ("ベトナム", 0.9, "NGUYEN TRAN PHAM HOANG HUYNH PHAN VU VO DANG BUI NGO DUONG THI"),
    ("ミャンマー", 0.85, "AUNG KYAW HTET MAUNG HNIN ZAW NAING MYINT THET KHIN HTOO WAI"),
    ("ネパール", 0.85, "GURUNG TAMANG THAPA SHRESTHA MAGAR ADHIKARI POUDEL KARKI"),
    ("スリランカ", 0.85, "PERERA JAYASINGHE BANDARA DISSANAYAKE RATHNAYAKE NUWAN"),
    ("インドネシア", 0.8, "WIJAYA SETIAWAN PUTRA SARI BUDI WAHYU SUSANTO"),
    ("フィリピン", 0.6, "SANTOS REYES CRUZ BAUTISTA"),
    ("ネパール", 0.5, "SHARMA"),
    ("スリランカ", 0.5, "SILVA FERNANDO"),
):
    for _word in _words.split():
        _WORDS.setdefault(_word, (_nationality, _sure))
_MONGOLIAN = re.compile(r"\w+(?:BAYAR|BAATAR|ERDENE|JARGAL|SAIKHAN|TUYA|TSETSEG|MUULEN)")
# Family names of one character. 林 and the like, which are Japanese too, are in neither.
_KOREAN, _CHINESE = frozenset("金朴崔鄭尹姜趙"), frozenset("王李張劉陳楊黄周呉徐孫朱")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々\U00020000-\U0003134f]+")
_KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_NOTHING = Reply("", 0.0)


class Offline:
    """The baseline: a nationality from script and shape of a name, by rules that anybody can read. No network, no cost."""

    model_version = "offline-1"
    prompt_version = "none"
    paced = False

    def most_tokens(self, name: str) -> tuple[int, int]:
        return 0, 0

    def ask(self, name: str) -> Reply:
        parts = unicodedata.normalize("NFKC", name).upper().split()
        letters = "".join(parts)
        if _HANGUL.search(letters):
            return Reply("韓国", 0.95)
        if _HAN.fullmatch(letters):
            return _of_characters(parts)
        if _KANA.search(letters):
            # Katakana alone writes foreign names too; with kanji or in hiragana it is a Japanese one.
            return Reply("日本", 0.9) if re.search(r"[\u3041-\u309f]", letters) or _HAN.search(letters) else _NOTHING
        return _of_words(parts)


def _of_characters(parts: list[str]) -> Reply:
    """A name of kanji only, family name first."""
    family = parts[0]
    if len(parts) == 1:
        return Reply("日本", 0.6) if len(family) >= 4 else _NOTHING
    if len(family) >= 2:
        return Reply("日本", 0.9)
    if family in _KOREAN:
        return Reply("韓国", 0.6)
    return Reply("中国", 0.6) if family in _CHINESE else _NOTHING


def _of_words(parts: list[str]) -> Reply:
    found = [_WORDS[part] for part in parts if part in _WORDS]
    if found:
        return Reply(*max(found, key=lambda one: one[1]))
    return Reply("モンゴル", 0.85) if any(map(_MONGOLIAN.fullmatch, parts)) else _NOTHING
