"""Recorder of the AWS calls of each function, in the notation of the table of rights."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from keepreel import aws, pause
from keepreel.cached_values import CachedValues
from keepreel.db import refused_models
from keepreel.dispatch import waiting
from keepreel.settings import settings
from keepreel.workflow import usual_times
from local.stack import Stack
from tests.template.test_rights import LIST_BUCKET, SIGNING_KEY, WEBHOOK_SECRET

# IAM knows no "head" and no "transact".
ACTIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "lambda:Invoke": "lambda:InvokeFunction",
}
READS = ("GetObject", "HeadObject", "CopyObject")  # for a missing key, S3 also checks the right to list the bucket
TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem"}

# Nothing is cached while calls are recorded, because functions share this process: a value that one function has read
# would hide the right of the next one. Clearing caches between invocations would not do, because they run in parallel.
CACHED_SECONDS = [
    (pause, "CACHE_SECONDS"),
    (refused_models, "CACHE_SECONDS"),
    (usual_times, "_CACHE_SECONDS"),
    (waiting, "_CACHE_SECONDS"),
]


class Recorder:
    """Records the AWS calls of each function, in the notation of the table of rights."""

    def __init__(self) -> None:
        self.used: dict[str, set[str]] = defaultdict(set)
        self._current = threading.local()

    def enter(self, folder: str, _event: Any) -> None:
        self._current.role = "".join(word.title() for word in folder.split("_")) + "FunctionRole"

    def leave(self, _folder: str, _event: Any) -> None:
        self._current.role = None

    @contextmanager
    def role(self, folder: str) -> Iterator[None]:
        """Record calls that the test makes in place of a function."""
        self.enter(folder, None)
        yield
        self.leave(folder, None)

    def note(self, service: str, operation: str, arguments: dict[str, Any]) -> None:
        if role := getattr(self._current, "role", None):
            self.used[role] |= set(_rights(service, operation, arguments))

    def noting(self, sign: Callable[..., Any], operation: str) -> Callable[..., Any]:
        """Return the method that also notes the call of S3 that a client makes with the signed URL or form."""

        def noted(client: BaseClient, *arguments: Any, **named: Any) -> Any:
            if role := getattr(self._current, "role", None):
                self.used[role].add(f"s3:{operation} {_resource('s3', named.get('Params', named))}")
            return sign(client, *arguments, **named)

        return noted


def recording(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Yield a recorder of all calls, also of those for which a URL or form is signed for a client."""
    recorder = Recorder()
    name, url = settings().public_url_parameter, settings().public_url
    boto3.client("ssm").put_parameter(Name=name, Value=url, Type="String", Overwrite=True)
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        recorder.note(client.meta.service_model.service_name, operation, arguments)
        return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    for name, operation in (("generate_presigned_url", "GetObject"), ("generate_presigned_post", "PutObject")):
        monkeypatch.setattr(type(aws.s3()), name, recorder.noting(getattr(type(aws.s3()), name), operation))
    get = CachedValues.get
    monkeypatch.setattr(CachedValues, "get", lambda values, name, *, fresh=False: get(values, name, fresh=True))
    for module, name in CACHED_SECONDS:
        monkeypatch.setattr(module, name, -1)
    pause.forget()  # an answer from before would still count
    stack.invoker.before, stack.invoker.after = recorder.enter, recorder.leave
    with changed_settings(PUBLIC_URL=""):  # as without a domain: then it is in the parameter
        yield recorder
    stack.invoker.before = stack.invoker.after = None


@contextmanager
def changed_settings(**variables: str) -> Iterator[None]:
    """Set environment variables for a while."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in variables.items():
                patched.setenv(name, value)
            settings.cache_clear()
            yield
    finally:
        settings.cache_clear()


def _rights(service: str, operation: str, arguments: dict[str, Any]) -> Iterator[str]:
    if operation == "TransactWriteItems":
        for item in arguments["TransactItems"]:
            ((kind, details),) = item.items()
            yield f"dynamodb:{TRANSACTED[kind]} {_table(details)}"
        return
    if operation == "BatchGetItem":
        yield from (f"dynamodb:BatchGetItem {_table({'TableName': name})}" for name in arguments["RequestItems"])
        return
    if operation == "DeleteObjects":
        for it in arguments["Delete"]["Objects"]:
            action = "DeleteObjectVersion" if "VersionId" in it else "DeleteObject"
            yield f"s3:{action} {_resource('s3', it)}"
        return
    if operation in READS:
        yield LIST_BUCKET
    if operation == "CopyObject":
        yield from (f"s3:{action} {_resource('s3', arguments)}" for action in ("GetObject", "PutObject"))
        return
    action = f"{ {'stepfunctions': 'states'}.get(service, service) }:{operation}"
    yield f"{ACTIONS.get(action, action)} {_resource(service, arguments)}"


def _resource(service: str, arguments: dict[str, Any]) -> str:
    match service:
        case "dynamodb":
            return _table(arguments)
        case "s3" if "Key" not in arguments:
            return "MediaBucket"
        case "cognito-idp":
            return "UserPool"
        case "s3":
            return f"MediaBucket/{arguments['Key'].split('/')[0]}/*"
        case "stepfunctions":
            if "taskToken" in arguments:
                return "stateMachine:keepreel-${Stage}-video"
            return str(arguments["stateMachineArn"]).rsplit(":", 2)[1] + ":keepreel-${Stage}-video"
        case "lambda" if "-count:" in str(arguments["FunctionName"]):
            return "CountViewFunction:live"
        case "lambda":
            name, _, alias = str(arguments["FunctionName"]).rpartition(":function:")[2].partition(":")
            is_by_reference = name.endswith("Function")  # else by its own name
            name = name.rpartition("-")[2] if is_by_reference else f"function:{name.replace('-local-', '-${Stage}-')}"
            return f"{name}:{alias}"
        case "ssm":
            return "parameter/keepreel/${Stage}/" + str(arguments["Name"]).rpartition("/")[2]
        case "events":
            return "EventBus"
        case "secretsmanager" if str(arguments["SecretId"]).endswith("/signing"):
            return SIGNING_KEY.partition(" ")[2]
        case "secretsmanager" if str(arguments["SecretId"]).endswith("/content-credentials"):
            return "secret:${ContentCredentialsSecretName}-??????"
        case "secretsmanager" if str(arguments["SecretId"]).endswith("/kling-webhook"):
            return WEBHOOK_SECRET.partition(" ")[2]
        case _:
            return f"secret:${{{arguments['SecretId'].rpartition('/')[2].title()}SecretName}}-??????"


def _table(arguments: dict[str, Any]) -> str:
    table = str(arguments["TableName"]).rsplit("-", 1)[1]
    return f"{table}/index/{arguments['IndexName']}" if "IndexName" in arguments else table
