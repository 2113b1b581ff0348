"""Ctrl-C: DuckDB and SQLMesh make errors of their own of it, and whatever comes of it ends the command the same way."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from loader.console import print_line

EXIT_CODE = 130  # as a shell has it: 128 and the signal's number


@contextmanager
def explain_interrupt() -> Iterator[None]:
    """Ends the process with 130 and one line if Ctrl-C is pressed within, whatever is raised then, or nothing."""
    pressed = False

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.default_int_handler(number, frame)

    # A command in the background of a script has it ignored, and that stays so.
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, remember)
    try:
        yield
    except BaseException as error:
        if not pressed and not isinstance(error, KeyboardInterrupt):
            raise
        pressed = True
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        print_line("stopped by Ctrl-C; nothing is half done: type the same again", err=True)
        sys.exit(EXIT_CODE)
