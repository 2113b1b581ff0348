"""Cases of stray objects: strange names under the bucket's folders, links, folders named like files, days that are none."""

from __future__ import annotations

import json
import os
import random

from demo.objects import dump_key, manifest_key, snapshot_key
from tests.support.fuzz.case import Case, dump_files
from tests.support.fuzz.reference_files import FILES
from tests.support.fuzz.source import CANARY, DAY, NEXT, TODAY, render, tables

_FOLDERS = (
    "dumps/", "dumps-manifest/", "snapshots/tenant_status/", "snapshots/", "", "dumps/sub/", "snapshots/tenant_status/2025/",
    "snapshots/room_assignment/", "snapshots/property/", "snapshots/room_assignment_snapshots/",
)  # fmt: skip
_STEMS = (
    "gghouse_20250611.sql", "gghouse_20250612.sql", "gghouse_20250610.sql", "gghouse_20250611.sql.gz", "gghouse_20250611.SQL",
    "gghouse_20250611.sql.part", "gghouse_20250611.sql~", ".gghouse_20250611.sql.part", "gghouse_２０２５０６１１.sql", "gghouse_20250631.sql",
    "gghouse_00000000.sql", "gghouse_99999999.sql", "gghouse_29990101.sql", "gghouse_00010101.sql", "gghouse_2025061.sql",
    "gghouse_20250611 .sql", "gghouse_20250611.sql\n", "\ngghouse_20250611.sql", "gghouse_20250611.json", "gghouse_20250612.json",
    "20250607.csv", "20250611.csv", "20250612.csv", "20250613.csv", "29990101.csv", "２０２５０６０７.csv", "２０２５０６０９.csv", "٢٠٢٥٠٦٠٧.csv",
    "20250631.csv", "00000000.csv", "20250607.CSV", "20250607.csv.gz", "20250607.csv\n", " 20250607.csv", "20250607", ".20250607.csv",
    "2025-06-07.csv", "README", "_SUCCESS", "a b", "日本.csv", "x" * 240, "'; DROP TABLE x; --", '"', "`", "%s", "{}", "\x1b[31m.csv",
    "\u202e.csv", "\\", "*", "?", "-", "~", "$HOME", os.fsdecode(b"\xff\xfe.csv"),
)  # fmt: skip


def keys(rng: random.Random) -> Case:
    """Stray objects beside a loaded dump, or beside a new one."""
    files = dump_files(NEXT, render(tables(), random.Random(rng.randrange(8)))) if rng.random() < 0.3 else {}
    case = Case(dict(files), day=rng.choice((NEXT, NEXT, None)) if files else rng.choice((DAY, DAY, None)))
    for _ in range(rng.choice((1, 1, 2, 4))):
        key = _key(rng)
        if key in case.files or any(other.startswith(f"{key}/") or key.startswith(f"{other}/") for other in case.files):
            continue
        if rng.random() < 0.15:
            case.links[key] = rng.choice(
                ("nowhere", ".", "..", "/dev/null", f"../{dump_key(DAY)}", f"../../{dump_key(DAY)}")
            )
        else:
            case.files[key] = _bytes(rng, key)
    return case


def _key(rng: random.Random) -> str:
    stem = rng.choice(_STEMS)
    home = (
        "dumps/"
        if ".sql" in stem
        else "dumps-manifest/"
        if ".json" in stem
        else f"snapshots/{rng.choice(list(FILES))}/"
    )
    folder = home if rng.random() < 0.7 else rng.choice(_FOLDERS)
    return folder + stem + (f"/{rng.choice(_STEMS)}" if rng.random() < 0.05 else "")


def _bytes(rng: random.Random, key: str) -> bytes:
    """What lies there: nothing, nonsense, or what would be taken if the key were."""
    how = rng.random()
    if how < 0.2:
        return rng.choice((b"", b"\0", CANARY.encode(), b"{}"))
    if ".csv" in key:
        day = next(
            (day for day in (DAY, NEXT, TODAY) if f"{day:%Y%m%d}" in key), "2025-06-07" if how < 0.8 else "2025-06-09"
        )
        columns = FILES[next((kind for kind in FILES if f"/{kind}/" in key), "tenant_status")]
        row = [
            {"text": CANARY, "date!": str(day)}.get(what, "1" if what.endswith("!") else "")
            for what in columns.values()
        ]
        return f"{','.join(columns)}\r\n{','.join(row)}\r\n".encode()
    if ".json" in key:
        return dump_files(TODAY, b"x")[manifest_key(TODAY)]
    return render(tables(), random.Random(1))


def strange_dump(rng: random.Random) -> Case:
    """A sound dump under a key that is nearly right, which its manifest names as it is."""
    body = render(tables(), random.Random(1))
    key = f"dumps/{rng.choice([stem for stem in _STEMS if stem.startswith('gghouse_') and '.sql' in stem])}"
    files = dump_files(NEXT, body)
    said = files.pop(manifest_key(NEXT)).replace(dump_key(NEXT).encode(), json.dumps(key)[1:-1].encode())
    del files[dump_key(NEXT)]
    return Case({key: body, manifest_key(NEXT): said}, day=rng.choice((NEXT, None)))


def gone(rng: random.Random) -> Case:
    """The live dump's own objects, written over."""
    key = rng.choice((dump_key(DAY), manifest_key(DAY), snapshot_key(DAY, rng.choice(list(FILES)))))
    return Case({key: rng.choice((b"", b"\0", CANARY.encode()))}, day=rng.choice((DAY, None)), subject=("dump", DAY))
