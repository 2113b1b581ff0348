"""What every step of a load works with, and what the contract says of a file's number of rows."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from loader import commands
from loader.errors import DumpRejectedError
from loader.quality.data_contract import DailyFileRules, DataContract
from loader.quality.findings import BLOCKED, PASSED, Finding, accept, on_rows, softened
from loader.sources.storage import Bucket
from loader.warehouse.base import Warehouse


@dataclass
class LoadContext:
    warehouse: Warehouse
    bucket: Bucket
    contract: DataContract
    accepted: Collection[str] = ()  # names of rules that somebody accepts for this load

    def judge_rows(
        self, what: str, stands: str, day: dt.date, dataset: str, rows: int, before: int | None
    ) -> list[Finding]:
        """What the contract says of a file's number of rows, for the load's report; a DumpRejectedError where a rule blocks the file.

        Its message names `what` is blocked and what `stands`; `day` is that of the live dump.
        """
        rules = self.contract.daily_files.get(dataset, DailyFileRules())
        judged = on_rows(dataset, rows, before, rules.at_least, rules.change_percent)
        findings = [softened(one, self.contract.only_warn, self.accepted) for one in judged]
        if blocked := [one for one in findings if one.outcome == BLOCKED]:
            found, again = "; ".join(map(str, blocked)), commands.again(day, *accept(blocked))
            raise DumpRejectedError(f"{what}: {found}; {stands}\n  If that is as it should be, type\n    {again}")
        return [one for one in findings if one.outcome != PASSED]
