"""GET /s/{token}: a shared video's page, for everybody who has the link."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import analytics, api, share_page, sharing
from keepreel.errors import NotFound

app = api.resolver()


@app.get("/s/<token>")
def shared_video(token: str) -> Response[str]:
    """A shared video's page; the same 404 for a link that never was, was revoked or has expired."""
    try:
        video = sharing.opened(token)
    except NotFound:
        return share_page.not_found()
    http = app.current_event.request_context.http
    analytics.count_view(video, address=http.source_ip, user_agent=http.user_agent)
    return share_page.shown(video, url=sharing.url(token))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
