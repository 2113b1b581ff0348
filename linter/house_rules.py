"""Lint rules of this project, beside those of SQLMesh."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh.core.linter.rule import Rule, RuleViolation
from sqlmesh.core.model import ExternalModel, Model, SeedModel, SqlModel

from loader.warehouse.own_tables import RESERVED

# The types that MySQL and MariaDB keep in CREATE TABLE ... AS SELECT. With any other (INT, TEXT, BOOLEAN, TIMESTAMP WITH ...) SQLMesh sees a
# difference at promotion, and drops and adds the column again: every value of it becomes NULL, silently.
# loader.transform.aurora.AuroraAdapter creates tables as declared, which also keeps texts of more than 512 characters and, on MariaDB, whole
# numbers that it takes for small ones; it can't declare an unknown type. Measured, type by type, in tests/end_to_end/test_promotion.py.
SURVIVING = {
    exp.DataType.Type.BIGINT,
    exp.DataType.Type.DECIMAL,
    exp.DataType.Type.DOUBLE,
    exp.DataType.Type.FLOAT,
    exp.DataType.Type.DATE,
    exp.DataType.Type.DATETIME,
    exp.DataType.Type.TIMESTAMP,  # postgres dialect: DATETIME on MySQL
    exp.DataType.Type.VARCHAR,
}
CLOCKS = (
    exp.CurrentDate,
    exp.CurrentTimestamp,
    exp.CurrentTime,
    exp.CurrentDatetime,
    exp.Localtime,
    exp.Localtimestamp,
)
CHOICES = (exp.Case, exp.Coalesce, exp.If, exp.Nullif)

# What to cast to instead of a type that does not survive; for any other type the author chooses.
INSTEAD = {
    exp.DataType.Type.BOOLEAN: "BIGINT",
    exp.DataType.Type.CHAR: "VARCHAR(n)",
    exp.DataType.Type.INT: "BIGINT",
    exp.DataType.Type.NCHAR: "VARCHAR(n)",
    exp.DataType.Type.SMALLINT: "BIGINT",
    exp.DataType.Type.TEXT: "VARCHAR(n)",
    exp.DataType.Type.TIMESTAMPTZ: "TIMESTAMP",
    exp.DataType.Type.VARCHAR: "VARCHAR(n)",
    exp.DataType.Type.DECIMAL: "DECIMAL(p, s)",
}
CHOICE = "DATE, or TIMESTAMP, BIGINT, DECIMAL(p, s), DOUBLE, VARCHAR(n),"
PARTS = {
    "description": "no description: write /* what the table is */ above MODEL",
    "owner": "no owner: add `owner data_team` to MODEL",
    "grain": "no grain: add the table's key to MODEL, `grain id` or `grain (day, id)`",
}


class DescribedModel(Rule):
    """A model has a description, a grain (what a row is) and an owner."""

    def check_model(self, model: Model) -> RuleViolation | None:
        if isinstance(model, ExternalModel):
            return None
        present = {"description": model.description, "owner": model.owner, "grain": model.grains}
        missing = [message for part, message in PARTS.items() if not present[part]]
        return self.violation("; ".join(missing)) if missing else None


class DescribedColumns(Rule):
    """Every column says what it means: a comment behind its projection, or column_descriptions in a seed."""

    def check_model(self, model: Model) -> RuleViolation | None:
        if isinstance(model, ExternalModel):
            return None
        missing = sorted(set(model.columns_to_types or {}) - set(model.column_descriptions))
        if not missing:
            return None
        where = (
            "add each to column_descriptions in MODEL"
            if isinstance(model, SeedModel)
            else "write /* meaning, unit */ behind each in the model's last SELECT"
        )
        return self.violation(f"columns without a description ({', '.join(missing)}): {where}")


class SurvivingTypes(Rule):
    """Every column has a type, and one that survives a promotion on MySQL; texts have a length."""

    def check_model(self, model: Model) -> RuleViolation | None:
        if not isinstance(model, SqlModel | SeedModel):
            return None
        wrong = [
            f"{name} {kind.sql()}: {self._do_this(model, name, kind)}"
            for name, kind in (model.columns_to_types or {}).items()
            if kind.this not in SURVIVING
            or (kind.this in (exp.DataType.Type.VARCHAR, exp.DataType.Type.DECIMAL) and not kind.expressions)
        ]
        return self.violation("; ".join(wrong)) if wrong else None

    @staticmethod
    def _do_this(model: Model, name: str, kind: exp.DataType) -> str:
        to = INSTEAD.get(kind.this)
        if isinstance(model, SeedModel):
            return f"write `{name} {to or CHOICE}` in columns of MODEL"
        return f"add ::{to or CHOICE} in the model's last SELECT"


class NoWindowInCase(Rule):
    """A window function is a column by itself: within CASE, COALESCE or NULLIF MariaDB 10.11 computes it wrong (571 rooms for 569)."""

    def check_model(self, model: Model) -> RuleViolation | None:
        wrong = [
            window.sql("postgres")
            for window in (model.render_query_or_raise().find_all(exp.Window) if isinstance(model, SqlModel) else ())
            if not isinstance(window.find_ancestor(*CHOICES, exp.Query), exp.Query)
        ]
        if not wrong:
            return None
        return self.violation(
            f"window functions within CASE, COALESCE or NULLIF ({'; '.join(wrong)}): make each a column of a CTE and use that column"
        )


class NoWallClock(Rule):
    """No model reads a clock: the business date is data (silver.as_of), so that a day can be computed again."""

    def check_model(self, model: Model) -> RuleViolation | None:
        clock = model.query.find(*CLOCKS) if isinstance(model, SqlModel) else None
        if clock is None:
            return None
        return self.violation(
            f"reads the wall clock ({clock.sql('postgres')}): take as_of_date of `CROSS JOIN silver.as_of` instead"
        )


class ReadsAsDeclared(Rule):
    """staging.x alone reads landing.x of the source, each column as external_models.yaml declares it: the gate judges a dump by that file."""

    def check_model(self, model: Model) -> RuleViolation | None:
        if not isinstance(model, SqlModel):
            return None
        tables = sorted({table.name for table in model.query.find_all(exp.Table) if table.db == "landing"} - RESERVED)
        if not tables:
            return None
        if model.name != f"staging.{tables[0]}" or len(list(model.query.find_all(exp.Table, exp.Query))) != 2:
            where = " and ".join(f"staging.{table}" for table in tables)
            return self.violation(
                f"reads landing.{', landing.'.join(tables)}: read each in a model of its own, {where}"
            )
        external = self.context.get_model(f"landing.{tables[0]}")
        declared = external and external.columns_to_types or {}
        columns = list(model.query.find_all(exp.Column))
        wrong = [
            f"{column.name} is {kind.sql('postgres')} in external_models.yaml: read it by {_reading(column.name, kind)}"
            for column in columns
            if (kind := declared.get(column.name)) and not _is_read_so(column, kind)
        ]
        wrong += [
            f"no model reads {name} of {external.name}: remove it from external_models.yaml"
            for name in declared.keys() - {column.name for column in columns}
        ]
        return self.violation("; ".join(wrong)) if wrong else None


def _reading(name: str, kind: exp.DataType) -> str:
    """The one way to read a column of a type."""
    if kind.this == exp.DataType.Type.VARCHAR:
        return f"@clean_text({name}, {kind.expressions[0].name})"
    cleaners = {exp.DataType.Type.DATE: "clean_date", exp.DataType.Type.TIMESTAMP: "clean_timestamp"}
    return f"@{cleaners[kind.this]}({name})" if kind.this in cleaners else f"{name}::{kind.sql('postgres')}"


def _is_read_so(column: exp.Column, kind: exp.DataType) -> bool:
    if kind.this == exp.DataType.Type.BIGINT and isinstance(column.parent, exp.Select):
        return column.arg_key == "expressions"  # a key: a cast would cost the joins their index
    if type(column.parent) is exp.Cast:
        return column.parent.to == kind and kind.this in (exp.DataType.Type.BIGINT, exp.DataType.Type.DECIMAL)
    cleaner = column.parent.parent  # @clean_text(...): a macro around a function that sqlglot does not know
    return cleaner is not None and cleaner.sql("postgres", comments=False) == _reading(column.name, kind)
