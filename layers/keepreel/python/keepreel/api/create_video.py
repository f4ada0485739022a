"""What a POST of a video answers, in both flows: the videos that were made, or, for a dry run, what they would cost."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from keepreel.api import http, serializers
from keepreel.db import quotas
from keepreel.schemas import validation
from keepreel.videos.create import check_image, create
from keepreel.videos.spec import CreateRequest


def answer(app: APIGatewayHttpResolver, request: CreateRequest, *, is_dry_run: bool) -> Response[str]:
    key = validation.idempotency_key(app.current_event.headers.get("idempotency-key"))
    if is_dry_run:
        spec = request.resolve()
        check_image(spec)
        return http.answer(200, serializers.dry_run_json(spec, quotas.remaining(spec.payer)))
    created = create(request, key=key)
    shown = serializers.created_json(created.videos)
    return http.answer(
        202,
        shown,
        Location=shown["links"]["self"],
        Retry_After=http.retry_after(shown),
        Idempotent_Replayed="true" if created.replayed else None,
    )
