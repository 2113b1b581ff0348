"""A server that is not the one it says it is: it speaks MySQL's protocol and asks for the client's files."""

from __future__ import annotations

import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PROTOCOL_41, _SSL, _SECURE_CONNECTION, _PLUGIN_AUTH = 0x200, 0x800, 0x8000, 0x80000
_OK = b"\x00\x00\x00\x02\x00\x00\x00"


class FakeMySQL(socketserver.ThreadingTCPServer):
    """The server.

    Attributes:
        got: what clients sent when they were asked for a file.
        statements: what they executed.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, asks: Callable[[str], str | None], tls: tuple[Path, Path] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Client)
        self.asks, self.tls = asks, tls
        self.got: list[bytes] = []
        self.statements: list[str] = []

    @property
    def port(self) -> int:
        return self.server_address[1]


@contextmanager
def fake_mysql(asks: Callable[[str], str | None], tls: tuple[Path, Path] | None = None) -> Iterator[FakeMySQL]:
    """A server that lets everybody in and answers OK to everything, on 127.0.0.1.

    Args:
        asks: of a statement, the client's file that it asks for in its answer, or None.
        tls: certificate and key; with them it offers TLS.
    """
    server = FakeMySQL(asks, tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="fake-mysql")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Client(socketserver.BaseRequestHandler):
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
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.server.tls)
            self.request = context.wrap_socket(self.request, server_side=True)
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
