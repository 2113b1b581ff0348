"""No blanked column: what a plan built for dev is what prod shows after the promotion, value for value.

SQLMesh compares physical with declared types at a promotion that brings a new FULL table under an old view, and drops and adds each
column that differs. Left to itself it lets the server choose the physical types; loader.transform.server_adapter does not.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmesh.utils.errors import LinterError

from demo.rows import company, moving, tenant
from loader.landing.access import open_warehouse
from loader.transform.run import run
from loader.transform.server_adapter import ServerAdapter
from tests.conftest import FIRST_DAY
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.places import Place, contents
from tests.support.project_copy import ProjectCopy, copy_project, physical_tables, rows_of

# A column of each type that the lint rule lets through, and of expressions whose type a server thinks up: name -> (SQL, value).
ADDED = {
    "a_bigint": ("7::BIGINT", 7),
    "a_flag": ("CASE WHEN 1 = 1 THEN 1 ELSE 0 END::BIGINT", 1),
    "a_decimal": ("1.25::DECIMAL(8, 2)", Decimal("1.25")),
    "a_double": ("2.5::DOUBLE PRECISION", 2.5),
    "a_float": ("2.5::REAL", 2.5),
    "a_date": ("'2025-01-02'::DATE", dt.date(2025, 1, 2)),
    "a_timestamp": ("'2025-01-02 03:04:05'::TIMESTAMP", dt.datetime(2025, 1, 2, 3, 4, 5)),
    "a_text": ("'はい'::VARCHAR(16)", "はい"),
    "a_long_text": ("'はい'::VARCHAR(1024)", "はい"),
}

# What SQLMesh by itself blanks, on MySQL 9.7 and MariaDB alike, and what not: type -> (SQL of a column `x` of the source, blanked).
TYPES = {
    "INT": ("number::INT", True),
    "SMALLINT": ("number::SMALLINT", True),
    "BOOLEAN": ("(number = 1)::BOOLEAN", True),
    "TEXT": ("word::TEXT", True),
    "VARCHAR": ("word::VARCHAR", True),
    "CHAR(9)": ("word::CHAR(9)", True),
    "TIMESTAMPTZ": ("moment::TIMESTAMPTZ", True),
    "VARCHAR(513)": ("word::VARCHAR(513)", True),
    "VARCHAR(512)": ("word::VARCHAR(512)", False),
    "BIGINT": ("number::BIGINT", False),
    "DECIMAL(9, 2)": ("number::DECIMAL(9, 2)", False),
    "DOUBLE": ("number::DOUBLE PRECISION", False),
    "FLOAT": ("number::REAL", False),
    "DATE": ("moment::DATE", False),
    "TIMESTAMP": ("moment::TIMESTAMP", False),
}
# And on MariaDB alone: a BIGINT in the model, but by the server's reckoning another number of digits.
RECKONED = {
    "flag": "CASE WHEN number = 1 THEN 1 ELSE 0 END::BIGINT",
    "days": "@days_between(moment::DATE, moment::DATE)",
}
FULL_TEXT = "VARCHAR(513)"  # the lint rule lets it through: an address is that long


def add_columns(project: ProjectCopy, model: str, last: str) -> None:
    """Adds a column of each type behind a model's last one."""
    end = project.model(model).read_text().split(last)[1].split("\n")[0]
    comment = end[end.index("/*") :]
    added = ",\n  ".join(f"{sql} AS {name} /* added */" for name, (sql, _) in ADDED.items())
    project.edit(model, last + end, last + end.replace(comment, f", {comment}") + f"\n  ,{added}")


