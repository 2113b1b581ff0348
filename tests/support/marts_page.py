"""`python -m tests.support.marts_page`: docs/marts.md, the tables of gold. `make docs` runs it."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh import Context

from loader.settings import PROJECT

FILE = PROJECT / "docs" / "marts.md"
# The question that a mart answers, and the page of the report that reads it; - where only other dashboards do.
# Names are those of the old system unless NEW has them.
MARTS = {
    "daily_activity_summary": ("What happened on a day: registrations, inquiries, applications, signings, moves?", "overview"),
    "data_quality_calendar": ("Which days have a dump, and why do the others have none?", "overview"),
    "dim_property": ("Which properties are there, and where?", "-"),
    "funnel_application_to_movein_daily": ("How many inquiries of a day became move-ins?", "funnel"),
    "funnel_application_to_movein_periodized": ("The same by week and by month?", "-"),
    "funnel_application_to_movein_segment_share": ("Which wards and nationalities do inquiries and move-ins come from?", "-"),
    "kpi_month_end_metrics": ("What are rent, RevPAR and RecPAR of a day, and of the last day of a month?", "overview, pricing"),
    "kpi_reference_trace": ("Of which day and by which definition are the key figures?", "pricing"),
    "move_events": ("Which moves were there, one by one?", "move-ins, move-outs, geography"),
    "move_events_weekly": ("How many moves a week, by rent and age?", "-"),
    "movein_analysis": ("Who moves in, at which rent, and how long after signing?", "move-ins"),
    "moveout_analysis": ("Who moves out, after how long, and why?", "move-outs"),
    "moveout_notices": ("Who has given notice, and whose day has gone by?", "overview, move-outs"),
    "moveout_summary": ("How many moved out on a day, by rent, age, stay and renewal?", "-"),
    "moveouts": ("Which contracts have ended?", "-"),
    "moveouts_reason_weekly": ("Why did people move out, week by week?", "-"),
    "municipality_churn_weekly": ("Which wards win tenants, and which lose them?", "-"),
    "new_contracts": ("Which contracts were signed?", "pricing"),
    "occupancy_daily_metrics": ("How many rooms are occupied, and how many will be?", "overview, occupancy"),
    "occupancy_kpi_meta": ("Of which day is the occupancy, and by how many rooms does it divide?", "-"),
    "occupancy_property_daily": ("How full was each property on a day?", "occupancy, geography"),
    "occupancy_property_map_latest": ("How full is each property, and what has changed in a week?", "overview, occupancy, geography"),
    "occupancy_tenant_type_daily": ("Who occupies the rooms, people or companies?", "occupancy"),
    "property_churn_weekly": ("Which properties win tenants, and which lose them?", "-"),
    "tenant_status_transitions": ("From which status to which did a tenant go, and when?", "-"),
}  # fmt: skip
NEW = {"occupancy_tenant_type_daily"}
START = """# The marts

The tables of gold, which dashboards read. `make docs` writes this page from the models, and a test compares it with them. Each column
with its meaning is in the data dictionary, `data/dictionary.html`.

| mart | question | one row per | page of the report | kind | owner | name in the old system |
|---|---|---|---|---|---|---|
"""


def page(project: Context) -> str:
    """The page as a project's models are now.

    Raises:
        KeyError: a mart has no question here.
    """
    lines = []
    for model in project.models.values():
        schema, name = model.fqn.replace('"', "").split(".")[-2:]
        if schema == "gold":
            question, read_by = MARTS[name]
            grain = ", ".join(column.name for column in model.grains[0].find_all(exp.Column))
            kind = "view" if model.kind.is_view else "by day" if model.kind.is_incremental_by_time_range else "whole"
            cells = (f"`{name}`", question, grain, read_by, kind, model.owner, "none" if name in NEW else f"`{name}`")
            lines.append(f"| {' | '.join(cells)} |")
    return START + "\n".join(sorted(lines)) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(Context(paths=str(PROJECT))), encoding="utf-8")
