"""An endpoint of Bedrock's Converse over a real socket, which answers as a test wants it to: well, wrongly, late, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.support.aws import REGION

Answer = tuple[int, dict[str, Any] | bytes | None]  # HTTP status and body; None: the connection is closed without one
Behaviour = Callable[[str], Answer]  # by the name that was asked about


def tool(nationality: Any, confidence: Any = 0.9, *, name: str = "record_nationality") -> Answer:
    """The answer of a model that calls the tool."""
    given = {"nationality": nationality, "confidence": confidence}
    return converse([{"toolUse": {"toolUseId": "1", "name": name, "input": given}}])


def converse(content: Any, stop: str = "tool_use") -> Answer:
    """An answer of Converse with this content."""
    body = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": stop}
    return 200, body | {
        "usage": {"inputTokens": 1000, "outputTokens": 60, "totalTokens": 1060},
        "metrics": {"latencyMs": 1},
    }


def error(status: int, code: str, message: str = "no") -> Answer:
    """An error of the service."""
    return status, {"__type": code, "message": message}


class Stub:
    """A running endpoint.

    Attributes:
        behave: what it answers; a test sets it.
        requests: the bodies that came, in order.
        models: whom each was for.
    """

    def __init__(self) -> None:
        self.behave: Behaviour = lambda name: tool("ネパール")
        self.requests: list[dict[str, Any]] = []
        self.models: list[str] = []
        self.silence = threading.Event()  # a behaviour that waits for it never answers before the end
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def names(self) -> list[str]:
        """The names that were asked about."""
        return [name_in(body) for body in self.requests]

    @property
    def variables(self) -> dict[str, str]:
        """What sends boto3 here."""
        return {
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{self._server.server_address[1]}",
            "AWS_ACCESS_KEY_ID": "id-of-the-key",
            "AWS_SECRET_ACCESS_KEY": "secret-of-the-key",
            "AWS_REGION": REGION,
        }

    def never(self, name: str) -> Answer:
        """A behaviour: silence until the end."""
        self.silence.wait()
        return 200, None

    def close(self) -> None:
        """Nobody is there from now on."""
        self.silence.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(stub) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.requests.append(body)
                stub.models.append(unquote(self.path).removeprefix("/model/").removesuffix("/converse"))
                status, answer = stub.behave(name_in(body))
                if answer is None:
                    self.close_connection = True
                    return
                text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                if isinstance(answer, dict) and "__type" in answer:
                    self.send_header("x-amzn-ErrorType", answer["__type"])
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def name_in(body: dict[str, Any]) -> str:
    """The name in a request: the one message's one JSON object."""
    (message,) = body["messages"]
    (block,) = message["content"]
    given = json.loads(block["text"])
    assert given.keys() == {"name"}
    return given["name"]


@contextmanager
def bedrock() -> Iterator[Stub]:
    """A running endpoint, for `with`."""
    stub = Stub()
    try:
        yield stub
    finally:
        stub.close()
