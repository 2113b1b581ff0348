"""Commands killed with SIGKILL at many points, morning after morning: readers see one whole generation at any time, the morning that is
done again gives exactly what an uninterrupted one gives, and nothing is left behind.

What stays is the scratch folder of a killed load in the system's temporary folder; the next load removes it.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from demo.objects import put_dump, put_snapshot, snapshot_file
from demo.rows import Rows, company, moving, tenant
from loader.daily import daily
from loader.landing import calendar
from loader.landing.access import open_warehouse
from loader.landing.load_steps import LoadRequest
from loader.sources.daily_file_kinds import DATASETS, PROPERTY, ROOM_ASSIGNMENT, TENANT_STATUS
from loader.warehouse.mysql.session import connect
from loader.warehouse.own_tables import MARKER
from tests.conftest import FIRST_DAY
from tests.endurance.conftest import Length
from tests.support import places
from tests.support.crash import BUSY, DEADLINE, MOMENTS, Attempt, Nursery, Point, nursery, wait_until
from tests.support.places import Place, contents

FILES, KINDS = ("|".join(names) for names in zip(*((one.table, one.name) for one in DATASETS), strict=True))
Phases = list[tuple[str, str, tuple[str, ...]]]
# The phases of a morning, in an order in which none is over before its turn: name, statements, when to die at one of them.
LOAD: Phases = [
    ("opening", r"IF NOT EXISTS landing|landing\.writer|GET_LOCK", MOMENTS),
    ("landing", r"(CREATE (TABLE|DATABASE)|INTO TABLE|COUNT\(\*\) FROM) `landing_\d+(_\d+)?`", MOMENTS),
    ("sending", r"INTO TABLE `landing_", MOMENTS),
    ("dropping", r"DROP DATABASE|DELETE FROM landing\.(generations|load_tables|load_nulled|load_changes)", MOMENTS),
    ("comparing", r"FROM (`landing_\d+(_\d+)?`|`landing`)\.\S+ [no] LEFT JOIN", MOMENTS),
    ("reporting", r"INTO landing\.load_(tables|nulled|changes)|\.live_generation (\(|VALUES)", MOMENTS),
    ("swapping", r"RENAME TABLE", ("before",)),
    ("swapping", r"RENAME TABLE", ("during", "after")),
    ("settling", r"UPDATE landing\.generations|INTO landing\.load_ledger VALUES \(\d+, 'dump'", MOMENTS),
    (
        "exporting",
        r"FROM `landing`\.(tenants|movings m|apartments a)\b|withdrawn_files WHERE dataset = '(?!dump)",
        MOMENTS,
    ),
    ("snapshots", rf"INTO TABLE landing\.({FILES})|landing\.load_ledger VALUES .*'({KINDS})', '", MOMENTS),
]
RUN: Phases = [
    ("bookkeeping", r'INSERT INTO "sqlmesh"\."_intervals"', MOMENTS),
    ("deleting", r"DELETE FROM `sqlmesh__", MOMENTS),
    ("inserting", r"INSERT INTO `sqlmesh__", MOMENTS),
    ("committing", r": COMMIT$", MOMENTS),
]
# On the morning when a file lands late: its days are opened in every table that stands on it, or in none.
REOPEN: Phases = [("reopening", RUN[0][1], (moment,)) for moment in ("before", "after")]
# What make test dies in: where data changes hands. make endurance dies in all.
FEW = {"landing", "swapping", "settling", "snapshots", "inserting", "committing"}
DUCKDB_LOAD: Phases = [
    ("landing", r"(CREATE TABLE|INSERT INTO) \W?landing_", MOMENTS),
    ("swapping", r"CREATE OR REPLACE VIEW landing", MOMENTS),
    ("settling", r"UPDATE landing\.generations|INSERT INTO landing\.load_ledger", MOMENTS),
    ("snapshots", rf"INSERT INTO landing\.({FILES})", MOMENTS),
]
DUCKDB_RUN: Phases = [
    ("bookkeeping", r"INSERT INTO \S*_intervals", MOMENTS),
    ("inserting", r"INSERT INTO .*sqlmesh__", MOMENTS),
]


def day(offset: int) -> dt.date:
    return FIRST_DAY + dt.timedelta(days=offset)


def on(offset: int, **changes: Rows) -> dict[str, Rows]:
    """A company whose every table says of which day's dump it is: in updated_at, and in the name of nationality 999."""
    tables = company(**changes)
    stamp = dt.datetime.combine(day(offset), dt.time(4))
    for name in ("apartments", "rooms", "tenants", "movings", "inquiries"):
        tables[name] = [row | {"updated_at": stamp} for row in tables[name]]
    tables["m_nationalities"] = [*tables["m_nationalities"], {"id": 999, "nationality_name": str(day(offset))}]
    return tables


