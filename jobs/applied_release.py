"""What is deployed against what was applied: production changes only by a reviewed plan. See docs/decisions/0027."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loader import commands
from loader.dates import utc_now
from loader.errors import LoaderError
from loader.settings import Settings
from loader.sources.storage import open_bucket
from loader.transform.context import sqlmesh_context

if TYPE_CHECKING:
    from loader.transform.run import RunResult


def require_applied(settings: Settings, release: str) -> None:
    """Compares the project's models, audits and macros included, with those that prod runs."""
    with sqlmesh_context(settings, models=True) as (context, _):
        environment = context.state_reader.get_environment("prod")
        if environment is None:
            raise LoaderError(f"prod has no models yet: review and apply a plan first\n  {commands.sqlmesh('plan')}")
        applied = {info.name: info.fingerprint for info in environment.snapshots}
        ours = {snapshot.name: snapshot.fingerprint for snapshot in context.snapshots.values()}
    differing = sorted(name for name in applied.keys() | ours.keys() if applied.get(name) != ours.get(name))
    if differing:
        shown = [".".join(name.replace('"', "").replace("`", "").split(".")[-2:]) for name in differing]
        more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
        raise LoaderError(
            f"release {release} is not what was applied to prod: {', '.join(shown[:5])}{more} differ; nothing was computed. Deploy "
            f"the release that was applied, or review and apply this one's models\n  {commands.sqlmesh('plan')}"
        )


def record(settings: Settings, release: str, result: RunResult) -> str:
    """Writes that a day's run was green: what the alarm for silence looks for, and by which release it was."""
    key = f"runs/{result.day:%Y%m%d}.json"
    body = {
        "day": str(result.day),
        "release": release,
        "finished_at": f"{utc_now():%Y-%m-%dT%H:%M:%S}Z",
        "restated_days": result.restated,
        "models": len(result.fresh_to),
    }
    open_bucket(settings.bucket_uri).write(key, json.dumps(body, indent=2).encode())
    return key
