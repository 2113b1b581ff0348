"""The prompt: one file, versioned by its text. A name goes into a message of its own, as JSON, and nowhere else."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path

TEXT = Path(__file__).with_name("prompt.txt").read_text(encoding="utf-8")
VERSION = hashlib.sha256(TEXT.encode()).hexdigest()[:12]
NAME_LENGTH = 191  # characters, as the source's column has them


def message(name: str) -> str:
    """The message that holds a name: one JSON object, from which no quote, bracket or line break leads out.

    Args:
        name: as the source holds it; control characters become spaces, what is longer than the source's column is cut.
    """
    plain = "".join(" " if unicodedata.category(one).startswith("C") else one for one in name)[:NAME_LENGTH]
    return json.dumps({"name": plain}, ensure_ascii=False)
