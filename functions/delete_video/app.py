"""DELETE a video, and POST …/cancel."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import http, video_serializers
from keepreel.api.openapi import documented
from keepreel.powertools import Response
from keepreel.videos import queries
from keepreel.videos.cancel import cancel
from keepreel.videos.delete import delete

app = http.resolver()


@app.delete("/v1/videos/<video_id>")
@app.delete("/v1/communities/<community_id>/videos/<video_id>")
@documented(responses={204: ""})
def delete_video(video_id: str, community_id: str | None = None) -> Response[str]:
    """Delete a video and its files. An unfinished video is canceled at its provider if possible."""
    delete(queries.get(owner=http.owner(app, community_id), video_id=video_id))
    return http.no_content()


@app.post("/v1/videos/<video_id>/cancel")
@app.post("/v1/communities/<community_id>/videos/<video_id>/cancel")
@documented(responses={200: "Video"}, problems=(409,))
def cancel_video(video_id: str, community_id: str | None = None) -> Response[str]:
    """Cancel a video that its provider has not started. A canceled video is not charged."""
    video = queries.get(owner=http.owner(app, community_id), video_id=video_id)
    cancel(video)
    return http.json_response(200, video_serializers.video_json(video))


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
