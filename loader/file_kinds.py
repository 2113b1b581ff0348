"""What a file is by its first bytes, where that is another thing than plain text in UTF-8."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

HEAD_BYTES = 64 << 10
BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
PACKED, CODED, BROKEN, OTHER = "packed", "coded", "broken", "other"

_MAGIC = {
    GZIP: ("compressed with gzip", PACKED),
    b"\x1f\x9d": ("compressed with compress (.Z)", PACKED),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", PACKED),
    b"\x04\x22\x4d\x18": ("compressed with lz4", PACKED),
    b"\x02\x21\x4c\x18": ("compressed with lz4", PACKED),
    b"\xfd7zXZ\0": ("compressed with xz", PACKED),
    b"LZIP": ("compressed with lzip", PACKED),
    b"\x89LZO": ("compressed with lzop", PACKED),
    b"\xff\x06\0\0sNaPpY": ("compressed with snappy", PACKED),
    b"x\x01": ("compressed with zlib", PACKED),
    b"x\x9c": ("compressed with zlib", PACKED),
    b"x\xda": ("compressed with zlib", PACKED),
    b"PK\x03\x04": ("a zip archive (or an Excel workbook)", PACKED),
    b"PK\x05\x06": ("an empty zip archive", PACKED),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", PACKED),
    b"Rar!\x1a\x07": ("a rar archive", PACKED),
    b"Salted__": ("encrypted with openssl", PACKED),
    b"-----BEGIN PGP MESSAGE": ("encrypted with PGP", PACKED),
    b"age-encryption.org/": ("encrypted with age", PACKED),
    b"\xfebin": ("a binary log", OTHER),
    b"XBSTCK01": ("an xbstream archive of XtraBackup", OTHER),
    b"PGDMP": ("a PostgreSQL archive (pg_dump -Fc)", OTHER),
    b"SQLite format 3\0": ("an SQLite database", OTHER),
    b"PAR1": ("a Parquet file", OTHER),
}
_BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
# Which bytes of every four are NUL in text of each coding, where the text is ASCII.
_NULS = {(1, 3): "UTF-16", (0, 2): "UTF-16", (1, 2, 3): "UTF-32", (0, 1, 2): "UTF-32"}
_TEXTS = (
    (re.compile(rb"<\?xml.*<mysqldump\b", re.S), "XML (mysqldump --xml)", OTHER),
    (re.compile(rb"<(?:\?xml.*<)?Error>", re.S), "a storage's error message", BROKEN),
    (re.compile(rb"<(?:!DOCTYPE\s+html|html|head|body)\b", re.I), "a web page", BROKEN),
    (re.compile(rb"<[?!a-z]", re.I), "XML", OTHER),
    (re.compile(rb'\{\s*["}]|\[\s*[{\["]'), "JSON", OTHER),
    (re.compile(rb"(?:--[^\n]*\n\s*)*-- PostgreSQL database (?:cluster )?dump\b"), "a PostgreSQL dump", OTHER),
    (re.compile(rb"PRAGMA foreign_keys\b"), "an SQLite dump", OTHER),
    (re.compile(rb"/\*{6} Object:|(?:USE \[[^\n]*\n)GO\b"), "a script of SQL Server", OTHER),
    (re.compile(rb"(?:/\*![^\n]*\n|#[^\n]*\n|\s)*DELIMITER /\*!\*/;"), "a binary log's text (mysqlbinlog)", OTHER),
)


class Kind(NamedTuple):
    what: str  # in words that go on after "is"
    # PACKED (what is wanted may be in it), CODED (text of another coding), BROKEN (something else came in its place) or OTHER.
    family: str


def kind_of(head: bytes) -> Kind | None:
    """What a file is that begins so; None for text in UTF-8, of whatever meaning."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return Kind(*kind)
    if _BZIP2.match(head):
        return Kind("compressed with bzip2", PACKED)
    if head[257:262] == b"ustar":
        return Kind("a tar archive", PACKED)
    if coding := _coding(head):
        return coding
    text = head.removeprefix(BOM).lstrip()
    return next((Kind(what, family) for pattern, what, family in _TEXTS if pattern.match(text)), None)


def _coding(head: bytes) -> Kind | None:
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return Kind("UTF-32", CODED)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind("UTF-16", CODED)
    if len(head) < 8:
        return None
    nuls = tuple(place for place in range(4) if not any(head[place:64:4]))
    if len(nuls) == 4:
        return Kind("a run of NUL bytes", BROKEN)
    return Kind(_NULS[nuls], CODED) if nuls in _NULS else None


def peek(blocks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first HEAD_BYTES of some blocks, or all if there are fewer; and all of the blocks, none of them empty."""
    blocks = iter(blocks)
    first: list[bytes] = []
    for block in blocks:
        if block:
            first.append(block)
        if sum(map(len, first)) >= HEAD_BYTES:
            break
    start = b"".join(first)
    return start[:HEAD_BYTES], chain([start] if start else [], blocks)
