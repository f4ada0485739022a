"""What a POST of a video answers, in both flows: the videos that were made, or, for a dry run, what they would cost."""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from keepreel import api, generation, inputs, limits, views
from keepreel.orders import Asked


def answer(app: APIGatewayHttpResolver, asked: Asked, *, is_dry_run: bool) -> Response[str]:
    key = inputs.idempotency_key(app.current_event.headers.get("idempotency-key"))
    if is_dry_run:
        order = asked.order()
        generation.check_image(order)
        return api.answer(200, views.dry_run_json(order, limits.remaining(order.payer)))
    created = generation.create(asked, key=key)
    shown = views.created_json(created.videos)
    return api.answer(
        202,
        shown,
        Location=shown["links"]["self"],
        Retry_After=api.retry_after(shown),
        Idempotent_Replayed="true" if created.replayed else None,
    )
