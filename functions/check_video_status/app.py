"""GET one video, a person's or a community's: one read of the record, never a call to the provider."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.api import etags, http, serializers
from keepreel.api.openapi import documented
from keepreel.videos import queries

app = http.resolver()


@app.get("/v1/videos/<video_id>")
@documented(answers={200: "Video", 304: ""})
def get_video(video_id: str) -> Response[str]:
    """One of your videos, and what may be done with it next; 304 while it is as the ETag that you know says."""
    return _shown(owner=http.owner(app), video_id=video_id)


@app.get("/v1/communities/<community_id>/videos/<video_id>")
@documented(answers={200: "Video", 304: ""})
def get_bot_video(community_id: str, video_id: str) -> Response[str]:
    """One of a community's videos, likewise."""
    return _shown(owner=http.community_owner(app, community_id), video_id=video_id)


def _shown(*, owner: str, video_id: str) -> Response[str]:
    video = serializers.video_json(queries.get(owner=owner, video_id=video_id))
    etag = etags.for_json(video)
    answer = http.answer(200, video, ETag=etag, Retry_After=http.retry_after(video))
    is_known = etags.matches(etag, if_none_match=app.current_event.headers.get("if-none-match"))
    return Response(status_code=304, headers=answer.headers) if is_known else answer


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
