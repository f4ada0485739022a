"""AWS clients, created on first use, because creating one adds a tenth of a second to a cold start."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBConnectionError, PynamoDBException, TransactGetError, TransactWriteError
from urllib3.exceptions import HTTPError

from keepreel.errors import StoreUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider, SSMProvider
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

# Every call, including its retry, must end well within the 10 seconds of a Lambda function behind the API.
_SHORT_TIMEOUTS = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
_CACHE_SECONDS = 300
# A table, the bucket or an AWS service did not respond or refused a call.
# urllib3's own error reaches us only while the body of an S3 object is read.
STORE_ERRORS = (StoreUnavailable, PynamoDBException, ClientError, BotoCoreError, HTTPError)
# Codes of an AWS service that is busy, restarting or changing the item for another caller: the call may be repeated. A
# 5xx status means the same. pynamodb drops the status, so the usual codes of a 5xx are listed too.
_OUTAGE_CODES = frozenset(
    {
        "ConditionalCheckFailedException",
        "ConditionalRequestConflict",
        "ExecutionLimitExceeded",
        "ExpiredToken",
        "ExpiredTokenException",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "InternalException",
        "KMSInternalException",
        "KeyUnavailableException",
        "LimitExceededException",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_OUTAGE_STATUSES = frozenset({408, 409, 429})
_CALL_ERRORS = (PynamoDBConnectionError, TransactGetError, TransactWriteError)


def code(error: BaseException) -> str | None:
    """Return the code of AWS's error response, or None if there was no response, as after a timeout.

    `error` is of botocore, or of pynamodb or Powertools around one of botocore.
    """
    return _response(error).get("Error", {}).get("Code") or None


def status(error: BaseException) -> int | None:
    """Return the HTTP status of AWS's error response, or None if it is not known."""
    found = _response(error).get("ResponseMetadata", {}).get("HTTPStatusCode")
    return int(found) if found else None


def is_failed_condition(error: BaseException) -> bool:
    """Return whether the condition of a write did not hold, so that nothing was written."""
    return code(error) == "ConditionalCheckFailedException"


def is_outage(error: BaseException) -> bool:
    """Return whether a repeated call may succeed: AWS did not respond, was busy or had an error of its own.

    False for a refused call (no right, no such table, an invalid parameter): a defect of ours or of the deployment.
    """
    if isinstance(error, StoreUnavailable):
        return True
    cause, found = _cause(error), code(error)
    if cause is None:
        return isinstance(error, _CALL_ERRORS) or type(error).__name__ == "GetParameterError"
    if found is None:
        return not isinstance(cause, ParamValidationError)
    numeric = int(found) if found.isdigit() else status(error) or 0  # a response that is no JSON has its status as code
    return found in _OUTAGE_CODES or numeric in _OUTAGE_STATUSES or numeric >= 500


def raise_outage(error: BaseException, message: str) -> None:
    """Raise StoreUnavailable from an error of STORE_ERRORS that is an outage. Return if it is a defect."""
    if is_outage(error):
        raise StoreUnavailable(message) from error


def _response(error: BaseException) -> Any:
    """Return the response of the botocore error; {} for one without, whose `response` is missing or None."""
    return getattr(_cause(error), "response", None) or {}


def _cause(error: BaseException | None) -> BaseException | None:
    """Return the error of botocore behind an error. Powertools raises its own while it handles that error."""
    while error is not None and not isinstance(error, (ClientError, BotoCoreError, HTTPError)):
        error = getattr(error, "cause", None) or error.__cause__ or error.__context__
    return error


@lru_cache(maxsize=1)
def s3() -> "S3Client":
    # A longer read timeout, because a video is stored in one request, and S3 answers only when it has the whole file.
    # Virtual addressing, because otherwise signed URLs use S3's global host. It redirects to a new bucket's region for
    # hours, and browsers do not follow a redirected form post.
    config = Config(read_timeout=10, signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=_SHORT_TIMEOUTS.merge(config))


@lru_cache(maxsize=1)
def stepfunctions() -> "SFNClient":
    return boto3.client("stepfunctions", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def lambda_functions() -> "LambdaClient":
    return boto3.client("lambda", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def kms() -> "KMSClient":
    return boto3.client("kms", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def events() -> "EventBridgeClient":
    return boto3.client("events", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def ssm() -> "SSMClient":
    return boto3.client("ssm", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def dynamodb_client() -> "DynamoDBClient":
    """Return a client for reads that must not go through a pynamodb model."""
    return boto3.client("dynamodb", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def dynamodb() -> Connection:
    """Return the connection for transactions; single items go through the pynamodb models."""
    return Connection(connect_timeout_seconds=1, read_timeout_seconds=3, max_retry_attempts=2)


def secret(name: str, *, fresh: bool = False) -> dict[str, Any]:
    """Return a secret that holds a JSON object. Cached for five minutes; `fresh` bypasses the cache."""
    return dict(json.loads(str(_secrets().get(name, max_age=_CACHE_SECONDS, force_fetch=fresh))))


def parameter(name: str) -> str:
    """Return an SSM parameter's value. Cached for five minutes. Raises StoreUnavailable."""
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        return str(_parameters().get(name, max_age=_CACHE_SECONDS))
    except GetParameterError as error:
        raise_outage(error, f"the parameter {name} cannot be read")
        raise


@lru_cache(maxsize=1)
def _secrets() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def _parameters() -> "SSMProvider":
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider(boto_config=_SHORT_TIMEOUTS)
