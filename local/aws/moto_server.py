"""AWS on 127.0.0.1: a moto server in this process that invokes the stack's functions and fills moto's gaps."""

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import boto3
from moto.cognitoidp.models import cognitoidp_backends
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.dynamodb.responses import DynamoHandler
from moto.moto_server.werkzeug_app import (
    BackendRequest,
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug import Request, Response

from local.aws import async_invocations, environment, executions, moto_patches
from local.aws.async_invocations import AsyncInvoker
from local.aws.event_bus import EventBus, Rule
from local.aws.lambda_invoker import Invoker, UnknownFunction
from local.aws.template import ACCOUNT_ID, REGION, Json
from local.http_server import QuietHandler, Server

# moto is not thread-safe: two concurrent conditional writes both succeed, and one name starts two executions.
_SERIALIZED_TARGETS = ("DynamoDB_", "AWSStepFunctions.StartExecution")
_UNSIGNED_SERVICES = {
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
}  # accept unsigned requests, like Cognito
_REVOKE_TARGET = "AWSCognitoIdentityProviderService.RevokeToken"  # not in moto
_INVOCATION = re.compile(r"/2015-03-31/functions/(?P<name>.+)/invocations")


class _Handler(QuietHandler, MotoRequestHandler):
    """moto's request handler without its log."""


class MotoServer:
    """A moto server. `start` sets AWS_ENDPOINT_URL to it; the caller must restore the environment."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._documents: dict[str, Json] = {}
        self._serialized = threading.Lock()
        self.set_functions(Invoker(()))
        self._server = Server(self.respond, handler=_Handler)
        self.port, self.endpoint = self._server.port, self._server.url

    def start(self) -> None:
        moto_patches.apply()
        moto_patches.workflow_ended.append(self._notify)
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        default_user_config["lambda"] = {"use_docker": False}
        environment.isolate_from_aws()
        os.environ["AWS_ENDPOINT_URL"] = self.endpoint
        # moto's Step Functions interpreter calls Lambda on this port of localhost, whatever the endpoint URL.
        os.environ["MOTO_PORT"] = str(self.port)
        os.environ.update(moto_patches.S3_MEMORY_BYTES)
        # The same ids after each start.
        os.environ["MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY"] = "HASH"
        os.environ["MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY"] = "HASH"
        # The interpreter logs every error, also those that the workflow catches.
        logging.getLogger("moto").setLevel(logging.CRITICAL)
        self._server.start()
        _warm_up_boto3()

    def set_functions(self, invoker: Invoker, *, rules: Iterable[Rule] = ()) -> None:
        """Invoke these functions for requests to Lambda, and for events that match these rules."""
        self._invoker = invoker
        self.async_invoker = AsyncInvoker(invoker, deliver=async_invocations.send_to_queue)
        self.event_bus = EventBus(rules, async_invoker=self.async_invoker)

    def running(self) -> list[str]:
        """Return the names of running workflows and asynchronous invocations."""
        accepted = self.async_invoker.accepted
        running = [*self.async_invoker.running(), *(it.name for it in executions.running())]
        # A workflow that ended just now may have published an event first, so the caller must check again.
        return running or ["an event"] * (self.async_invoker.accepted - accepted)

    def wait_until_idle(self, *, timeout_seconds: float) -> bool:
        """Return False if something still runs after the timeout."""
        changed = self._invoker.changed
        with changed:
            return changed.wait_for(lambda: not self.running(), timeout_seconds)

    def quiesce(self) -> None:
        """Stop all executions, start no more functions, and wait a few seconds for running ones."""
        executions.stop()
        self._invoker.stop(timeout_seconds=3)
        self.async_invoker.stop(timeout_seconds=1)

    def stop(self) -> None:
        """Stop everything that runs, and delete all state."""
        self.quiesce()
        moto_patches.workflow_ended.remove(self._notify)
        self._server.stop(timeout_seconds=3)
        executions.join()
        BackendDict.reset()
        reset_model_data()
        boto3.DEFAULT_SESSION = None

    def publish_signing_key(self, user_pool_id: str) -> str:
        """Return the URL of the user pool's public key, which replaces moto's constant one."""
        key = cognitoidp_backends[ACCOUNT_ID][REGION].user_pools[user_pool_id].json_web_key
        path = f"/{user_pool_id}/.well-known/jwks.json"
        self._documents[path] = {"keys": [key.as_dict(private=False)]}
        return self.endpoint + path

    def _notify(self) -> None:
        self._invoker.notify()

    def respond(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request: the server's WSGI application."""
        path = environ["PATH_INFO"]
        if path in self._documents:
            return _json(self._documents[path])(environ, start_response)
        if environ.get("HTTP_X_AMZ_TARGET") == _REVOKE_TARGET:
            return _revoke_token(Request(environ))(environ, start_response)
        if match := _INVOCATION.fullmatch(path):
            return self._invoke(match["name"], request=Request(environ))(environ, start_response)
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if service := _UNSIGNED_SERVICES.get(target.partition(".")[0]):
            # moto reads the service name from the signature.
            environ.setdefault("HTTP_AUTHORIZATION", f"Local Credential=local/today/{REGION}/{service}/aws4_request")
        if target == "AWSEvents.PutEvents":
            return self._put_events(environ)(environ, start_response)
        if target.startswith(_SERIALIZED_TARGETS):
            with self._serialized:
                app = _dynamodb(environ) if target.startswith("DynamoDB_") else self._moto
                return app(environ, start_response)
        return self._moto(environ, start_response)  # type: ignore[no-any-return]

    def _put_events(self, environ: dict[str, Any]) -> Response:
        """Let moto validate the entries and assign ids, then deliver the accepted entries to the rules."""
        body = Request(environ).get_data()
        response = Response.from_app(self._moto, {**environ, "wsgi.input": BytesIO(body)}, buffered=True)
        if response.status_code == 200:
            for entry, result in zip(json.loads(body)["Entries"], json.loads(response.data)["Entries"], strict=True):
                if "EventId" in result:
                    self.event_bus.put(entry, id=result["EventId"])
        return response

    def _invoke(self, name: str, *, request: Request) -> Response:
        try:
            event = json.loads(request.get_data() or b"null")
        except ValueError as error:
            message = f"Could not parse request body into json: {error}"
            return _json({"Type": "User", "message": message}, status=400, error="InvalidRequestContentException")
        try:
            if request.headers.get("X-Amz-Invocation-Type") == "Event":
                self.async_invoker.invoke(name, event)
                return Response(status=202)
            result = self._invoker.invoke(name, event)
        except UnknownFunction:
            return _json({"Message": f"Function not found: {name}"}, status=404, error="ResourceNotFoundException")
        response = _json(result.value)
        if result.is_error:
            response.headers["X-Amz-Function-Error"] = "Unhandled"
        return response


def _dynamodb(environ: dict[str, Any]) -> Response:
    """Let moto's handler answer. Its way there, through Flask's routes, takes as long as a read of an item."""
    request = BackendRequest(environ)
    status, headers, body = DynamoHandler.dispatch(request, request.raw_url, dict(request.headers))
    return Response(body, status=status, headers=headers)


def _revoke_token(request: Request) -> Response:
    """Revoke a refresh token. Like Cognito, allow any origin, and respond the same for an unknown token."""
    token = json.loads(request.get_data())["Token"]
    for pool in cognitoidp_backends[ACCOUNT_ID][REGION].user_pools.values():
        if token in pool.refresh_tokens:
            pool.refresh_tokens[token] = None
    response = _json({})
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _json(document: Json, *, status: int = 200, error: str | None = None) -> Response:
    response = Response(json.dumps(document), status=status, content_type="application/json")
    if error:
        response.headers["X-Amzn-ErrorType"] = error
    return response


def _warm_up_boto3() -> None:
    """Create and use a new default session in one thread, because boto3's first use is not thread-safe."""
    boto3.setup_default_session()
    boto3.client("s3")
