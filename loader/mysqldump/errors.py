"""What is wrong with a dump, and where: raised anywhere below `land_dump`, which adds the dump's name."""

from __future__ import annotations

import re


def tellable(name: str) -> str:
    """A name as a message may tell it: where a quote is open or missing, half of a row can stand where names do."""
    return name if re.fullmatch(r"[\w $.-]{1,64}", name) else "(a name that may be a piece of a row)"


class Defect(Exception):
    """The dump is not one that can be landed whole.

    The text never holds a value of a row (values are personal data): only names, counts and places.
    """

    def __init__(self, what: str, *, table: str | None = None, row: int | None = None, byte: int | None = None):
        """Take what is wrong, and the place as far as it is known."""
        super().__init__(what)
        self.what = what
        self.table = table
        self.row = row
        self.byte = byte

    def message(self, dump: str) -> str:
        """The whole sentence for people: thing, place, what, and that nothing came of it."""
        place = [f"dump {dump}"]
        if self.table is not None:
            place.append(f"table {tellable(self.table)}")
        if self.row is not None:
            place.append(f"row {self.row:,}")
        elif self.byte is not None:
            place.append(f"byte {self.byte:,}")
        return f"{', '.join(place)}: {self.what}; nothing was changed"
