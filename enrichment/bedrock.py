"""Amazon Bedrock: one Converse call a name, with a tool that the model must call. No error and no log holds a name.

The prompt is one file, versioned by its text. A name goes into a message of its own, as JSON, and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from enrichment.backend import CallFailed, Reply
from loader.sources.aws_errors import code_of, status_of

PROMPT = Path(__file__).with_name("prompt.txt").read_text(encoding="utf-8")
NAME_LENGTH = 191  # characters, as the source's column has them
CONNECT_SECONDS = 5
_TOOL = "record_nationality"
_MOST_OUTPUT = 200  # tokens; a call of the tool is about 60
_OVERHEAD = 1000  # tokens that a service adds for the use of tools; documented ones are below 600
_THROTTLED = {"ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException"}
_SERVER = {"InternalServerException", "ServiceUnavailableException", "ModelNotReadyException", "ModelErrorException"}


class Bedrock:
    """A model or inference profile, by its id or ARN. See enrichment.backend.Backend."""

    paced = True

    def __init__(self, model: str, region: str, nationalities: Sequence[str], answer_seconds: float) -> None:
        self.model_version, self.prompt_version = model, hashlib.sha256(PROMPT.encode()).hexdigest()[:12]
        # At DEBUG botocore writes whole requests into the log, and a request holds a name.
        logging.getLogger("botocore").setLevel(logging.INFO)
        # One attempt: retries are the step's own, counted and paid for one by one.
        config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=answer_seconds, retries={"total_max_attempts": 1})
        self._runtime = boto3.client("bedrock-runtime", region_name=region, config=config)
        self._fixed = {
            "modelId": model,
            "system": [{"text": PROMPT}],
            "inferenceConfig": {"maxTokens": _MOST_OUTPUT, "temperature": 0},
            "toolConfig": {"tools": [_tool(nationalities)], "toolChoice": {"tool": {"name": _TOOL}}},
        }
        self._fixed_bytes = len(json.dumps(self._fixed, ensure_ascii=False).encode())

    def most_tokens(self, name: str) -> tuple[int, int]:
        # A token is a byte at least.
        return self._fixed_bytes + len(message(name).encode()) + _OVERHEAD, _MOST_OUTPUT

    def ask(self, name: str) -> Reply:
        asked = {"role": "user", "content": [{"text": message(name)}]}
        try:
            answer = self._runtime.converse(**self._fixed, messages=[asked])
        # `from None` throughout: what botocore says of a request may quote it.
        except ClientError as error:
            raise _failed(error) from None
        except ReadTimeoutError:
            raise CallFailed("timed_out", "no answer in time") from None
        except (ConnectionError, ConnectTimeoutError, HTTPClientError) as error:
            raise CallFailed("unreachable", type(error).__name__) from None
        except BotoCoreError as error:
            raise CallFailed("refused", type(error).__name__) from None
        except (ResponseParserError, AttributeError, KeyError, TypeError, ValueError):
            # The parser's, on an answer of another shape than the service's.
            raise CallFailed("server_error", "the answer is no Converse answer") from None
        if "output" not in answer:  # what botocore makes of a body that is no JSON
            raise CallFailed("server_error", "the answer is no Converse answer")
        return _reply(answer, self.most_tokens(name))


def message(name: str) -> str:
    """The message that holds a name: one JSON object, from which no quote, bracket or line break leads out."""
    plain = "".join(" " if unicodedata.category(one).startswith("C") else one for one in name)[:NAME_LENGTH]
    return json.dumps({"name": plain}, ensure_ascii=False)


def _tool(nationalities: Sequence[str]) -> dict[str, Any]:
    properties = {
        "nationality": {"type": "string", "enum": [*nationalities, ""]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    }
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {
        "toolSpec": {
            "name": _TOOL,
            "description": "Records the probable nationality of a tenant.",
            "inputSchema": {"json": schema},
        }
    }


def _failed(error: ClientError) -> CallFailed:
    code, status = code_of(error), status_of(error)
    if code in _THROTTLED or status == 429:
        return CallFailed("throttled", code)
    if code == "ModelTimeoutException":
        return CallFailed("timed_out", code)
    return CallFailed("server_error" if code in _SERVER or status >= 500 else "refused", code)


def _reply(answer: dict[str, Any], most: tuple[int, int]) -> Reply:
    """What the model gave the tool; None for both where it did anything else. Missing token counts count as the most there can be."""
    content = answer["output"].get("message", {}).get("content", [])
    calls = [block["toolUse"] for block in content if "toolUse" in block]
    given = calls[0].get("input") if len(calls) == 1 and calls[0].get("name") == _TOOL else None
    given = given if isinstance(given, dict) else {}
    tokens = [answer.get("usage", {}).get(name) for name in ("inputTokens", "outputTokens")]
    if not all(isinstance(count, int) and count >= 0 for count in tokens):
        tokens = list(most)
    return Reply(given.get("nationality"), given.get("confidence"), *tokens)
