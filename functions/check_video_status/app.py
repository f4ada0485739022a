"""GET one video: reads the record only, and never calls the provider."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import etags, http, video_details
from keepreel.api.openapi import documented
from keepreel.powertools import Response
from keepreel.videos import queries

app = http.resolver()


@app.get("/v1/videos/<video_id>")
@app.get("/v1/communities/<community_id>/videos/<video_id>")
@documented(responses={200: "VideoDetails", 304: ""})
def get_video(video_id: str, community_id: str | None = None) -> Response[str]:
    """Get a video and its available actions. Returns 304 if the ETag in If-None-Match is still valid."""
    video = video_details.details_json(queries.get_with_counts(owner=http.owner(app, community_id), video_id=video_id))
    etag = etags.for_json(video_details.for_etag(video))
    response = http.json_response(200, video, ETag=etag, Retry_After=http.retry_after(video))
    is_unchanged = etags.matches(etag, if_none_match=app.current_event.headers.get("if-none-match"))
    return Response(status_code=304, headers=response.headers) if is_unchanged else response


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
