"""The mornings, one method a kind: what the producer does and what the person on call types."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

from demo.objects import put_coordinates
from loader.errors import DumpRejectedError, NoDumpError
from loader.landing.enrichment_cache import Cached
from loader.settings import PROJECT
from tests.support.crash import Point
from tests.support.project_copy import ProjectCopy, copy_project
from tests.support.simulation import rebuilds
from tests.support.simulation.life import Life

# Statements at which a command is killed, loads and runs alike.
DEATHS = (
    r"INSERT INTO \W?landing_", r"(CREATE OR REPLACE VIEW landing|RENAME TABLE)", r"landing\.load_ledger",
    r"INSERT INTO .*(tenant_daily_snapshots|_daily_)", r"_intervals", r"sqlmesh__", r"SUM\(copies\)", r"COMMIT|commit",
)  # fmt: skip
# What a person changes in a model: a silver table by day of which all rows stay as they were computed, and a mart.
EDITS = {
    "gold.new_contracts": ("  monthly_rent::DECIMAL(12, 0)", "  (monthly_rent + 1)::DECIMAL(12, 0)"),
    "silver.tenant_status_changes": (
        "  days_since_previous_snapshot::BIGINT",
        "  (days_since_previous_snapshot + 1000)::BIGINT",
    ),
}


class Mornings(Life):
    """Every kind of morning that a script can name."""

    def _founded(self) -> None:
        self._put()
        self.operator.load(self.day)
        rebuilds.plan(self.place, PROJECT)
        self.operator.computed = True

    def _plain(self) -> None:
        self._put()
        self._daily()

    def _gap(self) -> None:
        self._gaps.append(self.day)
        self._fails(NoDumpError)

    def _held(self) -> None:
        self._late.append(self.day)
        self._fails(NoDumpError)

    def _caught_up(self) -> None:
        for day in self._late:
            self._put(day)
        self._late.clear()
        self._plain()

    def _late_dump(self) -> None:
        self._put(self._gaps[-1])
        self.say("late dump", str(self._gaps[-1]))
        self._plain()

    def _late_file(self) -> None:
        day = self._gaps[-1]
        like = max(one for one in self.files.days() if one < day and self.files.of_day(one))
        self.say("late files", ", ".join(self.files.late(day, like)))
        self._plain()

    def _waived(self) -> None:
        for day in self.operator.open_days(self.day):
            self.operator.waive(day, day + dt.timedelta(days=self.rng.choice((5, 14))))
            self.say("waived day", str(day))
        self._plain()

    def _rejected(self, damage: str) -> None:
        getattr(self.files, damage)(self.day, self._body())
        self._gaps.append(self.day)
        self._fails(DumpRejectedError)

    def _cut(self) -> None:
        self._rejected("cut")

    def _wrong_sha(self) -> None:
        self._rejected("wrong_sha")

    def _duplicate_key(self) -> None:
        self._rejected("duplicate_key")

    def _replaced(self) -> None:
        self._put(self._gaps[-1])
        self.operator.load(self._gaps[-1])
        self.say("replaced dump", str(self._gaps[-1]))
        self._plain()

    def _other_bytes(self) -> None:
        for _ in range(3):
            self._happens()
        self._told[self.day] = self.company.copied()
        self._put()

    def _reloaded(self) -> None:
        self._plain()
        self._other_bytes()
        self._daily()

    def _exported_again(self) -> None:
        past = [day for day in self.files.days() if day < self.day and self.files.of_day(day)]
        for day in self.rng.sample(past, min(len(past), 3)):
            self.say("exported again", ", ".join(self.files.export_again(day)))
        self._plain()

    def _past_day(self) -> None:
        day = self.rng.choice([one for one in self.files.days() if one < self.day and self.files.of_day(one)])
        for tenant in self.rng.sample(self._told[day]["tenants"], 3):
            tenant["status"] = self.rng.choice((9, 10, 14, 17))
        self._put(day)
        if self.rng.random() < 0.5:
            self._put()
            self._daily()
        self.operator.load(day)
        self.say("past day", str(day))
        self._plain()

    def _killed(self) -> None:
        self._put()
        point = Point(self.rng.choice(DEATHS), self.rng.randint(1, 12), self.rng.choice(("before", "after")))
        words = ["daily", "--bucket", str(self.bucket), "--date", str(self.day)]
        attempt = self.nursery.start(words, self.place.variables, point).wait()
        self.happened["kill -9"] += attempt.killed
        self.say("kill -9", f"{point}" if attempt.killed else f"not reached: {point}, exit code {attempt.code}")
        assert attempt.killed or attempt.code in (0, 3, 4), attempt.output[-2000:]
        self._plain()

    def _step_failed(self) -> None:
        self._put()
        step = self.rng.randint(1, 35)
        died = self.operator.dies_in(self.day, step)
        self.say("killed at a step", f"{step}" if died else f"{step} is none")
        self._plain()

    def _run_lost(self) -> None:
        self._put()
        self.operator.land_only(self.day)

    def _roll_back(self) -> None:
        self.say("rollback", self.operator.roll_back())
        self.operator.run()

    def _rolled_back(self) -> None:
        self._plain()
        self._gaps.append(self.day)
        self._roll_back()

    def _rolled_back_and_corrected(self) -> None:
        self._rolled_back()
        self._other_bytes()
        self._daily()

    def _reloaded_and_rolled_back(self) -> None:
        self._plain()
        body = self._body()
        self._other_bytes()
        self._daily()
        self._roll_back()
        self.files.put(self.day, body)  # the older file is shown again, so it belongs into the bucket
        self._daily()

    def _enriched(self) -> None:
        moment = dt.datetime.combine(self.day, dt.time(3))
        ids = self.rng.sample([row["id"] for row in self.company.tables["tenants"]], 10)
        self.operator.answer([Cached(one, "0" * 64, "ネパール", Decimal("0.5"), moment, "model") for one in ids])
        put_coordinates(self.bucket, [(n, 35.5, 139.5) for n in sorted(self.rng.sample(range(1, 6), 3))])
        self.say("enriched", f"tenants {ids}")
        self._plain()

    def _edit(self, model: str) -> ProjectCopy:
        project = ProjectCopy(self._folder / "project")
        if not project.path.exists():
            copy_project(project.path)
        project.edit(model, *EDITS[model])
        self.say("edited", model)
        return project

    def _promoted(self) -> None:
        project = self._edit("gold.new_contracts")
        self._put()
        if self.rng.random() < 0.5:
            self._daily()
        else:
            self.operator.load(self.day)
        self._promote(project)
        self._plain()

    def _promote(self, project: ProjectCopy) -> None:
        """Plans a project to prod, and keeps what prod now has: the working copy is edited again."""
        project.plan()
        ours = shutil.ignore_patterns(".cache", "logs", "__pycache__")
        self.project = Path(shutil.copytree(project.path, self._folder / f"promoted{self.day:%Y%m%d}", ignore=ours))

    def _planned_in_dev(self) -> None:
        self._plain()
        self._edit("silver.tenant_status_changes").plan("dev")

    def _dev_promoted(self) -> None:
        self._promote(ProjectCopy(self._folder / "project"))
        self._plain()
