"""What the server's errors and warnings mean. Their own texts may hold a value, and are not shown."""

import re
from collections.abc import Iterable

from pymysql.err import MySQLError

from loader.errors import LoaderError
from loader.mysqldump.ddl.create_table import DATE_KINDS, Table
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows.chunks import Chunk
from loader.warehouse.dump_writer import bad_rows, unfit
from loader.warehouse.mysql.chunk_sql import find_bad_dates

# Errors that the dump causes. In a table: names, defaults, too many or too wide columns. In rows: duplicate key, number of values,
# out of range, cut, wrong, not UTF-8, too long. Any other is the server's.
_TABLE_AT_FAULT = frozenset((1059, 1060, 1067, 1071, 1074, 1101, 1103, 1113, 1117, 1118, 1166, 1425, 1426, 1439))
_ROWS_AT_FAULT = frozenset((1048, 1062, 1261, 1262, 1264, 1265, 1292, 1300, 1366, 1406, 1411))
# Errors of many causes, one of them a file name that is too long: a table's file has 5 bytes for each character of its name beyond these.
_MAY_BE_THE_NAME = frozenset((1005, 1030))
_PLAIN_IN_A_FILE = re.compile(r"[A-Za-z0-9_]")
_LONGEST_FILE = 255 - len(".ibd")
_PLACE = re.compile(r"([^`'\".]+)[`'\"] at row (\d+)$")


def gave_up(what: str, error: MySQLError) -> LoaderError:
    """The message for an error that is the server's."""
    number = f"error {error.args[0]}" if error.args else type(error).__name__
    return LoaderError(
        f"{what}: the server gave up ({number}; its log tells more); nothing was changed, type the same again"
    )


def raise_for_table(table: Table, error: MySQLError) -> None:
    """Refuse a table that the server can't have, if that is what an error says."""
    number = error.args[0] if error.args else None
    length = sum(1 if _PLAIN_IN_A_FILE.match(sign) else 5 for sign in table.name)
    if number in _TABLE_AT_FAULT or (number in _MAY_BE_THE_NAME and length > _LONGEST_FILE):
        raise Defect(f"the server can have no such table (error {number})", table=table.name) from None


def raise_for_rows(chunk: Chunk, error: MySQLError) -> None:
    """Refuse a chunk's rows, if an error says that they are at fault."""
    if error.args and error.args[0] in _ROWS_AT_FAULT:
        find_bad_dates(chunk)  # raises if one of them is no date
        raise first_bad_row(chunk, [(error.args[0], str(error.args[-1]))]) from None


def first_bad_row(chunk: Chunk, warnings: Iterable[tuple[int, str]]) -> Defect:
    """What the server's warnings say, without their texts, which hold values."""
    table = chunk.target.table.name
    columns = {column.name: column for column in (*chunk.target.columns, *chunk.target.absent)}
    for number, text in warnings:
        place = _PLACE.search(text)
        column = columns.get(place[1]) if place else None
        if column is not None and column.kind not in DATE_KINDS:
            return unfit(chunk, column, int(place[2]) - 1)
        if number == 1301:
            what = f"a value of up to {chunk.longest:,} bytes is longer than the server takes (max_allowed_packet): raise it there"
            return Defect(what, table=table, row=chunk.longest_row)
        if number == 1062:
            what = f"rows up to row {chunk.last_row:,} hold a primary key that another row has"
            return Defect(what, table=table, row=chunk.first_row)
    return bad_rows(chunk)
