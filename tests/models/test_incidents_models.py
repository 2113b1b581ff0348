"""What holds for every model, read off the models themselves: a rule here finds the next model that breaks it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from sqlglot import exp

from loader.settings import PROJECT
from loader.sources.daily_file_kinds import ROOM_ASSIGNMENT

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.model import Model

Models = dict[str, "Model"]
OF_THE_LOADER = "landing."


@pytest.fixture(scope="module")
def models(project: Context) -> Models:
    """The project's models, by name."""
    return {model.name: model for model in project.models.values() if not model.kind.is_external}


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables(query: exp.Expression) -> set[str]:
    """The tables and views that a query reads; a name without a schema is one of its own CTEs."""
    return {f"{table.db}.{table.name}" for table in query.find_all(exp.Table) if table.db}


def test_every_audit_blocks_unless_named_a_warning_none_skipped(models: Models) -> None:
    """I26, R9: tests were off for being slow, and those that ran only warned."""
    for model in models.values():
        assert model.audits_with_args or model.kind.is_embedded, f"{model.name} has no audit"
        for audit, arguments in model.audits_with_args:
            said = f"{model.name}: {audit.name}"
            assert not audit.skip, said
            assert "blocking" not in arguments, said
            assert audit.blocking == (not audit.name.endswith("_warning")), said


def test_every_table_audits_uniqueness_on_each_grain(models: Models) -> None:
    """I26, I27, R11: "a primary key exists" was said of tables that had none."""
    checked = 0
    for model in models.values():
        unique = [
            {column.name for column in arguments["columns"].find_all(exp.Column)}
            for audit, arguments in model.audits_with_args
            if audit.name in ("unique_values", "unique_combination_of_columns")
        ]
        for grain in model.grains if model.kind.is_materialized else ():
            checked += 1
            assert {column.name for column in grain.find_all(exp.Column)} in unique, f"{model.name}: {grain.sql()}"
    assert checked >= 10


def test_inputs_of_models_and_audits_are_computed_first(models: Models) -> None:
    """I16: labels were empty, for the code tables were loaded after the models, or not at all; tests read tables past the lineage."""
    read: set[str] = set()
    for model in models.values():
        if not model.is_sql:
            continue
        parents = {".".join(name.replace('"', "").split(".")[-2:]) for name in model.depends_on}
        queries = {"its query": model.render_query_or_raise()}
        queries |= {
            audit.name: model.render_audit_query(audit, **arguments) for audit, arguments in model.audits_with_args
        }
        for where, query in queries.items():
            for table in tables(query) - {model.name}:
                # What is the loader's own is there before any model.
                assert table in parents & models.keys() or table.startswith(OF_THE_LOADER), (
                    f"{model.name}, {where}: {table}"
                )
                read.add(table)
    # Every code table is a parent of something.
    assert {name for name in models if name.startswith("seeds.")} <= read


def test_only_staging_reads_what_the_loader_landed(models: Models) -> None:
    """I16, I37: signals and audits stand at one door, and nothing goes past it."""
    for model in models.values():
        if model.is_sql and not model.name.startswith("staging."):
            assert not [name for name in tables(model.render_query_or_raise()) if name.startswith(OF_THE_LOADER)], (
                model.name
            )


def test_nothing_runs_behind_the_models(project: Context, models: Models) -> None:
    """I23: every model was right, and the run failed in a step after them. What stands behind a model here are its indexes alone."""
    assert not project.config.after_all
    for model in models.values():
        assert [statement.sql for statement in model.post_statements_ or []] in ([], ["@create_indexes()"]), model.name
        assert not model.pre_statements_ and not model.on_virtual_update, model.name


def test_lists_of_values_are_those_of_the_code_tables(models: Models) -> None:
    """I10, I39: a list that a person copied lacked a contract type. What a seed lists is looked up there; types of tenants are a list."""
    known = {row["tenant_type"] for row in seed("code_contract_type")}
    of_seeds = {"contract_category": "category_ja", "management_status": "code"}
    seen = set()
    for model in models.values():
        for audit, arguments in model.audits_with_args:
            column = arguments["column"].name if "column" in arguments else None
            if audit.name == "accepted_values":
                assert column not in of_seeds, f"{model.name}.{column}"
                if column == "tenant_type":
                    listed = {value.this for value in arguments["is_in"].expressions}
                    assert listed == known, f"{model.name}.{column}"
            if audit.name == "relationship" and column in of_seeds:
                assert arguments["parent_column"].name == of_seeds[column], f"{model.name}.{column}"
                seen.add(column)
    assert seen == of_seeds.keys()


