"""What the loader writes can be read by its own user alone, goes nowhere else, and does not outlive a killed command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmesh.utils import yaml

from loader.errors import LoaderError
from loader.scratch import PREFIX, scratch
from loader.settings import PROJECT
from loader.sources import folder
from loader.sources.folder import FolderBucket
from macros import guards

KEY = "snapshots/tenant_status/20250610.csv"


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_an_object_of_a_folder_is_its_writers_alone(tmp_path: Path) -> None:
    FolderBucket(tmp_path).write(KEY, b"a name")
    assert (mode(tmp_path / KEY), (tmp_path / KEY).read_bytes()) == (0o600, b"a name")


def test_a_link_where_a_write_begins_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, bucket = tmp_path / "outside", FolderBucket(tmp_path / "bucket")
    outside.write_bytes(b"as it was")
    place = tmp_path / "bucket" / KEY
    place.parent.mkdir(parents=True)
    guessed = place.with_name(f".{place.name}.part")
    guessed.symlink_to(outside)
    bucket.write(KEY, b"a name")
    assert (outside.read_bytes(), place.read_bytes()) == (b"as it was", b"a name")
    # Even one under the very name, laid after the last look at the folder.
    monkeypatch.setattr(folder.secrets, "token_hex", lambda size: "known")
    monkeypatch.setattr(Path, "glob", lambda *words: iter(()))
    place.with_name(f".{place.name}.known.part").symlink_to(outside)
    with pytest.raises(LoaderError, match="can't be written: File exists"):
        bucket.write(KEY, b"another name")
    assert (outside.read_bytes(), place.read_bytes()) == (b"as it was", b"a name")


def test_link_in_place_of_object_is_replaced_not_followed(tmp_path: Path) -> None:
    outside, place = tmp_path / "outside", tmp_path / "bucket" / KEY
    outside.write_bytes(b"as it was")
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    FolderBucket(tmp_path / "bucket").write(KEY, b"a name")
    assert (outside.read_bytes(), place.is_symlink(), place.read_bytes()) == (b"as it was", False, b"a name")


def test_next_write_removes_leftovers_of_a_killed_write(tmp_path: Path) -> None:
    left = tmp_path / KEY
    left.parent.mkdir(parents=True)
    left = left.with_name(f".{left.name}.0123456789abcdef.part")
    left.write_bytes(b"half")
    FolderBucket(tmp_path).write(KEY, b"whole")
    assert [path.name for path in left.parent.iterdir()] == ["20250610.csv"]


def test_second_writer_of_an_object_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = FolderBucket(tmp_path)
    second = threading.Thread(target=bucket.write, args=(KEY, b"second"))

    def fsync(file: int) -> None:
        if second.ident is None:
            second.start()
            second.join(0.1)  # it has to wait; where it need not, it is through by then

    monkeypatch.setattr(folder.os, "fsync", fsync)
    bucket.write(KEY, b"first")
    second.join()
    assert [(path.name, path.read_bytes()) for path in (tmp_path / KEY).parent.iterdir()] == [
        ("20250610.csv", b"second")
    ]


def test_a_plan_or_run_of_plain_sqlmesh_writes_for_its_own_user_alone(tmp_path: Path) -> None:
    assert yaml.load(PROJECT / "config.yaml")["before_all"][0] == "@keep_private()"
    guards.keep_private.__wrapped__(None)
    (tmp_path / "new").touch()
    assert mode(tmp_path / "new") == 0o600


WAITING = """
from loader.scratch import scratch
with scratch() as folder:
    (folder / "chunk").write_text("a name")
    print(folder, flush=True)
    input()
"""


def test_next_command_removes_only_scratch_folders_of_killed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    other, outside = tmp_path / "another-programs", tmp_path / "outside"
    for one in (other, outside):
        one.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(outside)
    with subprocess.Popen([sys.executable, "-c", WAITING], stdin=-1, stdout=-1, cwd=PROJECT) as command:
        chunk = Path(command.stdout.readline().decode().strip()) / "chunk"
        assert mode(chunk.parent) == 0o700
        with scratch() as own:
            assert (own.parent, chunk.read_text()) == (tmp_path, "a name")
        command.send_signal(signal.SIGKILL)
    assert chunk.exists()
    with scratch():
        assert not chunk.parent.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another-programs", "outside", f"{PREFIX}link"]
