"""Makes sure that the servers, and the browser, are installed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

MYSQL97 = (
    Path(os.environ.get("WAREHOUSE_MYSQL97_DIR") or "~/.cache/share-house-warehouse/mysql97").expanduser().absolute()
)


class Missing(Exception):  # noqa: N818
    """A server is not installed and was not to be had.

    Args:
        message: one line: what is missing, and what to do.
        code: the exit code for it.
    """

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def require(*names: str) -> None:
    """Makes sure that servers are installed: with apt-get when root.

    Args:
        names: among `mariadb`, `postgres`, `mysql97`, `chromium`, `java`.

    Raises:
        Missing: one is not there and can't be installed.
    """
    for name in names:
        INSTALLERS[name]()


def program(name: str) -> str | None:
    """Path of a program; servers are found although an ordinary user's PATH lacks the sbin folders."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"]))


def browser_program() -> str | None:
    """Path of Chromium, or of Chrome, which runners of GitHub have in its place."""
    return program("chromium") or program("google-chrome")


def postgres_program(name: str) -> str | None:
    """Path of one of Postgres's programs: the newest that Debian has (it keeps them off the PATH), else the PATH's."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "postgres").exists()]
    newest = max(versions, key=lambda path: float(path.parent.name), default=None)
    return shutil.which(name, path=str(newest)) if newest else shutil.which(name)


def mysql97_program(path: str) -> list[str]:
    """The command line that runs a program of the MySQL 9.7 tree.

    Its libraries are newer than this machine's, so it is run by the tree's own loader. Unlike a chroot that needs no root and
    leaves every path as it is.
    """
    loader = next((MYSQL97 / "usr").glob("lib*/ld-linux-*.so.*"), None) or next(
        (MYSQL97 / "usr").glob("lib/*/ld-linux-*.so.*")
    )
    libraries = sorted({str(file.parent) for file in MYSQL97.glob("usr/lib/*/libc.so.6")})
    return [str(loader), "--library-path", ":".join(libraries), str(MYSQL97 / path)]


def _require_mariadb() -> None:
    # openssl makes the certificates.
    if not all(map(program, ["mariadbd", "mariadb", "mariadb-install-db", "openssl"])):
        other = "install the packages mariadb-server and openssl, or name a server in WAREHOUSE_TEST_MYSQL_URL"
        _apt("mariadb-server openssl", f"MariaDB is missing: {other}")


def _require_postgres() -> None:
    if not (postgres_program("postgres") and postgres_program("initdb")):
        other = "install the package postgresql, or name a server in WAREHOUSE_TEST_STATE_URL"
        _apt("postgresql", f"Postgres is missing: {other}")


def _require_chromium() -> None:
    # The fonts are for what is Japanese in a screenshot.
    if not (browser_program() and program("chromedriver")):
        packages = "chromium chromium-driver fonts-noto-cjk"
        _apt(packages, f"Chromium is missing: install the packages {packages}")


def _require_java() -> None:
    if not program("java"):
        _apt("openjdk-17-jre-headless", "Java is missing: install the package openjdk-17-jre-headless", code=3)


def _require_mysql97() -> None:
    """Debian 12 has no MySQL: it comes from Debian unstable, whole with its libraries, in a folder of its own."""
    if (MYSQL97 / "usr/sbin/mysqld").exists():
        return
    missing = (
        f"MySQL 9.7 is missing in {MYSQL97}: run `python -m tests.support.servers require mysql97` as root, on Debian"
    )
    if not program("debootstrap"):
        _apt("debootstrap", missing, code=3)
    if os.geteuid() != 0:
        raise Missing(missing, code=3)
    MYSQL97.parent.mkdir(parents=True, exist_ok=True)
    with MYSQL97.with_name(f"{MYSQL97.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if MYSQL97.exists():
            return  # another process has just made it
        print(f"installing MySQL 9.7 into {MYSQL97}, about a minute and 600 MB", file=sys.stderr, flush=True)
        part = MYSQL97.with_name(f"{MYSQL97.name}.part")
        _remove_tree(part)
        packages = "mysql-server-core,mysql-client-core,ca-certificates"
        _run(["debootstrap", "--variant=minbase", f"--include={packages}", "sid", str(part)], code=3)
        shutil.rmtree(part / "var/cache/apt", ignore_errors=True)
        part.rename(MYSQL97)


INSTALLERS = {
    "mariadb": _require_mariadb,
    "postgres": _require_postgres,
    "mysql97": _require_mysql97,
    "chromium": _require_chromium,
    "java": _require_java,
}


def _remove_tree(part: Path) -> None:
    """Removes what a killed debootstrap left, /proc and /sys that it mounted there excepted: they are let go of first."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in reversed([mount for mount in mounts if mount.startswith(f"{part}/")]):
        _run(["umount", mount], code=3)
    _run(["rm", "-rf", "--one-file-system", str(part)], code=3)


def _apt(packages: str, missing: str, code: int = 2) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(missing, code)
    print(f"installing {packages}", file=sys.stderr, flush=True)
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]
    _run([*apt, "update", "-qq"], code)
    _run([*apt, "install", "-y", "-qq", "--no-install-recommends", *packages.split()], code)


def _run(command: Sequence[str], code: int) -> None:
    # Into a file: a service that a package starts inherits a pipe and never closes it.
    with tempfile.TemporaryFile("w+") as output:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, check=False
        )
        if done.returncode:
            output.seek(0)
            lines = [line.strip() for line in output if line.strip()]
            raise Missing(
                f"`{' '.join(command)}` failed: {lines[-1] if lines else f'exit code {done.returncode}'}", code
            )
