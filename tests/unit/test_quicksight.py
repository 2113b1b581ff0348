"""SPICE refreshes against botocore's Stubber: what is asked, in which order, and what is said of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from jobs import quicksight
from tests.support.aws import REGION

ACCOUNT, INGESTION = "1" * 12, "of-this-morning"


@pytest.fixture
def service() -> Iterator[Stubber]:
    client = boto3.client("quicksight", REGION, aws_access_key_id="id-of-the-key", aws_secret_access_key="test")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def asked(data_set: str) -> dict[str, str]:
    return {"AwsAccountId": ACCOUNT, "DataSetId": data_set, "IngestionId": INGESTION}


def starts(service: Stubber, *data_sets: str) -> None:
    for one in data_sets:
        service.add_response(
            "create_ingestion", {"IngestionId": INGESTION}, asked(one) | {"IngestionType": "FULL_REFRESH"}
        )


def says(service: Stubber, data_set: str, status: str, **more: Any) -> None:
    ingestion = {"Arn": "arn:of:it", "IngestionStatus": status, "CreatedTime": 0, **more}
    service.add_response("describe_ingestion", {"Ingestion": ingestion}, asked(data_set))


def refreshed(service: Stubber, *data_sets: str, pauses: list[float] | None = None) -> list[str]:
    """The failures of a refresh, with a clock that goes a minute at each look at it."""
    waited = [] if pauses is None else pauses
    minutes = itertools.count(0, 60)
    return quicksight.refresh(
        service.client, ACCOUNT, data_sets, INGESTION, pause=waited.append, clock=lambda: next(minutes)
    )


def test_all_are_started_at_once_and_waited_for(service: Stubber) -> None:
    starts(service, "rooms", "contracts")
    says(service, "rooms", "QUEUED")
    says(service, "contracts", "COMPLETED", RowInfo={"RowsIngested": 9, "RowsDropped": 0})
    says(service, "rooms", "RUNNING")
    says(service, "rooms", "COMPLETED")
    pauses: list[float] = []
    assert refreshed(service, "rooms", "contracts", pauses=pauses) == []
    assert pauses == [quicksight.PAUSE_SECONDS] * 2


def test_failed_refresh_is_reported_and_others_go_on(service: Stubber) -> None:
    starts(service, "a")
    service.add_client_error(
        "create_ingestion", "LimitExceededException", expected_params=asked("b") | {"IngestionType": "FULL_REFRESH"}
    )
    starts(service, "c", "d", "e")
    says(service, "a", "FAILED", ErrorInfo={"Type": "SOURCE_CONNECTION_FAILURE", "Message": "…"})
    says(service, "c", "COMPLETED", RowInfo={"RowsIngested": 9, "RowsDropped": 1200})
    service.add_client_error("describe_ingestion", "AccessDeniedException")
    says(service, "e", "COMPLETED")
    assert refreshed(service, *"abcde") == [
        "data set b: its refresh could not be started: LimitExceededException",
        "data set a: its refresh ended FAILED: SOURCE_CONNECTION_FAILURE",
        "data set c: its refresh dropped 1,200 rows; open its ingestion in QuickSight to see why",
        "data set d: what became of its refresh can't be asked: AccessDeniedException",
    ]


def test_endless_refresh_is_given_up_after_twenty_minutes(service: Stubber) -> None:
    starts(service, "rooms")
    for _ in range(quicksight.WAIT_SECONDS // 60):
        says(service, "rooms", "RUNNING")
    assert refreshed(service, "rooms") == ["data set rooms: its refresh is not done after 20 minutes"]


def test_without_data_sets_nothing_is_asked(service: Stubber) -> None:
    assert refreshed(service) == []
