"""The characters of a dump: white space, comments, names, strings, and where a statement ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MEANINGS = {"n": "\n", "r": "\r", "0": "\0", "Z": "\x1a", "t": "\t", "b": "\b", "%": "\\%", "_": "\\_"}
# A word, or a number with its point.
_WORD = re.compile(r"[0-9][\w$@.\x80-\xff]*|[\w$@\x80-\xff]+", re.A)
_SCRIPT_QUOTE = re.compile(r"\$\w*\$", re.A)
_SPACE = re.compile(r"[ \t\r\n\f\v]*")


class NotReadableError(Exception):
    """The reference cannot read it either."""


@dataclass(frozen=True)
class Token:
    """A piece of a statement: a word, a number or @variable ("word"), a `name`, a 'string' or a single sign."""

    kind: str
    text: str


def utf8(text: str) -> str:
    """Text from the bytes that latin-1 stands for."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        raise NotReadableError("not UTF-8") from None


def _lenient(text: str) -> str:
    # Of what is no name of a table or column nobody asks whether it is UTF-8; and one that is not is the name of none.
    return text.encode("latin-1").decode("utf-8", "replace")


class Text:
    """A place in a dump."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.delimiter = ";"

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def see(self, word: str) -> bool:
        """Goes past a word, in whatever case, if it stands here."""
        if self.text[self.at : self.at + len(word)].upper() != word.upper():
            return False
        self.at += len(word)
        return True

    def need(self, word: str) -> None:
        """Goes past a word, or there is nothing to read."""
        if not self.see(word):
            raise NotReadableError(f"no {word}")

    def is_word(self, word: str) -> bool:
        """Whether that whole word stands here."""
        end = self.at + len(word)
        return self.text[self.at : end].upper() == word and not is_word_sign(self.text[end : end + 1])

    def space(self) -> None:
        """Goes past white space."""
        self.at = _SPACE.match(self.text, self.at).end()

    def until(self, end: str) -> bool:
        """Goes behind the next `end`, or to the end of all; whether there was one."""
        found = self.text.find(end, self.at)
        self.at = len(self.text) if found < 0 else found + len(end)
        return found >= 0

    def comment(self) -> bool:
        """Goes past a comment that no server reads."""
        rest = self.text[self.at : self.at + 10]
        if rest.startswith("#") or (rest.startswith("--") and (len(rest) == 2 or rest[2] <= " ")):
            self.until("\n")
            return True
        # A version that there never will be: MariaDB's word to its own client.
        plain = rest.startswith("/*") and not rest.startswith(("/*!", "/*M!"))
        if plain or rest in ("/*M!999999", "/*!999999\\"):
            self.at += 2
            if not self.until("*/"):
                raise NotReadableError("open comment")
            return True
        return False

    def set_delimiter(self) -> bool:
        """Takes a DELIMITER line, a command to the client."""
        if not self.is_word("DELIMITER"):
            return False
        end = self.text.find("\n", self.at)
        words = self.text[self.at : end if end >= 0 else None].split()
        if end < 0 or len(words) != 2:
            raise NotReadableError("DELIMITER")
        self.delimiter, self.at = words[1], end + 1
        return True

    def statement(self) -> tuple[list[Token], bool]:
        """The pieces of a statement, and whether it begins in a version comment, whose inside counts as any other text."""
        found: list[Token] = []
        inside = versioned = False
        while True:
            self.space()
            if self.ended:
                raise NotReadableError("open statement")
            if self.see(self.delimiter):
                break
            if is_word_sign(self.text[self.at]):
                found.append(self._token())
                self._script(found[-1])
                continue
            if inside and self.see("*/"):
                inside = False
            elif self.comment():
                continue
            elif self.see("/*!") or self.see("/*M!"):
                if inside:
                    raise NotReadableError("a version comment in another")
                inside, versioned = True, versioned or not found
                self._digits()
            else:
                found.append(self._token())
        if inside or not found:
            raise NotReadableError("open version comment, or nothing")
        return found, versioned

    def _script(self, behind: Token) -> None:
        """Goes past JavaScript, which stands between two like $tag$, behind AS in a routine."""
        if behind.text.upper() == "AS" and self.delimiter != ";" and self.delimiter[0] != "$":
            self.space()
            if match := _SCRIPT_QUOTE.match(self.text, self.at):
                self.at = match.end()
                if not self.until(match[0]):
                    raise NotReadableError("open script")

    def _digits(self) -> None:
        while self.text[self.at : self.at + 1].isdigit():
            self.at += 1

    def _token(self) -> Token:
        sign = self.text[self.at]
        if sign == "`":
            return Token("name", self.name())
        if sign in "'\"":
            return Token("string", self.string(sign))
        if is_word_sign(sign):
            return self._word()
        self.at += 1
        return Token("sign", sign)

    def _word(self) -> Token:
        match = _WORD.match(self.text, self.at)
        self.at = match.end()
        return Token("word", _lenient(match[0]))

    def name(self) -> str:
        """A name, quoted or not."""
        if not self.see("`"):
            start = self.at
            while is_word_sign(self.text[self.at : self.at + 1]):
                self.at += 1
            if start == self.at:
                raise NotReadableError("no name")
            return _lenient(self.text[start : self.at])
        out = ""
        while self.until("`"):
            start = self.text.rfind("`", 0, self.at - 1) + 1
            out += self.text[start : self.at - 1]
            if not self.see("`"):
                return _lenient(out)
            out += "`"
        raise NotReadableError("open name")

    def string(self, quote: str = "'") -> str:
        """A string, as the bytes that it means."""
        self.need(quote)
        out = []
        while not self.ended:
            sign = self.text[self.at]
            self.at += 1
            if sign == "\\" and not self.ended:
                out.append(_MEANINGS.get(self.text[self.at], self.text[self.at]))
                self.at += 1
            elif sign == quote and not self.see(quote):
                return "".join(out)
            else:
                out.append(sign)
        raise NotReadableError("open string")


def is_word_sign(sign: str) -> bool:
    """Whether it may stand in a word."""
    return bool(sign) and (sign in "_$@" or sign >= "\x80" or (sign.isascii() and sign.isalnum()))
