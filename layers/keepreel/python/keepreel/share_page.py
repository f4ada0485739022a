"""A shared video's page, made on the server."""

from aws_lambda_powertools.event_handler import Response

from keepreel.models import Video


def shown(video: Video, *, url: str) -> Response[str]:
    raise NotImplementedError


def not_found() -> Response[str]:
    raise NotImplementedError
