"""AWS clients, created on first use, because creating one adds a tenth of a second to a cold start."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from keepreel.errors import StoreUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider, SSMProvider
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

# Every call, including its retry, must end well within the 10 seconds of a Lambda function behind the API.
_SHORT_TIMEOUTS = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
_CACHE_SECONDS = 300
# A table, the bucket or an AWS service did not respond or refused a call.
STORE_ERRORS = (StoreUnavailable, PynamoDBException, ClientError, BotoCoreError)


@lru_cache(maxsize=1)
def s3() -> "S3Client":
    # A longer read timeout, because a part of a multipart upload has 5 MiB.
    # Virtual addressing, because otherwise signed URLs use S3's global host. It redirects to a new bucket's region for
    # hours, and browsers do not follow a redirected form post.
    config = Config(read_timeout=10, signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=_SHORT_TIMEOUTS.merge(config))


@lru_cache(maxsize=1)
def stepfunctions() -> "SFNClient":
    return boto3.client("stepfunctions", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def kms() -> "KMSClient":
    return boto3.client("kms", config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def events() -> "EventBridgeClient":
    return boto3.client("events", config=_SHORT_TIMEOUTS)


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
        raise StoreUnavailable(f"the parameter {name} cannot be read") from error


@lru_cache(maxsize=1)
def _secrets() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=_SHORT_TIMEOUTS)


@lru_cache(maxsize=1)
def _parameters() -> "SSMProvider":
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider(boto_config=_SHORT_TIMEOUTS)
