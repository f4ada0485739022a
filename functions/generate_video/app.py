"""POST /v1/uploads and POST /v1/videos: a form for a source image, and videos asked for."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, ordering, orders, uploads, views
from keepreel.inputs import UploadRequest, VideoRequest

app = api.resolver()


@app.post("/v1/uploads")
def create_upload() -> Response[str]:
    request = api.parse(app, UploadRequest)
    upload = uploads.new(owner=api.owner(app), content_type=request.content_type)
    return api.answer(201, views.upload_json(upload))


@app.post("/v1/videos")
def create_video() -> Response[str]:
    request = api.parse(app, VideoRequest)
    order = orders.of_person(request, owner=api.owner(app))
    return ordering.answer(app, order, is_dry_run=request.dry_run)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
