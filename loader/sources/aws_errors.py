"""What went wrong with AWS, in words: with what, AWS's code, what to do. Never more of the answer than its code."""

from boto3.exceptions import RetriesExceededError
from botocore import exceptions
from botocore.parsers import ResponseParserError
from s3transfer.exceptions import S3DownloadFailedError, S3ValidationError
from urllib3.exceptions import HTTPError

from loader.errors import LoaderError
from loader.plain_text import plain

# Whatever a call through boto3 may raise that is no bug. No OSError: of those only the disk's reach a caller.
AWS_ERRORS = (
    exceptions.ClientError,
    exceptions.BotoCoreError,
    ResponseParserError,
    HTTPError,
    RetriesExceededError,
    S3DownloadFailedError,
    S3ValidationError,
)

_NETWORK = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    exceptions.ResponseStreamingError,
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
_CREDENTIAL_CODES = (
    "AuthFailure ExpiredToken ExpiredTokenException InvalidAccessKeyId InvalidToken RequestTimeTooSkewed SignatureDoesNotMatch "
    "TokenRefreshRequired"
).split()
_DENIED = {"AccessDenied", "AccessDeniedException"}
_AGAIN = "then type the same again"


def status_of(error: Exception) -> int:
    """The HTTP status that AWS answered with, 0 if it did not answer."""
    answer = error.response if isinstance(error, exceptions.ClientError) else {}
    return answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def code_of(error: Exception) -> str:
    """AWS's code for the error; its Python name if AWS did not answer."""
    if isinstance(error, exceptions.ClientError):
        return plain(str(error.response.get("Error", {}).get("Code", "no code")))
    return type(error).__name__


def explained(error: Exception, place: str, done: str) -> LoaderError:
    """One of AWS_ERRORS as a LoaderError: `place` is `s3://bucket/key`, or what else was asked for, and `done` what can't be done with it
    ("read", "written", "listed").
    """
    if isinstance(error, RetriesExceededError):
        error = error.last_exception
    code, status = code_of(error), status_of(error)
    if isinstance(error, S3DownloadFailedError):
        return LoaderError(f"{place} was replaced while it was read; type the same again")
    if not status:
        return LoaderError(f"{place} can't be {done}: {code}; {_without_answer(error)}, {_AGAIN}")
    if status == 404 and code != "NoSuchBucket":
        return LoaderError(f"{place} is not there (any more): AWS answers {code}; see what the bucket holds, {_AGAIN}")
    return LoaderError(f"{place} can't be {done}: AWS answers {code}; {_after_answer(code, status)}, {_AGAIN}")


def _without_answer(error: Exception) -> str:
    if isinstance(error, _NO_CREDENTIALS):
        return "give this role credentials"
    if isinstance(error, exceptions.FlexibleChecksumError):
        return "its bytes do not match S3's checksum: check the network"
    return "check the network" if isinstance(error, _NETWORK) else "check the AWS settings"


def _after_answer(code: str, status: int) -> str:
    if code in _CREDENTIAL_CODES:
        return "get new credentials (and check this machine's clock)"
    if code == "NoSuchBucket":
        return "check the bucket's name"
    if code in _DENIED:
        return "give this role the right to do it"
    if status >= 500 or status == 429:
        return "AWS has trouble: wait a little"
    return "check its name, its region and this role's credentials and rights"
