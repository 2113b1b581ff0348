"""What can be asked for a nationality: the interface of every backend. A name goes in, and no answer is believed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Reply:
    """What came back, unjudged.

    Attributes:
        nationality: whatever stands where the nationality should; "" for "cannot be told".
        confidence: whatever stands where the confidence should.
        input_tokens, output_tokens: what it cost.
    """

    nationality: Any
    confidence: Any
    input_tokens: int = 0
    output_tokens: int = 0


class CallFailed(Exception):
    """There is no answer. Never holds a name.

    Attributes:
        reason: throttled, timed_out, unreachable, server_error or refused.
        detail: what an operator wants to know, such as the service's error code.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason} ({detail})")
        self.reason, self.detail = reason, detail


class Backend(Protocol):
    """Something that can be asked.

    Attributes:
        model_version: what the cache calls it, at most 128 characters.
        prompt_version: of the text it is asked with, at most 32.
        paced: whether somebody serves it, who wants requests a second bounded.
    """

    model_version: str
    prompt_version: str
    paced: bool

    def most_tokens(self, name: str) -> tuple[int, int]:
        """The most that one call can cost: tokens in, tokens out."""

    def ask(self, name: str) -> Reply:
        """Asks once.

        Raises:
            CallFailed: no answer came.
        """
