"""What the rows of a dump leave open, gathered as they come: computed values, moments of an unknown zone, lost signs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from loader.mysqldump.ddl.charsets import holds_all_signs
from loader.mysqldump.ddl.create_table import Table
from loader.mysqldump.dump_summary import Remark
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.structure.session import Session, Zone

_THREE_BYTES = ("utf8", "utf8mb3")


class LeftOpen:
    """Take the tables and their rows, in the order of the dump."""

    def __init__(self, session: Session):
        """Take the session in which all of it stands."""
        self._session = session
        self._rows: Counter[str] = Counter()
        self._not_computed: Counter[tuple[str, str]] = Counter()  # (table, column) -> rows without its value
        self._created_in: dict[str, Zone] = {}
        self._moments: dict[Table, tuple[Zone, dict[str, None]]] = {}  # with the names of the columns that have values
        self._lost_signs: dict[str, str] = {}  # table -> the dump's character set

    def create(self, table: Table) -> None:
        """Take a CREATE TABLE."""
        self._created_in[table.name] = self._session.zone

    def rows(self, target: Target, count: int, defaults: Mapping[str, int]) -> None:
        """Take rows.

        Args:
            target: where they go.
            count: how many.
            defaults: column -> how many of them say DEFAULT for it.

        Raises:
            Defect: their TIMESTAMPs are in another time zone than others of the table.
        """
        table = target.table
        self._rows[table.name] += count
        for column in table.columns:
            if column.generated and (missing := defaults.get(column.name, 0 if column in target.columns else count)):
                self._not_computed[table.name, column.name] += missing
        if table.moments:
            self._take_moments(target, defaults)
        charset = self._session.charset
        if charset in _THREE_BYTES and any(holds_all_signs(column.charset) for column in table.columns):
            self._lost_signs[table.name] = charset

    def _take_moments(self, target: Target, defaults: Mapping[str, int]) -> None:
        table, zone = target.table, self._session.zone
        # A column's DEFAULT is written in the zone of its CREATE TABLE.
        by_default = any(column in target.absent or defaults.get(column.name) for column in table.moments)
        zones = {zone, self._moments.setdefault(table, (zone, {}))[0]}
        if by_default:
            zones.add(self._created_in[table.name])
        if len(zones) > 1:
            what = "the time zone changes within it (SET TIME_ZONE), so that its TIMESTAMPs are in more than one"
            raise Defect(what, table=table.name)
        filled = (column.name for column in table.moments if column in target.columns or column in target.absent)
        self._moments[table][1].update(dict.fromkeys(filled))

    @property
    def offsets(self) -> dict[Table, dt.timedelta]:
        """Tables whose TIMESTAMPs are not in UTC, each with their distance from it."""
        return {table: zone for table, (zone, _) in self._moments.items() if isinstance(zone, dt.timedelta) and zone}

    def finish(self) -> list[Remark]:
        """What is to be said of the tables."""
        remarks = [
            Remark(
                "generated",
                table,
                f"the dump leaves it out, for the server computes it: NULL in {missing:,} of {self._rows[table]:,} rows",
                column,
            )
            for (table, column), missing in self._not_computed.items()
        ]
        for table, (zone, columns) in self._moments.items():
            if columns and not isinstance(zone, dt.timedelta):
                zone_text = f"the dump's time zone is {zone}" if zone else "the dump says no time zone"
                what = f"{zone_text} (SET TIME_ZONE), so nobody knows how far the TIMESTAMPs are from UTC; they stand as they are"
                remarks.append(Remark("timezone", table.name, f"{what}: {', '.join(columns)}. Dump with --tz-utc"))
        for table, charset in self._lost_signs.items():
            what = (
                f"its texts are in utf8mb4 and the dump is in {charset}, which has three bytes a sign: each sign of four, such as an"
                " emoji, is '?' in it. Dump with --default-character-set=utf8mb4"
            )
            remarks.append(Remark("charset", table, what))
        return remarks
