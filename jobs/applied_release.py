"""What is deployed against what was applied: production changes only by a reviewed plan. See docs/decisions/0027."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from loader import commands
from loader.dates import utc_now
from loader.errors import LoaderError
from loader.monitoring.doctor import few, other_models
from loader.settings import Settings
from loader.sources.storage import open_bucket
from loader.transform.context import environment, sqlmesh_context

if TYPE_CHECKING:
    from loader.transform.run import RunResult


def require_applied(settings: Settings, release: str) -> None:
    """Compares the project's models, audits and macros included, with those that prod runs."""
    with sqlmesh_context(settings, models=True) as (context, _):
        other = other_models(environment(context), context.snapshots.values())
    if other:
        raise LoaderError(
            f"release {release} is not what was applied to prod: {few(other)} differ; nothing was computed. Deploy "
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
