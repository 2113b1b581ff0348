"""Dashboards after a green run: SPICE refreshes, started together, waited for. See docs/decisions/0006."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from loader.sources.aws_errors import AWS_ERRORS, code_of

PAUSE_SECONDS = 10
WAIT_SECONDS = 20 * 60
_ENDED = ("COMPLETED", "FAILED", "CANCELLED")


def refresh(
    client: Any,
    account: str,
    data_sets: Sequence[str],
    ingestion: str,
    *,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[str]:
    """Refreshes data sets whole, waits for them, and returns what went wrong, a sentence a data set. `ingestion` is a name that was never
    used before for these data sets."""
    failed, waiting = [], []
    for data_set in data_sets:
        try:
            client.create_ingestion(
                AwsAccountId=account, DataSetId=data_set, IngestionId=ingestion, IngestionType="FULL_REFRESH"
            )
            waiting.append(data_set)
        except AWS_ERRORS as error:
            failed.append(f"data set {data_set}: its refresh could not be started: {code_of(error)}")
    deadline = clock() + WAIT_SECONDS
    while waiting:
        for data_set in list(waiting):
            try:
                answer = client.describe_ingestion(AwsAccountId=account, DataSetId=data_set, IngestionId=ingestion)
            except AWS_ERRORS as error:
                waiting.remove(data_set)
                failed.append(f"data set {data_set}: what became of its refresh can't be asked: {code_of(error)}")
                continue
            if answer["Ingestion"]["IngestionStatus"] in _ENDED:
                waiting.remove(data_set)
                failed += _judged(data_set, answer["Ingestion"])
        if waiting and clock() >= deadline:
            failed += [f"data set {one}: its refresh is not done after {WAIT_SECONDS // 60} minutes" for one in waiting]
            break
        if waiting:
            pause(PAUSE_SECONDS)
    return failed


def _judged(data_set: str, ingestion: dict[str, Any]) -> list[str]:
    status = ingestion["IngestionStatus"]
    if status != "COMPLETED":
        error = ingestion.get("ErrorInfo", {})
        return [f"data set {data_set}: its refresh ended {status}: {error.get('Type', 'no reason given')}"]
    if dropped := ingestion.get("RowInfo", {}).get("RowsDropped", 0):
        return [
            f"data set {data_set}: its refresh dropped {dropped:,} rows; open its ingestion in QuickSight to see why"
        ]
    return []
