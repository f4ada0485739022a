"""Respond to a POST that creates videos: the created videos, or for a dry run the price and the remaining quotas."""

from keepreel import pause
from keepreel.api import http, video_serializers
from keepreel.db import quotas
from keepreel.powertools import APIGatewayHttpResolver, Response
from keepreel.schemas import validation
from keepreel.videos.create import create
from keepreel.videos.image_checks import check_images
from keepreel.videos.spec import CreateRequest


def respond(app: APIGatewayHttpResolver, request: CreateRequest, *, is_dry_run: bool = False) -> Response[str]:
    key = validation.idempotency_key(app.current_event.headers.get("idempotency-key"))
    if is_dry_run:
        spec = request.resolve()
        check_images(spec)
        remaining = quotas.remaining(spec.payer)
        return http.json_response(200, video_serializers.dry_run_json(spec, remaining, is_paused=pause.is_paused()))
    created = create(request, key=key)
    content = video_serializers.created_json(created.videos)
    return http.json_response(
        202,
        content,
        Location=content["links"]["self"],
        Retry_After=http.retry_after(content),
        Idempotent_Replayed="true" if created.replayed else None,
    )
