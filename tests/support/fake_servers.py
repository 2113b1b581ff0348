"""Servers that are not what they say they are, as far as a test needs them: one speaks MySQL's protocol, one Postgres's."""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_PROTOCOL_41, _SSL, _SECURE_CONNECTION, _PLUGIN_AUTH = 0x200, 0x800, 0x8000, 0x80000
_OK = b"\x00\x00\x00\x02\x00\x00\x00"


class FakeServer(socketserver.ThreadingTCPServer):
    """A server on 127.0.0.1 that counts who connects.

    Attributes:
        tls: certificate and key; with them it offers TLS.
        connected: how many clients it had.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, client: type[socketserver.BaseRequestHandler], tls: tuple[Path, Path] | None) -> None:
        super().__init__(("127.0.0.1", 0), client)
        self.tls, self.connected = tls, 0

    @property
    def port(self) -> int:
        return self.server_address[1]

    def verify_request(self, *_: object) -> bool:
        self.connected += 1
        return True

    def encrypted(self, request: socket.socket) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.tls)
        return context.wrap_socket(request, server_side=True)

    @contextmanager
    def serving(self) -> Iterator[Any]:
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), name="fake-server")
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class FakeMySQL(FakeServer):
    """It lets everybody in, answers OK to everything, and asks for the client's files.

    Attributes:
        asks: of a statement, the client's file that it asks for in its answer, or None.
        got: what clients sent when they were asked for a file.
        statements: what they executed.
    """

    def __init__(self, asks: Callable[[str], str | None], tls: tuple[Path, Path] | None = None) -> None:
        super().__init__(_MySQLClient, tls)
        self.asks = asks
        self.got: list[bytes] = []
        self.statements: list[str] = []


class FakePostgres(FakeServer):
    """It speaks Postgres as far as TLS, and then keeps who logs in; without a certificate it hangs up at once."""

    def __init__(self, tls: tuple[Path, Path] | None = None) -> None:
        super().__init__(_PostgresClient, tls)
        self.logins: list[bytes] = []


class _PostgresClient(socketserver.BaseRequestHandler):
    server: FakePostgres

    def handle(self) -> None:
        if not self.server.tls:
            return
        with suppress(OSError):  # the client hung up
            self.request.recv(8)  # asks for TLS
            self.request.sendall(b"S")
            with self.server.encrypted(self.request) as client:
                self.server.logins.append(client.recv(999))  # before it is closed, for the client goes on then


class _MySQLClient(socketserver.BaseRequestHandler):
    server: FakeMySQL

    def handle(self) -> None:
        with suppress(OSError, EOFError):  # the client hung up
            self._speak()

    def _speak(self) -> None:
        self.number = -1
        can = _PROTOCOL_41 | _SECURE_CONNECTION | _PLUGIN_AUTH | (_SSL if self.server.tls else 0)
        salt = b"x" * 20
        self._send(
            b"\x0a8.0.44\0" + struct.pack("<I", 1) + salt[:8] + b"\0" + struct.pack("<HBHHB", can & 0xFFFF, 45, 2, can >> 16, 21)
            + bytes(10) + salt[8:] + b"\0mysql_native_password\0"
        )  # fmt: skip
        login = self._read()
        if self.server.tls and struct.unpack_from("<I", login)[0] & _SSL:
            self.request = self.server.encrypted(self.request)
            self._read()
        self._send(_OK)
        while (command := self._read())[:1] == b"\x03":
            statement = command[1:].decode()
            self.server.statements.append(statement)
            if name := self.server.asks(statement):
                self._send(b"\xfb" + name.encode())
                while piece := self._read():
                    self.server.got.append(piece)
            self._send(_OK)

    def _send(self, packet: bytes) -> None:
        self.number += 1
        self.request.sendall(struct.pack("<I", len(packet))[:3] + bytes([self.number % 256]) + packet)

    def _read(self) -> bytes:
        head = self._exactly(4)
        self.number = head[3]
        return self._exactly(int.from_bytes(head[:3], "little"))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.request.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data
