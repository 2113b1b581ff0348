"""What a dump and a daily file must be, as data_contract.yaml declares it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from loader import commands
from loader.errors import UsageError
from loader.quality.enrichment_limits import Enrichment
from loader.settings import PROJECT
from loader.sources.daily_file_kinds import COORDINATES, DATASETS
from loader.sources.manifest import ManifestRules

if TYPE_CHECKING:
    from loader.mysqldump.ddl.create_table import Column

# Of a dump as a whole: the times that it says itself, and whether anything changed since the one before.
WHOLE_DUMP = frozenset(("dated", "unchanged"))
_MAX_BYTES = 1 << 20
_KINDS_OF_FILE = (*(dataset.name for dataset in DATASETS), COORDINATES)
Percent = Annotated[float, Field(ge=0, le=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError("the lower bound comes first")
    return bounds


def _existing_seed(name: str) -> str:
    if not (PROJECT / "seeds" / f"{name}.csv").is_file():
        raise ValueError(f"there is no seeds/{name}.csv")
    return name


Change = Annotated[tuple[float, float], AfterValidator(_ordered)]


class Codes(_Strict):
    """A column of codes: `seed` names the CSV in seeds/ whose `code` column lists the known ones; `shift_percent` is how many
    percent of the rows may have changed from one code to another since the dump before."""

    seed: Annotated[str, AfterValidator(_existing_seed)]
    unknown_percent: Percent
    shift_percent: Percent | None = None


class Reference(_Strict):
    """A column of ids of another table: `to` is `table.column`."""

    to: Annotated[str, Field(pattern=r"^\w+\.\w+$")]
    dangling_percent: Percent


class DailyFileRules(_Strict):
    """The rules of one kind of daily file, or of the reference file of coordinates; what is not declared is not asked."""

    at_least: PositiveInt | None = None
    change_percent: Change | None = None

    def names(self, subject: str) -> Iterator[str]:
        kinds = {"rows": self.at_least, "change": self.change_percent}
        yield from (f"{kind}:{subject}" for kind, value in kinds.items() if value is not None)


class TableRules(DailyFileRules):
    key: tuple[str, ...] = ()
    fresh_days: PositiveInt | None = None
    nulled_percent: Percent | None = None
    codes: dict[str, Codes] = {}
    references: dict[str, Reference] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rules ask about."""
        return (*self.key, *(("updated_at",) if self.fresh_days else ()), *self.codes, *self.references)

    def names(self, subject: str) -> Iterator[str]:
        yield from super().names(subject)
        kinds = {"key": self.key or None, "fresh": self.fresh_days, "nulled": self.nulled_percent}
        yield from (f"{kind}:{subject}" for kind, value in kinds.items() if value is not None)
        yield from (f"codes:{subject}.{column}" for column in self.codes)
        yield from (f"shift:{subject}.{name}" for name, rule in self.codes.items() if rule.shift_percent is not None)
        yield from (f"references:{subject}.{column}" for column in self.references)


class Source(_Strict):
    """Where a dump may come from: `host/database`."""

    allowed: tuple[Annotated[str, Field(pattern=r"^[^/\s]+/[^/\s]+$")], ...]


