"""The second job of the morning: computes what is new, and when all is green writes the report and refreshes the dashboards.
`python -m loader daily`."""

from __future__ import annotations

import argparse
import sys
import uuid

import boto3

from jobs.common import main, prepared
from jobs.quicksight import refresh


def run(given: argparse.Namespace) -> None:
    """Runs the day with the models that were applied to prod; records that it was green."""
    with prepared(given):
        from jobs import applied_release
        from loader.daily import daily
        from loader.landing.load_steps import LoadRequest
        from loader.settings import Settings
        from report.publish import after_green_run

        settings = Settings.resolve()
        applied_release.require_applied(settings, given.release)
        request = LoadRequest(given.date, 0, accepted=given.accept, catch_up=True)
        result = daily(settings, request, after_load=True)
        applied_release.record(settings, given.release, result)
        if failed := after_green_run(settings, result):
            notify(given, failed, subject="The report was not written")
        if settings.spark:
            from jobs import athena

            athena.copy_gold(settings)
    dashboards(given)


def dashboards(given: argparse.Namespace) -> None:
    """Refreshes the data sets; one that fails goes to the topic, for the data is good all the same."""
    data_sets = [] if given.data_sets == "none" else given.data_sets.split(",")
    if failed := refresh(boto3.client("quicksight"), given.account, data_sets, uuid.uuid4().hex):
        message = "\n".join(["The data is good, these dashboards show what was before:", *failed])
        notify(given, message, subject="A dashboard was not refreshed")


def notify(given: argparse.Namespace, message: str, *, subject: str) -> None:
    """Says to the log and to the topic what went wrong beside a green run."""
    print(message, file=sys.stderr)
    boto3.client("sns").publish(TopicArn=given.topic, Subject=subject, Message=message)


if __name__ == "__main__":
    main(run, "data-sets", "account", "topic")