def test_code_tables_hold_every_code_with_its_flags() -> None:
    """I10, I39: codes drifted apart from place to place."""
    statuses, contracts = seed("code_tenant_status"), seed("code_contract_type")
    assert [int(row["code"]) for row in statuses] == list(range(18))

    def having(flag: str) -> list[int]:
        return [int(row["code"]) for row in statuses if row[flag] == "1"]

    assert having("is_population") == [4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]
    assert having("is_occupied") == [7, 9, 10, 11, 12, 13, 14, 15]
    assert having("is_active_lease") == [4, 6, 7, 9, 10, 11, 12, 13, 14, 15]
    assert having("is_application") == [4, 5]
    assert having("is_moveout") == [14, 15, 16, 17]
    assert having("is_confirmed_movein") == [4, 5, 6, 7, 9, 14, 15]
    assert [int(row["code"]) for row in statuses if row["ui_label_ja"]] == having("is_population")
    in_order = sorted((row for row in statuses if row["room_priority"]), key=lambda row: int(row["room_priority"]))
    assert [int(row["code"]) for row in in_order] == [9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 4]

    kinds = {int(row["code"]): row["tenant_type"] for row in contracts}
    individual, corporate, unknown = (
        dict.fromkeys((1, 6, 7, 9), "individual"),
        dict.fromkeys((2, 3), "corporate"),
        (0, 4, 5, 8),
    )
    assert kinds == individual | corporate | dict.fromkeys(unknown, "unknown")
    assert {row["code"]: row["label_ja"] for row in contracts if row["code"] in "456"} == {
        "4": "Airbnb1",
        "5": "Airbnb2",
        "6": "定期契約",
    }
    others = {"gender": (1, 3), "moveout_reason": (0, 7), "personal_identity": (1, 8), "affiliation_type": (1, 18)}
    for name, (first, last) in others.items():
        assert [int(row["code"]) for row in seed(f"code_{name}")] == list(range(first, last + 1)), name


def test_move_out_date_is_derived_in_one_place(models: Models) -> None:
    """I36, R43: each model had an order of its own for the three dates. One place for contracts as they are, one for the daily files."""
    raw = {"moveout_date_integrated", "moveout_plans_date", "moveout_final_rent_date"}
    orders = {}
    for name, model in models.items():
        if model.is_sql:
            chosen = [
                node
                for node in model.render_query_or_raise().find_all(
                    exp.Coalesce, exp.Case, exp.If, exp.Greatest, exp.Least
                )
                if len({column.name for column in node.find_all(exp.Column)} & {*raw, "moveout_date"}) > 1
            ]
            orders |= {
                name: [list(dict.fromkeys(column.name for column in node.find_all(exp.Column))) for node in chosen]
            }
    order = [["moveout_date_integrated", "moveout_plans_date", "moveout_date"]]
    assert {name: found for name, found in orders.items() if found} == {
        "silver.stg_movings": order,
        "staging.room_assignment_snapshots": order,
    }
    # The rows of a daily file are chosen in the loader, before there is a model: by the same order.
    (of_files,) = re.findall(r"COALESCE\((m\.moveout_\w+, [^)]+)\)", ROOM_ASSIGNMENT.query)
    assert of_files.replace("m.", "").split(", ") == order[0]


SEGMENTS = ("period_grain", "period_start", "tenant_type")