class DataContract(_Strict):
    source: Source
    continuity_days: PositiveInt
    tables: dict[str, TableRules]
    daily_files: dict[Literal[_KINDS_OF_FILE], DailyFileRules]
    only_warn: tuple[str, ...] = ()
    enrichment: Enrichment | None = None

    @field_validator("tables")
    @classmethod
    def _references_known_tables(cls, tables: dict[str, TableRules]) -> dict[str, TableRules]:
        for table, rules in tables.items():
            for column, reference in rules.references.items():
                if reference.to.partition(".")[0] not in tables:
                    raise ValueError(f"{table}.{column} refers to {reference.to}, and that table has no rules")
        return tables

    @model_validator(mode="after")
    def _warns_of_what_it_declares(self) -> DataContract:
        if unknown := sorted(set(self.only_warn) - self.names()):
            raise ValueError(f"only_warn names {', '.join(unknown)}, which no table declares")
        return self

    @property
    def manifest(self) -> ManifestRules:
        fresh = {
            table: rules.fresh_days
            for table, rules in self.tables.items()
            if rules.fresh_days and f"fresh:{table}" not in self.only_warn
        }
        return ManifestRules(self.source.allowed, fresh)

    def missing_columns(self, tables: Mapping[str, Sequence[Column]]) -> Iterator[str]:
        """What the rules ask about and a dump lacks, each in a sentence."""
        columns = {name: {column.name.lower() for column in found} for name, found in tables.items()}
        for table, rules in self.tables.items():
            asked = [(table, column) for column in rules.columns]
            asked += [tuple(reference.to.split(".")) for reference in rules.references.values()]
            if table not in tables:
                yield f"the dump has no table {table}, for which the data contract has rules"
            for name, column in asked:
                if name in columns and column.lower() not in columns[name]:
                    yield f"the dump has no column {name}.{column}, for which the data contract has rules"

    def may_be_accepted(self, rule: str) -> bool:
        """Whether a person may let a rule's finding pass: not what a model can't read, what its audits refuse, or what would be another
        number."""
        if rule.startswith(("key:", "codes:")):
            return False
        return rule in self.names() or rule.startswith(("longer:", "finer:"))

    def seed_of(self, rule: str) -> str | None:
        """The seed that lists the known codes of a rule `codes:table.column`, None for another rule."""
        kind, _, subject = rule.partition(":")
        table, _, column = subject.partition(".")
        return self.tables[table].codes[column].seed if kind == "codes" and rule in self.names() else None

    def require_acceptable(self, rules: Iterable[str]) -> None:
        """Raises a UsageError where a rule that a person typed behind --accept does not exist."""
        for rule in sorted(rule for rule in rules if not self.may_be_accepted(rule)):
            if seed := self.seed_of(rule):
                raise UsageError(
                    f"--accept {rule}: a code that the source means is not accepted, but added to seeds/{seed}.csv. Add it there, then type"
                    f"\n  {commands.sqlmesh('plan')}"
                )
            known = ", ".join(sorted(filter(self.may_be_accepted, self.names())))
            raise UsageError(
                f"--accept {rule}: there is no such rule that may be accepted. There are: {known}, and longer: and finer: with a column that "
                "the gate named"
            )

    def names(self) -> set[str]:
        rules = (*self.tables.items(), *self.daily_files.items())
        return set(WHOLE_DUMP).union(*(rule.names(subject) for subject, rule in rules))


def read_data_contract(file: Path) -> DataContract:
    """The data contract in a file; a UsageError where it is not there, is no YAML, or declares something that there is not: it names the field."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with file.open("rb") as body:
            text = body.read(_MAX_BYTES + 1)
        if len(text) > _MAX_BYTES:
            raise UsageError(
                f"the data contract {file} has more than {_MAX_BYTES >> 20} MiB: is it another file? (WAREHOUSE_DATA_CONTRACT names it)"
            )
        declared = YAML(typ="safe", pure=True).load(text.decode())
        return DataContract.model_validate(declared)
    except OSError as error:
        raise UsageError(
            f"the data contract {file} can't be read: {error.strerror} (WAREHOUSE_DATA_CONTRACT names it)"
        ) from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"the data contract {file} is no YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise UsageError(f"the data contract {file} is no data contract: its brackets are nested too deeply") from None
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'contract'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_url=False)
        )
        raise UsageError(f"the data contract {file}: {wrong}") from None


def read_enrichment(file: Path) -> Enrichment:
    """The bounds of the enrichment step in a data contract; a UsageError where it has none, or as of `read_data_contract`."""
    if (rules := read_data_contract(file).enrichment) is None:
        raise UsageError(
            f"the data contract {file} has no section enrichment, which bounds the step: write one, as in the project's own"
        )
    return rules
