"""What went wrong with S3, in words: which object, S3's code, what to do. Never more of the answer than its code."""

from __future__ import annotations

from botocore import exceptions
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from loader.errors import LoaderError
from loader.plain_text import plain

# Whatever a call through boto3 or a read of its body may raise that is no bug.
S3_ERRORS = (exceptions.ClientError, exceptions.BotoCoreError, ResponseParserError, HTTPError, OSError)

_NETWORK = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    ResponseParserError,
    HTTPError,
    OSError,
)
_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.NoAuthTokenError,
    exceptions.TokenRetrievalError,
    exceptions.SSOError,
)
_CREDENTIAL_CODES = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
}
_AGAIN = "then type the same again"


def status_of(error: Exception) -> int:
    """The HTTP status that S3 answered with, 0 if it did not answer."""
    answer = error.response if isinstance(error, exceptions.ClientError) else {}
    return answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_passing(error: Exception) -> bool:
    """Whether the same request may well succeed a little later: the network or S3 failed, not the request."""
    return status_of(error) >= 500 or isinstance(error, _NETWORK)


def explained(error: Exception, place: str, done: str) -> LoaderError:
    """The error as a LoaderError.

    Args:
        error: one of S3_ERRORS.
        place: `s3://bucket/key`, or what else was asked for.
        done: what can't be done with it: "read", "written", "listed".
    """
    if not isinstance(error, exceptions.ClientError):
        return LoaderError(f"{place} can't be {done}: {type(error).__name__}; {_without_answer(error)}, {_AGAIN}")
    code, status = plain(error.response.get("Error", {}).get("Code", "no code")), status_of(error)
    if status == 404 and code != "NoSuchBucket":
        return LoaderError(f"{place} is not there (any more): S3 answers {code}; see what the bucket holds, {_AGAIN}")
    if status == 412:
        return LoaderError(f"{place} was replaced while it was read: S3 answers {code}; type the same again")
    return LoaderError(f"{place} can't be {done}: S3 answers {code}; {_after_answer(code, status)}, {_AGAIN}")


def _without_answer(error: Exception) -> str:
    if isinstance(error, _NO_CREDENTIALS):
        return "give this role credentials"
    if isinstance(error, exceptions.FlexibleChecksumError):
        return "its bytes are not those that S3 vouches for: check the network"
    return "check the network" if isinstance(error, _NETWORK) else "check the AWS settings"


def _after_answer(code: str, status: int) -> str:
    if code in _CREDENTIAL_CODES:
        return "get new credentials (and check this machine's clock)"
    if code == "NoSuchBucket":
        return "check the bucket's name"
    if code == "AccessDenied":
        return "give this role the right to do it"
    if status >= 500 or status == 429:
        return "S3 has trouble: wait a little"
    return "check the bucket's region and this role's credentials and rights"
