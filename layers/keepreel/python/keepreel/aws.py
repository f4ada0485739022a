"""AWS clients, made when first used and then kept, since making one costs a cold start a tenth of a second."""

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
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

# Raised when a table, the bucket or an AWS service did not respond.
STORE_ERRORS = (StoreUnavailable, PynamoDBException, ClientError, BotoCoreError)
# Every call must end, retries and all, well inside the ten seconds of a Lambda behind the API.
_BRISK = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
_KEPT_SECONDS = 300


@lru_cache(maxsize=1)
def s3() -> "S3Client":
    # A part of a multipart upload is 5 MiB, which a bad minute may take longer than a table's item.
    # Virtual: else what we sign names S3's global host, which redirects to a new bucket's region for hours, and a
    # browser does not follow a redirected form.
    config = Config(read_timeout=10, signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=_BRISK.merge(config))


@lru_cache(maxsize=1)
def stepfunctions() -> "SFNClient":
    return boto3.client("stepfunctions", config=_BRISK)


@lru_cache(maxsize=1)
def events() -> "EventBridgeClient":
    return boto3.client("events", config=_BRISK)


@lru_cache(maxsize=1)
def dynamodb_client() -> "DynamoDBClient":
    """For what must be read without a model."""
    return boto3.client("dynamodb", config=_BRISK)


@lru_cache(maxsize=1)
def dynamodb() -> Connection:
    """For transactions; single items go through the models."""
    return Connection(connect_timeout_seconds=1, read_timeout_seconds=3, max_retry_attempts=2)


def secret(name: str, *, fresh: bool = False) -> dict[str, Any]:
    """A Secrets Manager secret that holds a JSON object; kept for five minutes, `fresh` asks again at once."""
    return dict(json.loads(str(_secrets().get(name, max_age=_KEPT_SECONDS, force_fetch=fresh))))


def parameter(name: str) -> str:
    """An SSM parameter's text; kept for five minutes. Raises StoreUnavailable."""
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        return str(_parameters().get(name, max_age=_KEPT_SECONDS))
    except GetParameterError as error:
        raise StoreUnavailable(f"the parameter {name} cannot be read") from error


@lru_cache(maxsize=1)
def _secrets() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=_BRISK)


@lru_cache(maxsize=1)
def _parameters() -> "SSMProvider":
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider(boto_config=_BRISK)
