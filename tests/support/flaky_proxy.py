"""A TCP proxy in front of an HTTP server, that does to answers what networks do.

The server must close the connection after each answer, as moto's does.
"""

from __future__ import annotations

import re
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

_BUSY_BODY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_BUSY_BODY), _BUSY_BODY)


@dataclass(frozen=True)
class Fault:
    """What befalls one answer.

    Attributes:
        after: body bytes that get through; a shorter answer is spared, and leaves the fault to the next.
        how: the connection is reset, closed or stalls there; or the next byte is flipped; or ("busy") the server is not asked
            at all and the answer is 503.
        of_object: count `after` from the object's first byte, also where the answer is to a range.
    """

    after: int = 0
    how: Literal["reset", "close", "stall", "flip", "busy"] = "reset"
    of_object: bool = False


@contextmanager
def flaky_proxy(upstream: str, faults: Iterable[Fault]) -> Iterator[str]:
    """A proxy's URL; one answer after the other suffers the next fault, and once they are used up none does.

    Args:
        upstream: `http://host:port` of the server behind it.
        faults: `itertools.repeat` makes a network that never gets well.
    """
    server = _Proxy(upstream, faults)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="flaky-proxy")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, upstream: str, faults: Iterable[Fault]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = (urlsplit(upstream).hostname, urlsplit(upstream).port)
        self._faults = iter(faults)
        self.next_fault()

    def next_fault(self) -> None:
        self.fault = next(self._faults, None)


class _Connection(socketserver.BaseRequestHandler):
    server: _Proxy
    request: socket.socket

    def handle(self) -> None:
        # A client that hangs up in the middle is what these tests are about.
        with suppress(ConnectionError):
            if self.server.fault and self.server.fault.how == "busy":
                self.server.next_fault()
                self.request.recv(1 << 16)
                self.request.sendall(_BUSY)
                return
            with socket.create_connection(self.server.upstream) as upstream:
                self._relay(upstream)

    def _relay(self, upstream: socket.socket) -> None:
        head, reached = b"", 0
        while True:
            readable, _, _ = select.select([self.request, upstream], [], [])
            if self.request in readable:
                if not (asked := self.request.recv(1 << 16)):
                    return
                upstream.sendall(asked)
            if upstream in readable:
                if not (data := upstream.recv(1 << 16)):
                    return
                if b"\r\n\r\n" not in head:
                    head += data
                    before, end, data = head.partition(b"\r\n\r\n")
                    if not end:
                        continue
                    self.request.sendall(before + end)
                    reached = self._first_byte(before)
                if not self._pass_on(data, reached):
                    return
                reached += len(data)

    def _first_byte(self, head: bytes) -> int:
        """Where the answer's body begins, as its next fault counts."""
        part = re.search(rb"content-range: bytes (\d+)-", head, re.I)
        return int(part[1]) if part and self.server.fault and self.server.fault.of_object else 0

    def _pass_on(self, data: bytes, reached: int) -> bool:
        """Passes some of the body on; whether the connection stands."""
        fault = self.server.fault
        if fault is None or reached + len(data) <= fault.after:
            self.request.sendall(data)
            return True
        self.server.next_fault()
        good = max(fault.after - reached, 0)
        self.request.sendall(data[:good])
        if fault.how == "flip":
            self.request.sendall(bytes([data[good] ^ 1]) + data[good + 1 :])
            return True
        if fault.how == "stall":
            self.request.recv(1)  # until the client gives up
        if fault.how == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
        return False
