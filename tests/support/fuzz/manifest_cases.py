"""Cases of manifests: of a sound dump, with fields gone, of other types, of other days and sources, or spoilt as JSON."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

from demo.objects import dump_key, manifest_key
from tests.support.fuzz.case import LANDS, Case, dump_files
from tests.support.fuzz.damage import damaged
from tests.support.fuzz.source import DAY, NEXT, render, tables

_PIECES = [
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"1e999", b"\\u0000", b"\\ud800", b"\0", b"\xff", b"\xef\xbb\xbf",
    b"\n", b"//", b"0", b'"valid_for_etl":true,', b'"dump_size_bytes":1,', b"-", b" ", "１".encode(),
]  # fmt: skip
_ODD: list[Any] = [
    None, True, False, 0, 1, -1, 1.5, 10**30, 10**400, float("nan"), float("inf"), "", " ", "a", "true", "1", "\0", "\ud800", "日本", "a\nb",
    "\x1b[31mred", "\u202e", "\u2028", "x" * 300, "x" * 100_000, [], {}, [[]], [1], {"a": 1}, {"": None}, "../..", "../../etc/passwd",
    "/etc/passwd", "dumps/../dumps/gghouse_20250611.sql", "s3://other/dumps/gghouse_20250611.sql", "dumps/gghouse_20250610.sql",
    "dumps/gghouse_20250611.sql\n", "dumps/gghouse_20250611.sql ", "dumps/gghouse_20250611.sql.gz", "20250610", "20250612", "2025-06-10",
    "2025-0611", "99999999", "00000000", "２０２５０６１１", "2025-06-11\n", "20250611\n", "0" * 64, "0" * 63, "g" * 64,
]  # fmt: skip
_MOMENTS = [
    "2025-06-11", "2025-06-11T05:45:00", "2025-06-11 05:45", "2025-06-11T23:59:59.999999+09:00", "2025-06-10T23:59:59+09:00",
    "2025-06-13T23:59:00+09:00", "2025-06-14T00:00:00+09:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "1970-01-01", "now", "20250611T054500Z", "2025-W24-3", "2025-06-11T05:45:00+99:00",
    "2025-06-11T24:00:00", "2025-02-30T00:00:00", "1749588300", "2025-06-11T05:45:00ZZ", "２０２５-06-11",
]  # fmt: skip


def manifest(rng: random.Random) -> Case:
    """A sound dump, and a manifest that may not be."""
    body = render(tables(), random.Random(rng.randrange(8)))
    files = dump_files(NEXT, body)
    said: dict[str, Any] = json.loads(files[manifest_key(NEXT)])
    how = rng.random()
    if how < 0.2:
        _rewrite(rng, said)
        files[manifest_key(NEXT)] = _written(rng, said)
        return Case(files, outcome=LANDS)
    if how < 0.65:
        for _ in range(rng.choice((1, 1, 1, 2))):
            _spoil(rng, said)
        files[manifest_key(NEXT)] = _written(rng, said)
    elif how < 0.85:
        files[manifest_key(NEXT)] = damaged(rng, _written(rng, said), _PIECES, rng.choice((1, 1, 2)))
    else:
        files[manifest_key(NEXT)] = _whole(rng, _written(rng, said))
    # Without a day the newest sound dump will do, which is the one that is loaded.
    return Case(files, day=rng.choice((NEXT, NEXT, NEXT, None)))


def _written(rng: random.Random, said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=rng.random() < 0.8, indent=rng.choice((None, 2))).encode(
        "utf-8", "surrogatepass"
    )


def _rewrite(rng: random.Random, said: dict[str, Any]) -> None:
    """The same in other words."""
    what = rng.randrange(7)
    if what == 0:
        said["dump_sha256"] = said["dump_sha256"].upper()
    elif what == 1:
        said["dump_date"] = f"{NEXT:%Y%m%d}"
    elif what == 2:
        said["generated_at"] = rng.choice(
            ("2025-06-10T20:45:00Z", "2025-06-11T10:45:00+14:00", "2025-06-11T05:45:00", "2025-06-12T00:00:00+09:00")
        )
    elif what == 3:
        said["valid_for_etl"], said["source_valid"] = rng.choice(((None, True), (True, False), (True, None)))
    elif what == 4:
        said[rng.choice(("note", "", "日本", "Dump_Key", "__proto__"))] = rng.choice(
            [odd for odd in _ODD if odd != "\ud800"]
        )
    elif what == 5:
        said["max_updated_at_by_table"] = {
            "tenants": rng.choice(("2025-05-28T00:00:00+09:00", "2999-01-01T00:00:00", "2025-06-11"))
        }
    else:
        shuffled = rng.sample(list(said.items()), len(said))
        said.clear()
        said.update(shuffled)


def _spoil(rng: random.Random, said: dict[str, Any]) -> None:
    name, what = rng.choice(list(said)), rng.randrange(9)
    if what == 0:
        del said[name]
    elif what < 4:
        said[name] = rng.choice(_ODD)
    elif what == 4:
        said["generated_at"] = rng.choice(_MOMENTS)
    elif what == 5:
        marks = said.get("max_updated_at_by_table")
        if isinstance(marks, dict):
            marks[rng.choice(("tenants", "tenants", "movings", "", "\ud800", "x" * 300, "\x1b[31m", "a.b"))] = (
                rng.choice((*_MOMENTS, *_ODD, "2025-05-27"))
            )
    elif what == 6:
        said[rng.choice(("source_host", "source_database"))] = rng.choice(
            ("other", "basis/", "gghouse-db.internal/basis", "GGHOUSE-DB.INTERNAL", "basis ", "Basis")
        )
    elif what == 7:
        said["valid_for_etl"], said["source_valid"] = rng.choice(((None, None), (None, False), (False, True)))
    else:
        said[rng.choice(("dump_date", "dump_key"))] = rng.choice(
            (f"{DAY:%Y%m%d}", dump_key(DAY), str(NEXT + dt.timedelta(1)))
        )


def _whole(rng: random.Random, body: bytes) -> bytes:
    """A manifest that is wrong, or strange, as a whole."""
    return rng.choice(
        (
            b"", b"null", b"[]", b"1", b'"x"', b"[" * 100_000, b'{"a":' * 50_000, b"{}", body * 2, b"[" + body + b"]",
            b"\xef\xbb\xbf" + body, body.decode().encode("utf-16"),
            body.replace(b"{", b'{"dump_key": "x", ', 1), body.replace(b"{", b'{"valid_for_etl": false, ', 1), body.replace(b'"dump',
            b"'dump"),
            body + b" " * (1 << 20), body.replace(b"null", b"1" * 5_000), body.replace(b"null", b"-1e999"), b"/* a */" + body,
            body[:-1] + b",}", b"\0" + body,
            body.replace(b'"tenants":', b'"tenants": null, "tenants":'), body.replace(b"true", b"True"), body + b"\n\n", b"\x1f\x8b" + body,
            json.dumps({"max_updated_at_by_table": {f"t{n}": n for n in range(5)}}).encode(),
        )
    )  # fmt: skip