def asked(*tenants: int) -> Rows:
    """Inquiries of tenants."""
    made = dt.datetime.combine(day(-20), dt.time(9))
    return [{"id": n, "tenant_id": n, "inquiry_date": day(-20), "created_at": made} for n in tenants]


# The dumps of the mornings; there is none on day 3, and its daily files turn up on day 5.
GAP, LATE = 3, 5
NULLED = 4  # the dump with a date that is none
LATE_FILES = {
    TENANT_STATUS: [f"{n},9,1," for n in (1, 2, 3)],
    ROOM_ASSIGNMENT: [f"{n},{n},1,{n},1,10{n},9,1,0,1,2025-02-01,,,,,50000," for n in (1, 2, 3)],
    PROPERTY: ["1,J0000001,ベータ荘,東京都,新宿区,35.69,139.7,3,3"],
}
MORNINGS = {
    1: on(
        1,
        tenants=[tenant(1), tenant(2, status=14), tenant(3, status=5), tenant(4)],
        movings=[moving(1), moving(2, room_id=2), moving(3, room_id=3), moving(4, movein_decided_date=day(1))],
        inquiries=asked(1),
    ),
    # A signing date moves back by years, a notice comes in, tenant 4 and the contract are gone.
    2: on(
        2,
        tenants=[tenant(1, nationality="Myanmar"), tenant(2, status=14), tenant(3, status=9)],
        movings=[
            moving(1, movein_decided_date=dt.datetime(2019, 5, 5)),
            moving(2, room_id=2, moveout_receipt_date=day(1), moveout_plans_date=day(4)),
            moving(3, room_id=3),
        ],
        inquiries=asked(1, 3),
    ),
    # New tenants, one of them with an impossible birth date; the notice's move-out is done.
    4: on(
        4,
        tenants=[tenant(1), tenant(2, status=17), tenant(3), tenant(5, status=5, birth_date="0000-00-00"), tenant(6)],
        movings=[
            moving(1, movein_decided_date=dt.datetime(2019, 5, 5)),
            moving(2, room_id=2, moveout_receipt_date=day(1), moveout_date=day(4), is_moveout=1),
            moving(3, room_id=3),
            moving(5, room_id=2, movein_decided_date=dt.datetime(2025, 6, 13, 9)),
            moving(6, movein_decided_date=dt.datetime(2025, 6, 14, 9), moving_agreement_type=2),
        ],
        inquiries=asked(1, 3, 5),
    ),
    # A contract is cancelled, a signing date is put right.
    5: on(
        5,
        tenants=[tenant(1), tenant(2, status=17), tenant(3, status=14), tenant(5, status=9), tenant(6)],
        movings=[
            moving(1, movein_decided_date=dt.datetime(2020, 1, 1)),
            moving(2, room_id=2, moveout_receipt_date=day(1), moveout_date=day(4), is_moveout=1),
            moving(3, room_id=3, cancel_flag=1),
            moving(5, room_id=2, movein_decided_date=dt.datetime(2025, 6, 12, 9)),
            moving(6, movein_decided_date=dt.datetime(2025, 6, 14, 9), moving_agreement_type=2),
        ],
        inquiries=asked(1, 3, 5),
    ),
    # A move-out is taken back; contract 3 is deleted.
    6: on(
        6,
        tenants=[tenant(1), tenant(2, status=9), tenant(5), tenant(6, status=14)],
        movings=[
            moving(1, movein_decided_date=dt.datetime(2020, 1, 1)),
            moving(2, room_id=2),
            moving(5, room_id=2, movein_decided_date=dt.datetime(2025, 6, 12, 9)),
            moving(6, movein_decided_date=dt.datetime(2025, 6, 14, 9), moveout_receipt_date=day(6)),
        ],
        inquiries=asked(5),
    ),
}
MARKS = dict.fromkeys(("apartments", "rooms", "tenants", "movings", "inquiries"), "updated_at") | {
    "m_nationalities": "CASE WHEN id = 999 THEN nationality_name END",
    MARKER: "business_date",
}
# One statement, for only that is one look. On MySQL it holds the metadata locks of all its tables from when it has opened them to its
# end, and a RENAME waits for them all: two statements could have a swap between them, and rightly show two generations.
LOOK = " UNION ALL ".join(
    f"SELECT '{name}', MIN(CAST({mark} AS DATE)), MAX(CAST({mark} AS DATE)), COUNT(*) FROM landing.{name}"
    for name, mark in MARKS.items()
)
# What a run computes anew is replaced in one transaction: at no time is a table empty that has rows before and after.
COMPUTED = ("silver.int_contracts", "silver.tenant_status_history", "silver.tenant_status_changes", "silver.occupancy_facts",
            "silver.occupancy_projection", "silver.tenant_room_snapshot_daily", "gold.new_contracts", "gold.daily_activity_summary",
            "gold.occupancy_property_daily", "gold.occupancy_tenant_type_daily")  # fmt: skip
