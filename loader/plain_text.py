"""Text that others wrote, as a terminal and a log may get it: no character in it moves the cursor, ends a line or turns the text around."""

import json
import unicodedata

# Control and format characters, halves of a character, and the line ends that are none to a person.
_UNSHOWN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def plain(text: str) -> str:
    """A text on one line, with each of these characters as JSON writes it: a newline as \\n, an escape as \\u001b.

    For a name in a message; `progress` does the same with all that is printed, but for the newlines, which are a message's own.
    """
    return "".join(json.dumps(sign)[1:-1] if unicodedata.category(sign) in _UNSHOWN else sign for sign in text)


def plain_lines(text: str) -> str:
    """As `plain`, but with its newlines."""
    return "\n".join(map(plain, text.split("\n")))
