"""AWS clients and cached values, and what an error of AWS means.

Clients come from one botocore session and are created on first use, because each adds a twentieth of a second to a cold
start. boto3 is not used: it loads the transfer manager of S3, multiprocessing and asyncio.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBConnectionError, PynamoDBException, TransactGetError, TransactWriteError
from urllib3.exceptions import HTTPError

from keepreel.cached_values import CachedValues
from keepreel.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

# Every call, including its retry, must end well within the 10 seconds of a Lambda function behind the API.
_SHORT_TIMEOUTS = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
# pynamodb checks the parameters itself. A second retry, because DynamoDB throttles a table that has just been idle.
_DYNAMODB = Config(parameter_validation=False, retries={"mode": "standard", "total_max_attempts": 3})
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

    `error` is of botocore, or of pynamodb around one of botocore.
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
        return isinstance(error, _CALL_ERRORS)
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
    """Return the error of botocore behind an error, or None."""
    while error is not None and not isinstance(error, (ClientError, BotoCoreError, HTTPError)):
        error = getattr(error, "cause", None) or error.__cause__ or error.__context__
    return error


def secret(name: str, *, fresh: bool = False) -> dict[str, Any]:
    """Return a secret that holds a JSON object. Cached for five minutes; `fresh` bypasses the cache.

    Raises an error of STORE_ERRORS; ValueError or TypeError for another value.
    """
    return dict(json.loads(_secrets().get(name, fresh=fresh)))


def parameter(name: str) -> str:
    """Return an SSM parameter's value. Cached for five minutes. Raises StoreUnavailable."""
    try:
        return _parameters().get(name)
    except STORE_ERRORS as error:
        raise_outage(error, f"the parameter {name} cannot be read")
        raise


@lru_cache(maxsize=1)
def _secrets() -> CachedValues:
    client: SecretsManagerClient = _client("secretsmanager")
    return CachedValues(lambda name: client.get_secret_value(SecretId=name).get("SecretString", ""))


@lru_cache(maxsize=1)
def _parameters() -> CachedValues:
    return CachedValues(lambda name: ssm().get_parameter(Name=name)["Parameter"]["Value"])


@lru_cache(maxsize=1)
def s3() -> "S3Client":
    # A longer read timeout, because a video is stored in one request, and S3 answers only when it has the whole file.
    # Virtual addressing, because otherwise signed URLs use S3's global host. It redirects to a new bucket's region for
    # hours, and browsers do not follow a redirected form post.
    config = Config(read_timeout=10, signature_version="s3v4", s3={"addressing_style": "virtual"})
    client: S3Client = _client("s3", config)
    return client


@lru_cache(maxsize=1)
def stepfunctions() -> "SFNClient":
    client: SFNClient = _client("stepfunctions")
    return client


@lru_cache(maxsize=1)
def lambda_functions() -> "LambdaClient":
    client: LambdaClient = _client("lambda")
    return client


def invoke_later(function: str, event: Mapping[str, Any]) -> None:
    """Invoke a function asynchronously. Raises STORE_ERRORS."""
    payload = json.dumps(event).encode()
    response = lambda_functions().invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    response["Payload"].close()  # it is empty; an unread body would keep its connection


@lru_cache(maxsize=1)
def cognito() -> "CognitoIdentityProviderClient":
    client: CognitoIdentityProviderClient = _client("cognito-idp")
    return client


@lru_cache(maxsize=1)
def kms() -> "KMSClient":
    client: KMSClient = _client("kms")
    return client


@lru_cache(maxsize=1)
def events() -> "EventBridgeClient":
    client: EventBridgeClient = _client("events")
    return client


@lru_cache(maxsize=1)
def ssm() -> "SSMClient":
    client: SSMClient = _client("ssm")
    return client


@lru_cache(maxsize=1)
def dynamodb_client() -> "DynamoDBClient":
    """Return the client of all tables, also for reads that must not go through a pynamodb model."""
    client: DynamoDBClient = _client("dynamodb", _DYNAMODB)
    return client


@lru_cache(maxsize=1)
def dynamodb() -> Connection:
    """Return the connection for transactions; single items go through the pynamodb models."""
    return Connection()


# By default, each pynamodb model and connection creates a session and a client of its own.
Connection.client = property(lambda _connection: dynamodb_client())  # type: ignore[assignment, method-assign]


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    from keepreel.item_parser import Factory  # loads botocore's parsers, which only a client needs

    session = botocore.session.get_session()
    session.register_component("response_parser_factory", Factory())
    return session


_creating = Lock()  # a session may not create clients in two threads at once


def _client(service: str, config: Config | None = None) -> Any:
    with _creating:
        return _session().create_client(service, config=_SHORT_TIMEOUTS.merge(config) if config else _SHORT_TIMEOUTS)