FILLED = " UNION ALL ".join(f"SELECT '{name}', EXISTS (SELECT 1 FROM {name})" for name in COMPUTED)


def generation(offset: int) -> set[tuple]:
    """What LOOK finds when the dump of a day is shown, whole."""
    rows = {name: len(rows) for name, rows in MORNINGS[offset].items()} | {MARKER: 1}
    return {(name, day(offset), day(offset), count) for name, count in rows.items()}


def shown(rows: Any, *offsets: int) -> int:
    """The day whose dump a look shows, one of these; anything else fails."""
    found = [offset for offset in offsets if set(rows) == generation(offset)]
    assert found, f"a reader saw none of the generations {[str(day(offset)) for offset in offsets]}, but {rows}"
    return found[0]


class Reader(threading.Thread):
    """A reader of landing who looks again and again; what was wrong is told by `check`.

    Args:
        account: arguments of the connection.
        offset: the day whose dump is shown.
    """

    def __init__(self, account: dict[str, Any], offset: int) -> None:
        super().__init__(name="reader")
        self.looks: Counter[int] = Counter()
        self._account, self._sees, self._coming = account, offset, offset
        self._ends = threading.Event()
        self._failure: BaseException | None = None

    def expect(self, offset: int) -> None:
        """From now on that day's dump may be shown too, and once it is, no older one any more."""
        self._coming = offset

    def run(self) -> None:
        try:
            with closing(connect(**self._account)) as connection, connection.cursor() as cursor:
                while not self._ends.wait(0.05):
                    cursor.execute(LOOK)
                    self._sees = shown(cursor.fetchall(), self._sees, self._coming)
                    self.looks[self._sees] += 1
                    cursor.execute(FILLED)
                    empty = [name for name, filled in cursor.fetchall() if not filled]
                    assert not empty, f"a reader saw {empty} empty"
        except BaseException as failure:  # noqa: BLE001  what it is, is told in the test's own thread
            self._failure = failure

    def check(self) -> None:
        """Fails if it ever saw something else, or could not look."""
        if self._failure is not None:
            raise AssertionError(f"the reader: {self._failure!r}") from self._failure

    def end(self) -> None:
        """Ends it."""
        self._ends.set()
        self.join(DEADLINE)
        assert not self.is_alive(), "the reader hangs"


