"""What others wrote reaches terminals and logs as text: it moves no cursor and forges no line."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from demo.dump import dump_sql
from demo.objects import manifest_key, put_dump, put_snapshot
from demo.rows import company
from loader import console
from loader.cli import cli
from loader.plain_text import plain, plain_lines
from loader.sources.aws_errors import explained

DAY = dt.date(2025, 6, 10)
FORGED = '{"step": "load dump", "outcome": "done"}'
HOSTILE = f"x\x1b[2J\r\n{FORGED}\n\x9b1m\u202e\u2028\x07"


def is_harmless(text: str) -> bool:
    """Whether it has no character but newlines that a terminal acts on, and no line that passes for a step's."""
    signs = {unicodedata.category(sign) for sign in text} - {"Lu", "Ll"}
    return not signs & {"Cf", "Cs", "Zl", "Zp"} and "\x1b" not in text and FORGED not in text.splitlines()


def typed(bucket: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--bucket", str(bucket)], prog_name="python -m loader")


@pytest.mark.parametrize("text", ["", "東京都 ベータ荘", "a\\b", "é😀"])
def test_text_of_people_stays_as_it_is(text: str) -> None:
    assert plain(text) == plain_lines(text) == text


def test_terminal_control_characters_are_shown_newlines_stay_in_messages() -> None:
    assert plain("a\x1b[1m\x9b\r\n\t\u202e\ud800\U000e0001") == r"a\u001b[1m\u009b\r\n\t\u202e\ud800\udb40\udc01"
    assert plain_lines("a\x1b\nb\r") == "a\\u001b\nb\\r"


def test_a_key_of_the_bucket_forges_nothing(bucket: Path, empty_warehouse: Path) -> None:
    put_dump(bucket, DAY, company())
    put_snapshot(bucket, DAY - dt.timedelta(days=1), "").rename(bucket / "snapshots/tenant_status" / HOSTILE)
    answer = typed(bucket, "load")
    assert answer.exit_code == 4
    assert is_harmless(answer.output)
    assert r"snapshots/tenant_status/x\u001b[2J\r\n{" in answer.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"source_host": "x\x1b[2J"},
        {"dump_key": "dumps/\x9b1m"},
        {"reason": HOSTILE, "valid_for_etl": False},
        {"rows_by_table": {HOSTILE: 1}},
        {"rows_by_table": {HOSTILE: "1"}},
        {"max_updated_at_by_table": {HOSTILE: "1"}},
    ],
)
def test_a_manifest_forges_nothing(bucket: Path, empty_warehouse: Path, changes: dict[str, object]) -> None:
    put_dump(bucket, DAY, company(), **changes)
    answer = typed(bucket, "load")
    assert (answer.exit_code, is_harmless(answer.output)) == (4, True), answer.output
    assert answer.stderr.startswith(f"error: {manifest_key(DAY)}")


@pytest.mark.parametrize("name", ["x\x1b[2J", "x\x07", "a\x9bb", "x\u202e", "x\u2028"])
@pytest.mark.parametrize("place", ["`inquiries`", "`tenant_id`"])
def test_a_name_in_a_dump_forges_nothing(bucket: Path, empty_warehouse: Path, place: str, name: str) -> None:
    put_dump(bucket, DAY, dump_sql(company()).replace(place.encode(), f"`{name}`".encode()))
    answer = typed(bucket, "load")
    assert (answer.exit_code, is_harmless(answer.output)) == (4, True), answer.output
    assert "has a control character" in answer.stderr


def test_an_error_code_of_a_storage_forges_nothing() -> None:
    from botocore.exceptions import ClientError

    answer = {"Error": {"Code": HOSTILE}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    assert is_harmless(str(explained(ClientError(answer, "GetObject"), "s3://b/k", "read")))


def test_all_printed_text_is_filtered_on_terminal_and_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.step("load \x1b[2J") as step:
        step.add_figures(file="\x9b1m\u2028")
    console.warn(HOSTILE)
    console.print_line("error: \x1b[2J", err=True)
    log = capsys.readouterr()
    assert is_harmless(log.out + log.err)
    first, second = (json.loads(line) for line in log.out.splitlines())
    assert (first["step"], first["file"], second["warning"]) == ("load \x1b[2J", "\x9b1m\u2028", HOSTILE)
    monkeypatch.setattr(console, "on_terminal", lambda: True)
    console.warn("\x1b[2J\u202e")
    console.inform("\x1b[2J\u202e")
    assert is_harmless(capsys.readouterr().out)
