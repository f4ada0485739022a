"""POST /callbacks/{provider}/{token}: a provider reports that a task has changed."""

import base64
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import http
from keepreel.api.openapi import documented
from keepreel.errors import TooLarge
from keepreel.powertools import Response
from keepreel.workflow import callbacks

app = http.resolver()

_MAX_BODY_CHARS = 256 * 1024  # a task of a provider has a few KB


@app.post("/callbacks/<provider>/<token>")
@documented(responses={200: ""}, problems=(401, 409, 413))
def receive_callback(provider: str, token: str) -> Response[str]:
    """Receive a provider's callback. Not for clients: only a provider knows the URL.

    A callback makes Keepreel ask the provider at once. What its body says is not trusted.
    """
    callbacks.receive(provider, token, headers=_headers(), content=_content())
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def _content() -> bytes:
    body = app.current_event.body or ""
    if len(body) > _MAX_BODY_CHARS:
        raise TooLarge(f"The body is larger than {_MAX_BODY_CHARS // 1024} KB.")
    return base64.b64decode(body) if app.current_event.is_base64_encoded else body.encode()


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in app.current_event.headers.items()}


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
