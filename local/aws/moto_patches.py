"""Patches that make moto faster and smaller and that close a gap in its DynamoDB. Tested against unpatched moto."""

import resource
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import moto.backends
import moto.cognitoidp.models
import moto.core.responses
import moto.dynamodb.models
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool
from moto.core.common_models import BaseModel
from moto.core.serialize import JSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import ast_nodes, expressions, validators
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import FakeKey
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from local.aws import moto_cognito, moto_dynamodb, moto_expressions, moto_interpreter, moto_queries

# Environment variable of moto: a larger object goes to a temporary file; moto's default keeps 5 MB each in memory.
S3_MEMORY_BYTES = {"MOTO_S3_DEFAULT_KEY_BUFFER_SIZE": "65536"}

_MAX_OPEN_FILES = 10_240  # macOS accepts no more

# Called whenever a workflow has ended.
workflow_ended: list[Callable[[], None]] = []

_moto_terminated = BaseExecutionWorkerCommunication.terminated
_applied: list[tuple[Any, str, Any]] = []


def apply() -> None:
    """Patch moto in this process, once. Call it before any resource is created."""
    if _applied:
        return
    for owner, name, replacement in _patches():
        _applied.append((owner, name, getattr(owner, name)))
        setattr(owner, name, replacement)
    _allow_open_files()


def remove() -> None:
    """Restore moto as it was, for tests that compare."""
    while _applied:
        owner, name, original = _applied.pop()
        setattr(owner, name, original)


def _patches() -> list[tuple[Any, str, Any]]:
    modules = tuple(moto.backends.list_of_moto_modules())  # moto lists its folder on every request
    return [
        (moto.backends, "list_of_moto_modules", lambda: modules),
        (moto.dynamodb.models, "copy", moto_dynamodb.CopyWithoutTables),
        (DynamoDBBackend, "transact_write_items", moto_dynamodb.transact_write_items),
        (moto.cognitoidp.models, "jwk", moto_cognito.NewKeys),
        (CognitoIdpUserPool, "_get_user", moto_cognito.get_user),
        (CognitoIdpBackend, "_log_user_in", moto_cognito.log_user_in),
        (DynamoHandler, "transact_write_items", moto_dynamodb.handle_transaction),
        (Table, "query", moto_queries.query),
        (DynamoType, "cast_value", property(moto_queries.cast_value)),
        (DynamoType, "__eq__", moto_queries.equals),
        (vars(expressions)["UpdateExpressionParser"], "make", moto_expressions.parsed),
        (validators, "deepcopy", moto_expressions.copied),
        (vars(ast_nodes)["Node"], "find_clauses", moto_expressions.find_clauses),
        (vars(ast_nodes)["DepthFirstTraverser"], "traverse", moto_expressions.traverse),
        (moto.core.responses, "method_names_from_class", lru_cache(method_names_from_class)),
        (JSONSerializer, "_serialize_result", moto_dynamodb.serialize_result),
        (BaseModel, "__new__", _new_untracked),
        (FakeKey, "__del__", _close_object),
        (BaseExecutionWorkerCommunication, "terminated", _terminated),
        (ExecutionWorker, "_get_evaluation_entrypoint", moto_interpreter.program),
        (EvalComponent, "heap_key", property(moto_interpreter.heap_key)),
        (lambda_eval_utils, "boto_client_for", moto_interpreter.client),
    ]


def _new_untracked(cls: type, *_: Any, **__: Any) -> Any:
    """moto keeps every model instance forever, for its dashboard."""
    return object.__new__(cls)


def _close_object(key: Any) -> None:
    """Close the file of an overwritten or deleted S3 object; moto, which has each in its list, only warns."""
    if buffer := getattr(key, "_value_buffer", None):
        buffer.close()


def _terminated(communication: Any) -> None:
    _moto_terminated(communication)
    for call in workflow_ended:
        call()


def _allow_open_files() -> None:
    """Each larger S3 object is an open file, and the usual limit is 1,024 or (macOS) 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
