"""The API as one Powertools resolver with tracer, logger, metrics and validation."""

from html import escape
from typing import Annotated, Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Query

from keepreel.schemas.video_responses import Video
from tests.bench.baselines import store
from tests.bench.baselines.shapes import SHARE_PAGE, VideoPage, VideoRequest, page, video

app = APIGatewayHttpResolver(enable_validation=True)
logger, tracer = Logger(service="videos"), Tracer(service="videos")
metrics = Metrics(namespace="Videos", service="videos")
PAGE = "<!doctype html><title>Videos</title>"


def owner() -> str:
    claims = app.current_event.request_context.authorizer.jwt_claim
    return f"user#{claims['sub']}"


@app.get("/")
def get_page() -> Response[str]:
    return Response(200, content_type="text/html", body=PAGE)


@app.post("/v1/videos")
@tracer.capture_method
def create_video(request: VideoRequest) -> tuple[Video, int]:
    return video(store.create(owner(), request.model_dump())), 202


@app.get("/v1/videos")
@tracer.capture_method
def list_videos(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> VideoPage:
    return page(store.queried(owner(), limit=limit))


@app.get("/v1/videos/<video_id>")
@tracer.capture_method
def get_video(video_id: str) -> Video:
    try:
        return video(store.status(owner(), video_id))
    except store.NotFound:
        raise NotFoundError("There is no such video.") from None


@app.get("/s/<token>")
@tracer.capture_method
def get_shared_video(token: str) -> Response[str]:
    try:
        shown = video(store.shared(token))
    except store.NotFound:
        raise NotFoundError("There is no such video.") from None
    text = SHARE_PAGE.format(title=escape(shown.final_prompt), url=shown.video_url)
    return Response(200, content_type="text/html", body=text)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
