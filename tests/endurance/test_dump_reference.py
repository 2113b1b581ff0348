"""The fast reader against a slow and obvious one (tests/support/fuzz), on damaged dumps: what it lands is what MySQL would have read, or nothing.

Damage that leaves a valid statement (a changed digit) is only caught by the manifest's checksum; what must never happen
is that a dump is landed as something else than its text says.
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from loader.errors import DumpRejectedError
from tests.endurance.conftest import Length
from tests.support.fuzz import reference
from tests.support.landed import Landed

KINDS = ("int", "decimal(12,2)", "double", "varchar(99)", "date", "blob")
SNIPPETS = [
    b"'", b"\\", b"''", b"\\'", b"NULL", b"),(", b",", b"(", b")", b";", b";\n", b"\n", b"\r\n", b"\0", b"\xfe", b"\xfd", b"\xfc",
    b"\xfb", b"\xff", b"-", b".", b"e", b"+", b"1", b"0000-00-00", b"-- ", b"/*", b"#", b" ", b"\t", b"N", b"U", b"_binary ", b"0x41",
    "日".encode(), b"\"", b"`", b"INSERT INTO `t` VALUES (", b"\\n", b"\\1", b"\\N", b"@@x", b"DEFAULT", b"'a'", b");\n",
]  # fmt: skip
TEXTS = [
    b"'a'",
    b"''",
    b"NULL",
    b"'),('",
    b"'a\\'b'",
    b"'it''s'",
    b"'\\\\'",
    b"'\\n\\0\\Z'",
    "'日本\\\"'".encode(),
    b"';\n'",
    b"'1,2'",
]
VALUES = {
    "int": [b"1", b"-20", b"NULL", b"0"],
    "decimal(12,2)": [b"1.50", b"-0.01", b"NULL"],
    "double": [b"1.5e-10", b"-3", b"1e+20", b"NULL"],
    "varchar(99)": TEXTS,
    "date": [b"'2024-02-29'", b"'0000-00-00'", b"NULL", b"'2023-02-30'"],
    "blob": [b"_binary 'a\\0'", b"0x00FF", b"''", b"_binary '\xff\\''", b"NULL"],
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[tuple[str, ...], bytes]:
    """Columns, and the INSERTs of a dump with up to three pieces put in, taken out or written over."""
    kinds = draw(st.lists(st.sampled_from(KINDS[: draw(st.sampled_from((5, 6)))]), min_size=1, max_size=4))
    row = st.tuples(*(st.sampled_from(VALUES[kind]) for kind in kinds)).map(lambda row: b"(" + b",".join(row) + b")")
    between = draw(st.sampled_from([b",", b",\n", b",\r\n", b";\nINSERT INTO `t` VALUES "]))
    body = b"INSERT INTO `t` VALUES " + between.join(draw(st.lists(row, min_size=1, max_size=4))) + b";\n"
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(body)))
        out = draw(st.sampled_from((0, 0, 1, 2, 5)))
        body = body[:at] + draw(st.sampled_from([b"", *SNIPPETS])) + body[at + out :]
    return tuple(kinds), body


def test_damaged_dump_is_rejected_or_lands_like_the_reference(length: Length, tmp_path: Path) -> None:
    @seed(length.seed)
    @settings(
        max_examples=length.of(10_000, 100), database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(damaged())
    def holds(dump: tuple[tuple[str, ...], bytes]) -> None:
        kinds, body = dump
        create = (
            b"CREATE TABLE `t` (" + b",".join(f"`c{at}` {kind}".encode() for at, kind in enumerate(kinds)) + b");\n"
        )
        try:
            found = Landed(create + body, tmp_path)
        except DumpRejectedError:
            return
        assert found.tables["t"] == reference.read(create + body)["t"].rows

    holds()
