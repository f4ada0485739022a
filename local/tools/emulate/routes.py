"""The routes of the HTTP API: MiniStack ignores the OpenAPI document in the template, so they are made one by one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.tools.emulate.emulator import ACCOUNT, REGION, Emulator

_FUNCTION = re.compile(r"functions/\$\{(\w+?)(?:Aliaslive)?[.:}]")


def create(emulator: Emulator, template: Mapping[str, Any], created: Mapping[str, str]) -> int:
    """Create the authorizer and the routes of the template's document, and return the number of routes."""
    gateway, api = emulator.client("apigatewayv2"), created["HttpApi"]
    authorizer = gateway.create_authorizer(
        ApiId=api,
        AuthorizerType="JWT",
        Name="Cognito",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={
            "Issuer": f"https://cognito-idp.{REGION}.amazonaws.com/{created['UserPool']}",
            "Audience": [created["UserPoolClient"]],
        },
    )["AuthorizerId"]
    routes = list(_routes(template["Resources"]["HttpApi"]["Properties"]["Body"]))
    for key, function, is_signed_in in routes:
        integration = gateway.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{created[function]}",
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        authorization = {"AuthorizationType": "JWT", "AuthorizerId": authorizer} if is_signed_in else {}
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration}", **authorization)
    return len(routes)


def _routes(document: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield key, function and whether a token is needed."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            integration = operation.get("x-amazon-apigateway-integration", {})
            found = _FUNCTION.search(str(integration.get("uri", "")))
            if found:
                key = "$default" if "$default" in path else f"{method.upper()} {path}"
                yield key, found[1], any("Cognito" in it for it in operation.get("security", ()))
