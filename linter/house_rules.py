"""The house rules that SQLMesh's own linter does not know."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh.core.linter.rule import Rule, RuleViolation
from sqlmesh.core.model import Model, SeedModel, SqlModel

# The types with which MySQL and MariaDB make a table when they choose them (CREATE TABLE ... AS SELECT). With any other (INT, TEXT, BOOLEAN,
# TIMESTAMP WITH ...) SQLMesh by itself sees a difference at promotion and drops and adds the column again: every value of it becomes NULL,
# silently. loader.aurora.AuroraAdapter has tables made as declared, which also saves texts of more than 512 characters and, on MariaDB, whole
# numbers that it reckons small; what it can't do is declare a type that is not known. Measured, type by type, in tests/end_to_end/test_promotion.py.
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


class DescribedModel(Rule):
    """A model says what it is (description), what a row is (grain) and who answers for it (owner)."""

    def check_model(self, model: Model) -> RuleViolation | None:
        missing = [part for part in ("description", "owner") if not getattr(model, part)]
        if not model.grains:
            missing.append("grain")
        return self.violation(f"missing: {', '.join(missing)}") if missing else None


class DescribedColumns(Rule):
    """Every column says what it means: a comment behind its projection, or column_descriptions in a seed."""

    def check_model(self, model: Model) -> RuleViolation | None:
        missing = set(model.columns_to_types or {}) - set(model.column_descriptions)
        return self.violation(f"columns without a description: {', '.join(sorted(missing))}") if missing else None


class SurvivingTypes(Rule):
    """Every column has a type, and one that survives a promotion on MySQL; texts have a length."""

    def check_model(self, model: Model) -> RuleViolation | None:
        if isinstance(model, SqlModel | SeedModel):
            wrong = [
                f"{name} {kind.sql()}"
                for name, kind in (model.columns_to_types or {}).items()
                if kind.this not in SURVIVING
                or (kind.this in (exp.DataType.Type.VARCHAR, exp.DataType.Type.DECIMAL) and not kind.expressions)
            ]
            if wrong:
                return self.violation(
                    f"cast to BIGINT, DECIMAL(p, s), DATE, TIMESTAMP or VARCHAR(n): {', '.join(wrong)}"
                )
        return None


class NoWallClock(Rule):
    """No model reads a clock: the business date is data (silver.as_of), so that a day can be computed again."""

    def check_model(self, model: Model) -> RuleViolation | None:
        if isinstance(model, SqlModel) and model.query.find(*CLOCKS):
            return self.violation("reads the wall clock; join silver.as_of instead")
        return None