class Mornings:
    """A warehouse whose mornings are interrupted, and one whose are not.

    Args:
        place: the one to kill commands on.
        twin: the one that is let alone, a DuckDB file: both engines give the same rows.
        folder: for buckets.
        seed: of the points at which commands are killed.
        commands: starts the commands that are killed.
    """

    def __init__(self, place: Place, twin: Place, folder: Path, seed: int, commands: Nursery) -> None:
        self.place, self.twin = place, twin
        self.bucket, self.twin_bucket = folder / "bucket", folder / "twin-bucket"
        self.bucket.mkdir()
        self.twin_bucket.mkdir()
        self.random = random.Random(seed)
        self.seed = seed
        self.kills: Counter[str] = Counter()
        self.history: list[str] = []
        self.loaded: list[int] = []
        self.reader: Reader | None = None
        self._commands = commands
        for one in (place, twin):
            with one.chosen(), open_warehouse(one.settings()) as warehouse:
                calendar.waive(
                    warehouse, day(GAP), day(GAP), calendar.Waiver("sato", "no dump was made", day(GAP + 14))
                )
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0

    @property
    def known(self) -> list[int]:
        """The days whose dumps may be shown: the one before, and this morning's."""
        return self.loaded[-2:]

    def first(self, offset: int, load: Phases, run: Phases) -> None:
        """A morning without a kill: how many statements of each phase there are, and what the tables are."""
        self._files_come(offset)
        for word, phases in (("load", load), ("run", run)):
            attempt = self._undisturbed(word)
            for phase, pattern, _ in phases:
                self._counts[phase] = sum(bool(re.search(pattern, statement)) for statement in attempt.statements)
            self._seconds = attempt.seconds
        # Only a dead load has something dropped: its schema, its report, its record.
        self._counts["dropping"] = 4
        assert min(self._counts.values()) > 0, f"a phase without statements: {self._counts}"
        self._tables = _tables(self.place)
        self._compare()

    def interrupted(self, offset: int, load: Phases, run: Phases, outside: int) -> None:
        """A morning whose load and run are killed in each phase, and some at any time; then done in peace.

        Args:
            outside: how often to kill from outside, without regard to statements.
        """
        self._files_come(offset)
        if self.reader:
            self.reader.expect(offset)
        for phase, pattern, moments in load:
            # A dead load is begun anew, so all of the phase lies ahead each time.
            self._attempt(("load",), phase, Point(pattern, self._number(phase, 1), self._one_of(moments)))
        for phase, pattern, moments in run:
            # What a dead run computed stays: the one after it does the rest.
            number = self._number(phase, len(run))
            self._attempt(("run", "daily"), phase, Point(pattern, number, self._one_of(moments)))
        for _ in range(outside):
            self._attempt(("run", "daily"), "any time", self.random.uniform(0, self._seconds / 2))
        self._undisturbed("daily")
        self._compare()

    def _files_come(self, offset: int) -> None:
        """This morning's files are there, and the twin lives it."""
        self.loaded.append(offset)
        for bucket in (self.bucket, self.twin_bucket):
            put_dump(bucket, day(offset), MORNINGS[offset])
            if offset == LATE:
                for dataset, rows in LATE_FILES.items():
                    body = snapshot_file(dataset.name, ([*row.split(","), day(GAP)] for row in rows))
                    put_snapshot(bucket, day(GAP), body, dataset.name)
        with self.twin.chosen(), places.unaudited():
            daily(self.twin.settings(self.twin_bucket), LoadRequest(day(offset), 0, catch_up=True))

    def _words(self, word: str) -> list[str]:
        return [word, "--date", str(day(self.loaded[-1]))] if word == "daily" else [word]

    def _one_of(self, choices: Sequence[str]) -> str:
        return self.random.choice(choices)

    def _number(self, phase: str, attempts: int) -> int:
        return self.random.randint(1, max(1, self._counts[phase] // attempts))

    def _go(self, word: str, death: Point | float | None = None) -> Attempt:
        """A command's end; while the lock of a dead one is held it is typed again, as a person would."""
        attempts: list[Attempt] = []

        def was_let_in() -> bool:
            variables = self.place.variables | {"WAREHOUSE_BUCKET": str(self.bucket)}
            command = self._commands.start(self._words(word), variables, death if isinstance(death, Point) else None)
            timer = threading.Timer(death if isinstance(death, float) else DEADLINE * 10, command.kill)
            timer.start()
            try:
                attempts.append(command.wait())
            finally:
                timer.cancel()
            return attempts[-1].code != BUSY

        with self._told():
            wait_until(was_let_in, "the lock of a dead command is held on")
        return attempts[-1]

    def _undisturbed(self, word: str) -> Attempt:
        attempt = self._go(word)
        self.history.append(f"{word} in peace")
        with self._told():
            assert attempt.code == 0, attempt.output[-5000:]
            self._look()
        return attempt

    def _attempt(self, words: tuple[str, ...], phase: str, death: Point | float) -> None:
        word = self._one_of(words)
        attempt = self._go(word, death)
        where = attempt.statements[-1][:200] if attempt.statements else "the very beginning"
        self.history.append(f"{word}, {phase}: " + (f"killed {death} ({where})" if attempt.killed else f"not {death}"))
        with self._told():
            assert attempt.killed or attempt.code == 0, attempt.output[-5000:]
            self._look()
        self.kills[phase] += attempt.killed

    def _look(self) -> None:
        """Fails if landing does not show a whole generation now, or at any time did not to the reader."""
        shown(self.place.query(LOOK), *self.known)
        if self.reader:
            self.reader.check()

    def _compare(self) -> None:
        """Fails if the warehouse is not as the twin's, or if something is left that should not be."""
        with self._told():
            wanted, found = contents(self.twin), contents(self.place)
            assert found.keys() == wanted.keys()
            for name, rows in wanted.items():
                assert found[name] == rows, f"{name} is not as without interruption"
            assert _files(self.bucket) == _files(self.twin_bucket)
            assert _tables(self.place) == self._tables
            _nothing_left(self.place, self.loaded)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Failures within say how it came to that."""
        try:
            yield
        except AssertionError as failure:
            story = "\n  ".join(self.history)
            raise AssertionError(
                f"seed {self.seed}, morning of {day(self.loaded[-1])}, after\n  {story}\n{failure}"
            ) from failure


def _tables(place: Place) -> set[tuple]:
    """All tables and views but those of the server, of kept generations and of SQLMesh's state: no morning adds one.

    The state is left out for its temporary tables: on DuckDB a kill can leave one of SQLMesh's there, which does no harm.
    """
    return set(
        place.query(
            """SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema NOT LIKE 'landing!_%'
                ESCAPE '!' AND table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema', 'sqlmesh')"""
        )
    )


