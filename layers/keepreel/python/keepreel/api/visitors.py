"""A visitor's address: the one that the gateway saw or, for a request through our CDN, the one that the CDN saw."""

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from keepreel.api import cdn


def address(event: APIGatewayProxyEventV2) -> str:
    """Return the address of the visitor. A forwarded address counts only if our CDN has added it.

    The CDN appends the visitor's address to x-forwarded-for, and the gateway appends the CDN's own.
    """
    forwarded = (event.headers.get("x-forwarded-for") or "").split(",")
    if len(forwarded) > 1 and cdn.is_from_cdn(event.headers):
        return forwarded[-2].strip()
    return event.request_context.http.source_ip
