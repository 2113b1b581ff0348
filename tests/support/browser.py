"""A real browser for tests: Debian's Chromium, driven by its own chromedriver. Nothing is downloaded and nothing is asked of the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.servers import Missing
from tests.support.servers.install import browser_program, program

DEADLINE = 180
_FLAGS = (
    "--headless",
    "--no-sandbox",  # it refuses to be root with one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1280,900",
)


@contextmanager
def chromium(folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser with an empty profile.

    Args:
        folder: for its profile and its driver's log; it is made.

    Raises:
        Missing: it is not installed.
    """
    binary, driver = browser_program(), program("chromedriver")
    if not (binary and driver):
        raise Missing("Chromium is missing: run `python -m tests.support.servers require chromium`")
    folder.mkdir(parents=True, exist_ok=True)
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options, Service(driver, log_output=str(folder / "driver.log")))
    try:
        yield browser
    finally:
        browser.quit()


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the page wrote to the console since the last look: errors, warnings, refused requests."""
    return [entry["message"] for entry in browser.get_log("browser")]


def until(browser: webdriver.Chrome, script: str, *values: Any) -> Any:
    """Waits until a script returns something that is true, and returns it.

    Raises:
        TimeoutException: it never did.
    """
    return WebDriverWait(browser, DEADLINE, poll_frequency=0.1).until(
        lambda page: page.execute_script(f"return {script}", *values)
    )