def _nothing_left(place: Place, loaded: list[int]) -> None:
    """Fails unless there is what the record says, and only that."""
    generations = place.query("SELECT schema_name, business_date, state FROM landing.generations ORDER BY load_id")
    days = [FIRST_DAY, *map(day, loaded)][-4:]
    assert [row[1:] for row in generations] == [*((d, "kept") for d in days[:-1]), (days[-1], "live")]
    homes = place.query(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'landing!_%' ESCAPE '!'"
    )
    assert sorted(homes) == sorted((schema,) for schema, _, _ in generations)
    # A load that died has left no report, one that did not has one.
    dumps = [FIRST_DAY, *map(day, loaded)]
    entries = place.query("SELECT business_date, load_id FROM landing.load_ledger WHERE dataset = 'dump' ORDER BY 1")
    assert [d for d, _ in entries] == dumps
    reports = (
        "SELECT load_id, COUNT(*), COUNT(DISTINCT table_name) FROM landing.load_tables GROUP BY load_id ORDER BY 1"
    )
    assert place.query(reports) == [(load_id, len(MORNINGS[1]), len(MORNINGS[1])) for _, load_id in entries]
    nulled = "SELECT DISTINCT business_date FROM landing.load_nulled LEFT JOIN landing.load_ledger USING (load_id)"
    assert place.query(nulled) == [(day(offset),) for offset in loaded if offset == NULLED]
    changes = "SELECT load_id, table_name FROM landing.load_changes ORDER BY 1, 2"
    keyed = ("movings", "tenants")  # in the tests' contract; the first dump had none before it
    assert place.query(changes) == [(load_id, name) for d, load_id in entries if d != FIRST_DAY for name in keyed]
    late = [day(GAP)] if LATE in loaded else []
    for dataset in DATASETS:
        landed = f"SELECT business_date FROM landing.load_ledger WHERE dataset = '{dataset.name}' ORDER BY 1"
        before = [day(-1)] if dataset is TENANT_STATUS else []
        assert place.query(landed) == [(d,) for d in sorted([*before, *dumps, *late])]
    for table in ("withdrawn_files", "days_to_reopen"):
        assert place.query(f"SELECT * FROM landing.{table}") == [], table


