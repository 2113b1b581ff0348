"""An AWS in this process, over real HTTP: moto's server, and the environment that sends boto3 there."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

REGION = "ap-northeast-1"


@contextmanager
def moto_server() -> Iterator[dict[str, str]]:
    """A running server, for `with`: the variables that send whoever has them there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "id-of-the-key",
            "AWS_SECRET_ACCESS_KEY": "secret-of-the-key",
            "AWS_DEFAULT_REGION": REGION,
        }
        # What it holds is the process's, not the server's.
        urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset", method="POST")).close()
    finally:
        server.stop()
