"""Whether, whom and where to ask, from the environment; checked before anything is touched. Off unless a model is named."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from loader.errors import UsageError

MODEL, REGION, OTHER_REGION, NAME_KEY = (
    f"WAREHOUSE_{name}" for name in ("ENRICH_MODEL", "ENRICH_REGION", "ENRICH_OTHER_REGION", "NAME_KEY")
)
OFFLINE = "offline"
KEY_LENGTH = 32  # characters at least
# Who makes Bedrock's foundation models: an id that begins with one is asked where it is called. Any other beginning (jp., apac., us.,
# eu., global., what comes next) is taken for a cross-region profile's, which sends a request on to regions of its own choice.
_PROVIDERS = frozenset(
    "ai21 amazon anthropic cohere deepseek google luma meta minimax mistral moonshot moonshotai nvidia openai qwen stability "
    "twelvelabs writer zai".split()
)
_ARN = re.compile(r"arn:[a-z-]+:bedrock:([a-z0-9-]+):\d*:([a-z-]+)/(.+)")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{2,127}")


@dataclass(frozen=True)
class Config:
    model: str  # `offline`, or a Bedrock model's id or ARN
    region: str | None  # where Bedrock is asked; None for offline
    key: bytes = field(repr=False)  # of the hash of names


def configured() -> bool:
    return MODEL in os.environ


def name_key() -> bytes:
    key = os.environ.get(NAME_KEY, "")
    if len(key) < KEY_LENGTH:
        raise UsageError(f"{NAME_KEY} must be a secret of {KEY_LENGTH} characters or more: the cache knows names by it")
    return key.encode()


def resolve(bucket_region: str | None) -> Config:
    """Reads and checks the environment."""
    for name in (MODEL, REGION, OTHER_REGION, NAME_KEY):
        if os.environ.get(name, "unset").strip() == "":
            raise UsageError(f"{name} is set but empty: give it a value or unset it")
    if not configured():
        raise UsageError(f"no model is configured: set {MODEL} to offline or a Bedrock model id")
    model, key = os.environ[MODEL], name_key()
    if model == OFFLINE:
        return Config(model, None, key)
    if (allowed := os.environ.get(OTHER_REGION)) not in (None, "allowed"):
        raise UsageError(f"{OTHER_REGION} is {allowed!r}: set it to allowed, or unset it")
    home = bucket_region or os.environ.get("AWS_REGION")
    region = os.environ.get(REGION) or home
    if region is None:
        raise UsageError(f"the bucket is a folder, which lies in no region: set AWS_REGION, or {REGION}")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
        raise UsageError(f"{region!r} ({REGION} or AWS_REGION) is no region like ap-northeast-1")
    why = None if region == home else f"{region} is not {home or 'known to be'}, where the bucket lies"
    if (why := why or _crosses(model, region)) and not allowed:
        raise UsageError(
            f"tenants' names would leave the region: {why}. Choose another model or region, or allow it with "
            f"{OTHER_REGION}=allowed"
        )
    return Config(model, region, key)


def _crosses(model: str, region: str) -> str | None:
    """Why a model may be asked in another region than the one it is called in; None where it can't."""
    if arn := _ARN.fullmatch(model):
        where, kind, name = arn.groups()
        if where != region:
            return f"{MODEL} lies in {where}, not in {region}"
        if kind not in ("foundation-model", "provisioned-model", "custom-model-deployment"):
            return f"{MODEL} is an {kind}, which may send it on"
        return None
    if not _ID.fullmatch(model):
        raise UsageError(f"{MODEL} is neither offline nor a Bedrock model's id or ARN")
    first = model.partition(".")[0]
    return None if first in _PROVIDERS else f"{MODEL} begins with {first}., as a cross-region profile's id does"
