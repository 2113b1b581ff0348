"""LOAD DATA LOCAL, where the server names the file that the client sends: only a file that the loader is sending right now goes out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymysql.connections import Connection, LoadLocalPacketWrapper, MySQLResult

from loader.errors import LoaderError


class SendingConnection(Connection):
    """A connection that sends no file but the one named to `sending`, whatever the server asks for."""

    _sent_now: bytes | None = None

    @contextmanager
    def sending(self, file: Path | None) -> Iterator[None]:
        """Within, a statement may send this file."""
        self._sent_now = file and os.fsencode(file)
        try:
            yield
        finally:
            self._sent_now = None

    def _read_query_result(self, unbuffered: bool = False) -> int:
        # pymysql's own, but for the class of the result.
        self._result = None
        result = _Result(self)
        if unbuffered:
            result.init_unbuffered_query()
        else:
            result.read()
        self._result = result
        if result.server_status is not None:
            self.server_status = result.server_status
        return result.affected_rows


class _Result(MySQLResult):
    def _read_load_local_packet(self, first_packet: Any) -> None:
        connection = self.connection
        if LoadLocalPacketWrapper(first_packet).filename != connection._sent_now:
            connection._force_close()
            raise LoaderError(
                f"mysql://{connection.host}:{connection.port} asked for a file that was not being sent to it: it got nothing. Another "
                "server may answer in its place: name the CA file, mysql://...?ssl_ca=FILE, and change the account's password"
            )
        super()._read_load_local_packet(first_packet)