def _files(bucket: Path) -> dict[str, bytes]:
    """What a bucket holds, but for reports: only `daily` writes one, and it says how long things took."""
    found = {str(path.relative_to(bucket)): path.read_bytes() for path in bucket.rglob("*") if path.is_file()}
    return {key: body for key, body in found.items() if not key.startswith("reports/")}


@pytest.fixture
def twin(planned_place: Place, tmp_path: Path) -> Place:
    folder = tmp_path / "twin"
    folder.mkdir()
    return places.copied(planned_place, folder)


@contextmanager
def mornings(place: Place, twin: Place, folder: Path, seed: int) -> Iterator[Mornings]:
    with nursery(folder / "commands") as commands:
        yield Mornings(place, twin, folder, seed, commands)


@pytest.mark.server
def test_mornings_on_mysql_killed_at_many_points(aurora: Place, twin: Place, length: Length, tmp_path: Path) -> None:
    account = aurora.settings().mysql.arguments
    phases = length.of({phase for phase, _, _ in LOAD + RUN}, FEW)
    load, run = ([one for one in all_of_them if one[0] in phases] for all_of_them in (LOAD, RUN))
    with mornings(aurora, twin, tmp_path, length.seed) as lived:
        lived.first(1, LOAD, RUN)
        lived.reader = reader = Reader(account, 1)
        reader.start()
        try:
            for offset in (days := length.of((2, 4, 5, 6), (2,))):
                lived.interrupted(offset, load, run if offset != LATE else REOPEN + run, outside=length.of(1, 0))
            reader.check()
        finally:
            reader.end()
        assert lived.kills.total() >= length.of(50, 5), lived.kills
        assert lived.kills.keys() >= phases
        assert reader.looks.keys() == {1, *days}
    with closing(connect(**account)) as connection, connection.cursor() as cursor:

        def alone() -> bool:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE user = SUBSTRING_INDEX(USER(), '@', 1)")
            others = {number for (number,) in cursor.fetchall()} - {connection.thread_id()}
            cursor.execute("SELECT IS_FREE_LOCK('warehouse')")
            return not others and cursor.fetchone() == (1,)

        wait_until(alone, "connections of dead commands, or their lock, are still there")


@pytest.mark.server
def test_run_killed_while_reading_models_frees_the_lock(aurora: Place, tmp_path: Path) -> None:
    """With nothing read before: SQLMesh would have worker processes optimize them, with this one's connections."""
    cache = tmp_path / "cache"
    with nursery(tmp_path / "commands") as commands:
        command = commands.start(["run"], aurora.variables | {"SQLMESH__CACHE_DIR": str(cache)})
        wait_until(lambda: any(cache.glob("snapshot/*")), "no model was read")
        command.kill()
        assert command.wait().killed
        wait_until(lambda: aurora.query("SELECT IS_FREE_LOCK('warehouse')") == [(1,)], "the lock is held on")


@pytest.mark.at_length  # make test: kills of loads in test_load.py and test_rollback.py, of mornings in test_simulation.py
def test_mornings_on_duckdb_killed_at_some_points(
    planned_place: Place, twin: Place, length: Length, tmp_path: Path
) -> None:
    """No reader beside it: DuckDB lets no other process open the file while a command has it."""
    with mornings(places.copied(planned_place, tmp_path), twin, tmp_path, length.seed) as lived:
        lived.first(1, DUCKDB_LOAD, DUCKDB_RUN)
        for offset in (2, 4, 5, 6):
            lived.interrupted(offset, DUCKDB_LOAD, DUCKDB_RUN, outside=0)
        assert lived.kills.total() >= 5, lived.kills
