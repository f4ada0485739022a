"""DELETE a video, and POST …/cancel: nobody wants it any more, so its provider is told where that is of use."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.api import http, serializers
from keepreel.api.openapi import documented
from keepreel.videos import cancel, delete, queries

app = http.resolver()


@app.delete("/v1/videos/<video_id>")
@documented(answers={204: ""})
def delete_video(video_id: str) -> Response[str]:
    """Removes the video and its files; one in the making is canceled where that is possible."""
    return _delete(owner=http.owner(app), video_id=video_id)


@app.delete("/v1/communities/<community_id>/videos/<video_id>")
@documented(answers={204: ""})
def delete_bot_video(community_id: str, video_id: str) -> Response[str]:
    """Removes a community's video and its files; one in the making is canceled where that is possible."""
    return _delete(owner=http.community_owner(app, community_id), video_id=video_id)


@app.post("/v1/videos/<video_id>/cancel")
@documented(answers={200: "Video"}, problems=(409,))
def cancel_video(video_id: str) -> Response[str]:
    """Cancels the video if its provider has not begun with it; nothing is charged then."""
    return _cancel(owner=http.owner(app), video_id=video_id)


@app.post("/v1/communities/<community_id>/videos/<video_id>/cancel")
@documented(answers={200: "Video"}, problems=(409,))
def cancel_bot_video(community_id: str, video_id: str) -> Response[str]:
    """Cancels a community's video if its provider has not begun with it; nothing is charged then."""
    return _cancel(owner=http.community_owner(app, community_id), video_id=video_id)


def _delete(*, owner: str, video_id: str) -> Response[str]:
    delete.delete(queries.get(owner=owner, video_id=video_id))
    return http.nothing()


def _cancel(*, owner: str, video_id: str) -> Response[str]:
    video = queries.get(owner=owner, video_id=video_id)
    cancel.cancel(video)
    return http.answer(200, serializers.video_json(video))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
