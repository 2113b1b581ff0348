"""What can end a command, each with the exit code that a scheduler or an on-call person acts on."""


class LoaderError(Exception):
    """Anything that stops a command and is no bug: the message says what, where and what to do."""

    exit_code = 1


class UsageError(LoaderError):
    """The command was asked for something that makes no sense (a bad flag, an environment variable, a date)."""

    exit_code = 2


class NoDumpError(LoaderError):
    """The bucket (or the ledger) holds no dump for the date."""

    exit_code = 3


class DumpRejectedError(LoaderError):
    """A dump or a daily file is not what it must be; the warehouse is as it was before."""

    exit_code = 4


class BusyError(LoaderError):
    """Another load, run or plan holds the warehouse."""

    exit_code = 75
