"""The CREATE TABLE that a dumped table gets in MySQL or MariaDB: the same values as in DuckDB, in InnoDB's limits."""

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column, Table
from loader.mysqldump.rows import dates

_ROW_BYTES = 65_535  # of all columns together, long texts not counted: the server's limit, whatever the engine
_PAGE_BYTES = 8_000  # of what InnoDB must keep in the page itself; its limit is 8,126 with the row's own head
_POINTER_BYTES = 40  # what InnoDB keeps in the page of a value that may be stored elsewhere
_LONGEST_IN_PAGE = 255  # bytes; a type that may be longer can be stored elsewhere
_TEXT_COLUMN_BYTES = 12  # what a LONGTEXT counts towards _ROW_BYTES
_SIGN_BYTES = 4  # of the longest character in utf8mb4

_WORDS = {"time": 17, "inet4": 15, "inet6": 45, "uuid": 36, "enum": 255}  # longest text in characters
_FIXED_BYTES = {"float": 8, "date": 8, "timestamp": 8, "integer": 9, "decimal": 31}


def quote(name: str) -> str:
    """A name as MySQL's SQL writes it."""
    return "`" + name.replace("`", "``") + "`"


def create_sql(table: Table, schema: str) -> str:
    """The CREATE TABLE statement."""
    types = _types(table)
    key = _key(table)
    lines = [
        f"{quote(column.name)} {kind}" + (" NOT NULL" if column.name in key else "") + _default(column)
        for column, kind in zip(table.columns, types, strict=True)
    ]
    if key:
        lines.append(f"PRIMARY KEY ({', '.join(quote(name) for name in key)})")
    columns = ",\n  ".join(lines)
    return (
        f"CREATE TABLE {quote(schema)}.{quote(table.name)} (\n  {columns}\n)"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC"
    )


def _default(column: Column) -> str:
    if column.default is None or (column.kind in DATE_KINDS and dates.reason_of(column.default, column.kind)):
        return ""
    text = column.default.encode().hex()
    # In brackets, because a long text takes no other; in hex, because a name or a sign in it could need quoting.
    return f" DEFAULT (x'{text}')" if column.kind == "binary" else f" DEFAULT (_utf8mb4 x'{text}')"


def _key(table: Table) -> tuple[str, ...]:
    """Names of the primary key's columns, if the server can keep it."""
    names = tuple(part.name for part in table.key)
    columns = [column for column in table.columns if column.name in names]
    return names if all(column.kind == "integer" and not column.generated for column in columns) else ()


def repeats_sql(table: Table, schema: str) -> str | None:
    """A query for how many rows have the primary key of another row."""
    if not table.key or _key(table):
        return None
    kinds = {column.name: column.kind for column in table.columns}
    parts = [
        quote(part.name) if part.length is None else f"LEFT({quote(part.name)}, {part.length})" for part in table.key
    ]
    complete = " AND ".join(f"{quote(part.name)} IS NOT NULL" for part in table.key)
    # Texts by their hash: as texts 'a' and 'a ' would be the same, and the server sorts them by their longest possible length.
    # By SHA2, for MySQL 9.6 and later have SHA1 and MD5 in a component only.
    by_hash = (
        f"UNHEX(SHA2({text}, 256))" if kinds[part.name] in ("text", "binary") else text
        for part, text in zip(table.key, parts, strict=True)
    )
    return f"SELECT COUNT(*) - COUNT(DISTINCT {', '.join(by_hash)}) FROM {quote(schema)}.{quote(table.name)} WHERE {complete}"


def _types(table: Table) -> list[str]:
    """Each column's type; the widest texts become LONGTEXT until the row fits."""
    sizes = [_size(column) for column in table.columns]
    while not _fits(table, sizes) and any(sizes):
        sizes[sizes.index(max(sizes))] = 0
    return [_type(column, size) for column, size in zip(table.columns, sizes, strict=True)]


def _size(column: Column) -> int:
    """How long a VARCHAR (in characters) or VARBINARY (in bytes) the column needs; 0 if it is none."""
    length = int(column.arguments[0]) if column.arguments and column.arguments[0].isdigit() else 1
    if column.declared in ("char", "varchar", "binary", "varbinary"):
        return max(length, 1)
    if column.declared == "set":
        return sum(len(word) + 1 for word in column.arguments)
    return _WORDS.get(column.declared, column.width)


def _type(column: Column, size: int) -> str:
    if column.kind in ("text", "binary"):
        short, long = ("VARCHAR", "LONGTEXT") if column.kind == "text" else ("VARBINARY", "LONGBLOB")
        return f"{short}({size})" if size else long
    if column.kind == "timestamp":  # never TIMESTAMP, which means another moment in another time zone
        return f"DATETIME({column.arguments[0]})" if column.arguments else "DATETIME"
    if column.kind == "decimal":  # as declared: DuckDB's limit is lower than MySQL's
        return f"DECIMAL({','.join(column.arguments) or 10})"
    return column.type


def _fits(table: Table, sizes: list[int]) -> bool:
    row = page = 0
    for column, size in zip(table.columns, sizes, strict=True):
        if column.kind in _FIXED_BYTES:
            row += _FIXED_BYTES[column.kind]
            page += _FIXED_BYTES[column.kind]
            continue
        longest = size * (_SIGN_BYTES if column.kind == "text" else 1) + 2
        row += longest + 1 if size else _TEXT_COLUMN_BYTES
        page += longest if size and longest <= _LONGEST_IN_PAGE else _POINTER_BYTES
    return row <= _ROW_BYTES and page <= _PAGE_BYTES