def test_a_choice_among_rows_is_always_the_same(models: Models) -> None:
    """R13: of rows that tied, another one came first each time. An order ends with the row's own id, or is by day within a tenant."""
    seen = set()
    for name, model in models.items():
        for window in model.render_query_or_raise().find_all(exp.Window) if model.is_sql else ():
            within = tuple(column.name for column in window.args.get("partition_by") or [])
            order = (
                [ordered.this.name for ordered in window.args["order"].expressions]
                if window.args.get("order")
                else [None]
            )
            seen.add((name, within, order[-1]))
    assert seen == {
        ("silver.business_calendar", (), "business_date"),  # of the ledger, where a dataset's day is unique
        ("silver.tenant_applications", ("tenant_id",), "change_date"),  # unique, by the audit of the changes
        ("silver.int_contracts", ("tenant_id", "apartment_id", "room_id"), "moving_id"),
        ("silver.inquiry_contracts", ("inquiry_id",), "contract_id"),
        ("gold.tenant_status_transitions", ("tenant_id",), "valid_from"),  # unique, by the audit of the history
        ("gold.funnel_application_to_movein_segment_share", (*SEGMENTS, "segment_type"), "segment_value"),
        ("gold.funnel_application_to_movein_segment_share", (*SEGMENTS, "segment_type"), None),  # a sum
        ("silver.tenant_types", ("tenant_id",), "moving_id"),
        ("silver.tokyo_beta_tenant_room_info", ("email",), None),  # the lowest number
        ("silver.occupancy_projection", (), "day"),  # one row a day, by that model's audit
        ("silver.occupancy_dated_moves", ("room_id",), "ends_on"),  # stays of the same days are one
        ("silver.occupancy_dated_moves", ("tenant_id",), None),  # whether there is one
        ("silver.room_contracts_daily", ("snapshot_date", "tenant_id"), None),  # whether there is one
        ("silver.tenant_room_snapshot_daily", ("snapshot_date", "tenant_id", "room_id"), "moving_id"),
        ("silver.tenant_room_snapshot_daily", ("snapshot_date", "room_id", "is_known_room"), "moving_id"),
        (
            "silver.tenant_room_snapshot_daily",
            ("snapshot_date", "room_id", "is_known_room"),
            None,
        ),  # whether there is one
        ("silver.tenant_status_history", ("tenant_id",), "change_date"),  # unique, by that model's audit
    }
    assert not [
        name for name, model in models.items() if model.is_sql and model.render_query_or_raise().find(exp.Limit)
    ]


def test_every_source_date_and_text_is_cleaned_by_macro(models: Models) -> None:
    """R34, R36, R47: what was cleaned in one table came through raw in the next."""
    from loader.quality.columns import required_columns

    cleaned = 0
    for name in sorted({column.model for column in required_columns()}):
        text = (PROJECT / "models" / f"{name.replace('.', '/')}.sql").read_text(encoding="utf-8")
        for column, kind in models[name].columns_to_types.items():
            macro = {"DATE": "clean_date", "TIMESTAMP": "clean_timestamp", "VARCHAR": "clean_text"}.get(kind.this.name)
            if macro:
                assert re.search(rf"@{macro}\(\w+(, \d+)?\) AS {column}\b", text), f"{name}.{column}"
                cleaned += 1
    assert cleaned >= 40


DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


def test_sql_hard_codes_nothing_and_every_written_date_exists() -> None:
    """R6, R18: bad days and 16,108 rooms stood in the code, and a test asked for the 29th of February 2026."""
    dated = {
        PROJECT / "seeds" / name for name in ("physical_rooms.csv", "kpi_definitions.csv")
    }  # with the days from which they hold
    sql = [
        file for part in ("models", "audits", "seeds") for file in (PROJECT / part).rglob("*.*") if file not in dated
    ]
    assert len(sql) > 40
    assert not [file for file in sql if DATE.search(file.read_text(encoding="utf-8"))]
    python = [file for part in ("loader", "macros", "signals") for file in (PROJECT / part).rglob("*.py")]
    assert not [file for file in sql + python if re.search(r"16[,_]?10[89]", file.read_text(encoding="utf-8"))]
    written = [*(PROJECT / "tests" / "models").glob("*.yaml"), *(PROJECT / "docs").rglob("*.md"), *PROJECT.glob("*.md")]
    for file in written:
        for year, month, day in DATE.findall(file.read_text(encoding="utf-8")):
            assert (year, month, day) == ("0000", "00", "00") or dt.date(int(year), int(month), int(day)), file
