"""A visitor's address: the one that the gateway saw or, for a request through our CDN, the one that the CDN saw."""

import hmac

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.logs import logger
from keepreel.settings import settings

_CDN_HEADER = "x-keepreel-cdn"  # the CDN adds it with a secret value to each request


def address(event: APIGatewayProxyEventV2) -> str:
    """Return the address of the visitor. A forwarded address counts only if our CDN has added it.

    The CDN appends the visitor's address to x-forwarded-for, and the gateway appends the CDN's own.
    """
    forwarded = (event.headers.get("x-forwarded-for") or "").split(",")
    if len(forwarded) > 1 and _is_from_cdn(event.headers.get(_CDN_HEADER)):
        return forwarded[-2].strip()
    return event.request_context.http.source_ip


def _is_from_cdn(value: str | None) -> bool:
    if not value:
        return False
    try:
        secret = str(aws.secret(settings().cdn_secret_name)["key"])
    except STORE_ERRORS as error:
        logger.warning("CDN secret not read", extra={"reason": type(error).__name__})
        return False
    return hmac.compare_digest(value.encode(), secret.encode())
