"""People's data: export it, delete the account or a community, and read the receipt of a deletion."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import account_serializers, http
from keepreel.api.openapi import documented
from keepreel.people import community_deletion, erasure, export, receipts
from keepreel.powertools import Response

app = http.resolver()
_EXPORT_SECONDS = "10"
_ERASURE_SECONDS = "4500"  # until no token or upload form is valid any more


@app.get("/v1/me/export")
@documented(responses={200: "Export", 202: "Export"}, problems=(409,))
def export_account() -> Response[str]:
    """Export everything of your account and communities. The first request begins it; repeat it until it is ready.

    The URL leads to a manifest in JSON, with links to the records of your videos, their files and your uploads. All
    links expire together after an hour. A request after that begins a new export.
    """
    owner = http.user(app)
    erasure.check_not_running(owner)
    content = account_serializers.export_json(export.get(owner))
    if content["url"]:
        return http.json_response(200, content)
    return http.json_response(202, content, Location="/v1/me/export", Retry_After=_EXPORT_SECONDS)


@app.delete("/v1/me")
@documented(body="ErasureRequest", responses={202: "Erasure"}, problems=(404, 409))
def delete_account() -> Response[str]:
    """Delete your account and everything in it, for good. The body repeats your email address, against mistakes.

    Videos that are not sent are canceled and free; the results of others are not fetched. You cannot sign in again, and
    a token that you have ends within an hour. Videos and files are removed within minutes, and the receipt is ready
    after a little more than an hour. Read it at `links.self`, which needs no token, for 400 days.
    """
    from keepreel.schemas.requests import ErasureRequest  # loads pydantic, which the other routes do not need

    request = http.parse_body(app, ErasureRequest)
    content = account_serializers.erasure_json(erasure.request(http.user(app), email=request.email))
    return http.json_response(202, content, Location=content["links"]["self"], Retry_After=_ERASURE_SECONDS)


@app.get("/v1/erasures/<erasure_id>")
@documented(responses={200: "Erasure"})
def get_erasure(erasure_id: str) -> Response[str]:
    """Read how far the deletion of an account is, and its signed receipt. The receipt has no personal data."""
    return http.json_response(200, account_serializers.erasure_json(erasure_id, receipts.read(erasure_id)))


@app.delete("/v1/communities/<community_id>")
@documented(responses={204: ""})
def delete_community(community_id: str) -> Response[str]:
    """Delete a community with its videos, files and links. It is gone at once; its id is free again after a while.

    Videos that are not sent are canceled and free; the results of others are not fetched. A schedule that names the
    community fails from then on, until the operator changes it.
    """
    community_deletion.request(http.community(app, community_id))
    return http.no_content()


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
