"""Which dump to load: by its date and its manifest, never by when the file was written. See docs/decisions/0022."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from loader import commands, dates
from loader.errors import DumpRejectedError, NoDumpError
from loader.sources.bucket import BadFile, Bucket
from loader.sources.manifest import MAX_BYTES, ManifestRules, read_manifest, require_acceptable

_DUMP_KEY = re.compile(r"dumps/gghouse_([0-9]{8})\.sql(\.gz)?")
_MANIFEST_KEY = "dumps-manifest/gghouse_{:%Y%m%d}.json"


@dataclass(frozen=True)
class Dump:
    day: dt.date  # business day (JST)
    key: str  # object key, `.sql` or `.sql.gz`
    size_bytes: int  # of the stored object; what the manifest says, else what the bucket says
    # Digest by the manifest, lower-case hex; None for one that is loaded by hand, without a manifest.
    sha256: str | None
    taken_at: dt.datetime  # when it was finished (JST, naive)
    # Table -> rows that the manifest counts; empty without one.
    rows_by_table: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DumpSelector:
    bucket: Bucket
    rules: ManifestRules  # what a manifest must say
    today: dt.date  # today's business date: nothing later is a dump yet
    # Day and sha256 of dumps that a rollback took out: a corrected one of that day is welcome, the same is not.
    withdrawn: Collection[tuple[dt.date, str]] = ()
    by_hand: bool = False  # take them without a manifest

    def listed(self) -> dict[dt.date, list[str]]:
        """The keys of the dumps in the bucket, by day; a DumpRejectedError where a key has the form of a dump's and no date in it."""
        found: dict[dt.date, list[str]] = {}
        for key in self.bucket.keys("dumps/"):
            if match := _DUMP_KEY.fullmatch(key):
                if (day := dates.of_digits(match[1])) is None:
                    raise DumpRejectedError(f"{key}: {match[1]} is no date; rename or remove the object")
                found.setdefault(day, []).append(key)
        return found

    def of_day(self, day: dt.date, keys: list[str]) -> Dump:
        """The dump of a day; `keys` are those of that day's dumps: one, or a plain and a compressed one.

        Raises a DumpRejectedError where it is dated in the future, unverified or rolled back.
        """
        if day > self.today:
            raise DumpRejectedError(
                f"dump {keys[0]}: {day} lies in the future, today is {self.today} in Japan; rename or remove it"
            )
        with names_next_step(day):
            if self.by_hand:
                return self._without_manifest(day, keys)
            dump = self._verified(day, keys)
            if (dump.day, dump.sha256) in self.withdrawn:
                raise DumpRejectedError(
                    f"dump {dump.key} was rolled back and is still the same file; nothing was changed\n  {commands.ask_producer(day)}\n"
                    f"  If it is good all the same, type\n    {commands.loader('load', '--date', day, '--again')}"
                )
            return dump

    def newest(
        self,
        listed: Mapping[dt.date, list[str]],
        first: dt.date | None,
        last: dt.date,
        rejected: Callable[[dt.date, str, DumpRejectedError], None],
    ) -> Dump:
        """The newest acceptable dump from the first day (None for any) to the last one.

        `rejected` is called for each newer one that is not acceptable, with its day, its key and why. Raises a NoDumpError where there is none of
        these days, a DumpRejectedError where none of them is acceptable.
        """
        reasons = []
        for day in sorted(listed, reverse=True):
            if (first and day < first) or (day > last and day <= self.today):
                continue
            try:
                return self.of_day(day, listed[day])
            except DumpRejectedError as rejection:
                rejected(day, listed[day][0], rejection)
                reasons += [str(rejection)] if day <= last else []
        if reasons:
            raise DumpRejectedError("\n".join(reasons[:5]))
        dump = "dump" if first is None else f"dump of {last}" if first == last else f"dump of {first} to {last}"
        known = f"the newest is of {max(listed)}" if listed else "it holds no dumps/gghouse_YYYYMMDD.sql[.gz] at all"
        older = [day for day in listed if day < (first or last)]
        instead = ""
        if first and older:
            stale = commands.again(last, "--max-stale-days", (last - max(older)).days)
            instead = f"\n  An older one will do? Type\n    {stale}"
        raise NoDumpError(
            f"{self.bucket.uri} holds no {dump}; {known}; nothing was changed\n  {commands.ask_producer(last)}{instead}"
        )

    def _verified(self, day: dt.date, keys: list[str]) -> Dump:
        name = _MANIFEST_KEY.format(day)
        if name not in self.bucket.keys(name):
            raise DumpRejectedError(
                f"dump {keys[0]}: {name} is missing, so the dump is unverified\n  Wait for the producer, then type\n    {commands.again(day)}\n"
                f"  If it was made by hand, type\n    {commands.loader('load', '--date', day, '--no-manifest')}"
            )
        try:
            manifest = read_manifest(self.bucket.read_small(name, MAX_BYTES), name)
        except BadFile as problem:
            raise DumpRejectedError(f"{name}{problem}, so it is no manifest") from None
        if manifest.key not in keys or manifest.day != day:
            raise DumpRejectedError(
                f"{name} speaks of {manifest.key} of {manifest.day}, not of {' or '.join(keys)} of {day}; nothing was changed"
            )
        require_acceptable(manifest, self.rules, name, self.today)
        size = self.bucket.size(manifest.key)
        if size != manifest.size_bytes:
            raise DumpRejectedError(
                f"dump {manifest.key}: {size:,} bytes where its manifest says {manifest.size_bytes:,}: the upload is cut or changed; "
                "nothing was changed"
            )
        return Dump(day, manifest.key, size, manifest.sha256, manifest.taken_at, manifest.rows_by_table)

    def _without_manifest(self, day: dt.date, keys: list[str]) -> Dump:
        if len(keys) > 1:
            raise DumpRejectedError(
                f"dumps {' and '.join(keys)}: both are of {day}, and without a manifest neither is it: remove one"
            )
        end_of_day = dt.datetime.combine(day, dt.time.max).replace(microsecond=0)
        return Dump(day, keys[0], self.bucket.size(keys[0]), None, end_of_day)


@contextmanager
def names_next_step(day: dt.date) -> Iterator[None]:
    """Within, whatever refuses a day's dump says what to type next: to ask the producer, unless it says something else."""
    try:
        yield
    except DumpRejectedError as rejection:
        if commands.commands(str(rejection)):
            raise
        raise DumpRejectedError(f"{rejection}\n  {commands.ask_producer(day)}") from rejection
