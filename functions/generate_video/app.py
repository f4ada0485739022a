"""POST /v1/uploads and POST /v1/videos: a form for a source image, and a video asked for."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, generation, inputs, uploads, views
from keepreel.inputs import UploadRequest, VideoRequest

app = api.resolver()


@app.post("/v1/uploads")
def create_upload() -> Response[str]:
    request = api.parse(app, UploadRequest)
    upload = uploads.new(owner=api.owner(app), content_type=request.content_type)
    return api.answer(201, views.upload_json(upload))


@app.post("/v1/videos")
def create_video() -> Response[str]:
    owner = api.owner(app)
    created = generation.create(
        api.parse(app, VideoRequest),
        owner=owner,
        created_by=owner,
        key=inputs.idempotency_key(app.current_event.headers.get("idempotency-key")),
    )
    video = views.video_json(created.videos[0])
    return api.answer(
        202,
        video,
        Location=video["links"]["self"],
        Retry_After=api.retry_after(video),
        Idempotent_Replayed="true" if created.replayed else None,
    )


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
