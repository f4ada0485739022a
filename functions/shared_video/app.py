"""GET /s/{token}: the public page of a shared video."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import http, visitors
from keepreel.api.openapi import documented
from keepreel.errors import NotFound
from keepreel.powertools import NotFoundError, Response
from keepreel.videos import sharing, stats
from keepreel.web import share_page

app = http.resolver()


@app.route("/s/<token>", method=["GET", "HEAD"])
@documented(responses={200: "text/html", 404: "text/html"}, problems=(503,))
def get_shared_video(token: str) -> Response[str]:
    """Get the page of a shared video. Returns the same 404 for an unknown, revoked or expired link."""
    video = sharing.find_video(token)
    if app.current_event.http_method == "GET":
        address, user_agent = visitors.address(app.current_event), app.current_event.headers.get("user-agent")
        stats.count_view(video, address=address, user_agent=user_agent)
    return share_page.video_page(video, url=sharing.url(token))


def not_found(_error: NotFound | NotFoundError) -> Response[str]:
    return share_page.not_found_page()


app.exception_handler([NotFound, NotFoundError])(not_found)


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