@pytest.mark.server
@pytest.mark.engine
def test_a_column_added_to_a_full_model_blanks_nothing(aurora: Place, tmp_path: Path) -> None:
    settings, day = aurora.settings(), FIRST_DAY + dt.timedelta(days=1)
    both = company(
        tenants=[tenant(1), tenant(2, status=14)],
        movings=[
            moving(1, moveout_receipt_date=dt.date(2025, 5, 1), moveout_date=dt.date(2025, 7, 1)),
            moving(2, room_id=2),
        ],
    )
    both["apartments"][0] |= {"full_address": "東京都新宿区一丁目", "address": "一丁目"}
    land_dump(settings, day, both)
    land_snapshot(settings, day, {1: 9, 2: 5})
    land_rooms(settings, day)
    run(settings)
    project = copy_project(tmp_path / "project")
    before = {name: rows_of(aurora, name) for name in contents(aurora)}
    _, contracts = before["silver.int_contracts"]
    assert "東京都新宿区一丁目" in contracts[0] and len(contracts) == 2

    add_columns(project, "silver.int_contracts", "m.updated_at::TIMESTAMP AS updated_at")
    add_columns(
        project,
        "silver.tenant_status_history",
        "CAST(@days_between(h.valid_from, COALESCE(h.valid_to, a.snapshot_as_of_date)) + 1 AS BIGINT) AS days_in_status",
    )
    computed = project.plan("dev", start="2018-01-01")
    assert computed.keys() >= {"silver.int_contracts", "silver.tenant_status_history"}
    built = physical_tables(aurora)
    assert project.plan() == {}

    assert physical_tables(aurora) == built
    after = {name: rows_of(aurora, name) for name in contents(aurora)}
    values = tuple(value for _, value in ADDED.values())
    for name, (columns, rows) in before.items():
        if name in ("silver.int_contracts", "silver.tenant_status_history"):
            columns, rows = [*columns, *ADDED], sorted(((*row, *values) for row in rows), key=repr)
        assert after[name] == (columns, rows), name


def tiny(folder: Path, lint: bool) -> ProjectCopy:
    """A project of a FULL model with a column of each type and each reckoned form, and a view on it."""
    project = copy_project(folder, models=False, config={} if lint else {"enabled: true": "enabled: false"})
    (project.path / "models" / "silver").mkdir()
    write_tiny(project)
    project.model("silver.shown").write_text(
        f"MODEL (name silver.shown, kind VIEW);\nSELECT {', '.join(FORMS)} FROM silver.typed"
    )
    return project


def of_type(kind: str) -> str:
    """The name of the model with a column of that type."""
    return "".join(sign if sign.isalnum() else "_" for sign in kind.lower()).strip("_")


FORMS = {of_type(kind): sql for kind, (sql, _) in TYPES.items()} | RECKONED


def write_tiny(project: ProjectCopy, *more: str) -> None:
    columns = [*(f"{sql} AS {name}" for name, sql in FORMS.items()), *more]
    project.model("silver.typed").write_text(
        "/* One row. */\nMODEL (name silver.typed, kind FULL, owner data_team, grain bigint);\n"
        f"SELECT {', '.join(columns)} FROM (SELECT 1 AS number, 'word' AS word, "
        "'2025-01-02 03:04:05'::TIMESTAMP AS moment) AS source"
    )


@pytest.mark.server
@pytest.mark.engine
@pytest.mark.parametrize("ours", [True, False], ids=["our adapter", "sqlmesh by itself"])
def test_the_danger_is_real_and_our_adapter_ends_it(
    ours: bool, empty_aurora: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If "sqlmesh by itself" fails here after an upgrade of SQLMesh, see whether ServerAdapter.replace_query is needed still."""
    if not ours:
        monkeypatch.delattr(ServerAdapter, "replace_query")
    with open_warehouse(empty_aurora.settings()):
        pass  # makes the ledger that a plan asks for
    project = tiny(tmp_path / "project", lint=False)

    def shown(schema: str) -> dict[str, object]:
        columns, rows = rows_of(empty_aurora, f"{schema}.shown")
        assert len(rows) == 1
        return dict(zip(columns, rows[0], strict=True))

    project.plan()
    before = shown("silver")
    assert before.keys() == FORMS.keys() and None not in before.values()
    write_tiny(project, "moment::DATE AS added")
    project.plan("dev")
    assert shown("silver__dev") == before
    project.plan()

    blanked = {of_type(kind) for kind, (_, lost) in TYPES.items() if lost}
    if "MariaDB" in empty_aurora.query("SELECT VERSION()")[0][0]:
        blanked |= RECKONED.keys()
    assert shown("silver") == (before if ours else before | dict.fromkeys(blanked))


def test_the_lint_rule_refuses_the_types_that_sqlmesh_blanks(empty_warehouse: Path, tmp_path: Path) -> None:
    project = tiny(tmp_path / "project", lint=True)
    with project.context() as (context, _):
        found = context.lint_models(raise_on_error=False)
    (said,) = [
        one.violation_msg for one in found if one.rule.name == "survivingtypes" and one.model.name == "silver.typed"
    ]
    lost = [f"{of_type(kind)} {kind}" for kind, (_, lost) in TYPES.items() if lost and kind != FULL_TEXT]
    assert re.findall(r"(?:^|; )(\w+ [^:]+): add ::", said) == lost
    with pytest.raises(LinterError):
        project.plan()
