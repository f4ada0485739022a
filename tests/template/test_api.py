"""Authorization, CORS, throttling and access logs of the API, as the template declares them."""

import re
from typing import Any

from tests.template.as_deployed import AsDeployed, read

PAID = {
    "POST /v1/videos",
    "POST /v1/communities/{community_id}/videos",
    "POST /v1/videos/{video_id}/remix",
    "POST /v1/videos/{video_id}/retry",
    "POST /v1/communities/{community_id}/videos/{video_id}/remix",
    "POST /v1/communities/{community_id}/videos/{video_id}/retry",
    "POST /v1/uploads",
}
PUBLIC: list[dict[str, list[str]]] = [{"NONE": []}]
SIGNED_IN: list[dict[str, list[str]]] = [{"Cognito": []}]

ROUTES = {
    ("post", "/v1/uploads"): SIGNED_IN,
    ("post", "/v1/videos"): SIGNED_IN,
    ("get", "/v1/videos"): SIGNED_IN,
    ("get", "/v1/videos/{video_id}"): SIGNED_IN,
    ("get", "/v1/videos/{video_id}/download"): SIGNED_IN,
    ("get", "/v1/videos/{video_id}/credentials"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}/videos/{video_id}/credentials"): SIGNED_IN,
    ("get", "/v1/communities"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}"): SIGNED_IN,
    ("put", "/v1/communities/{community_id}"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}/prompt"): SIGNED_IN,
    ("post", "/v1/communities/{community_id}/videos"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}/videos"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}/videos/{video_id}"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}/videos/{video_id}/download"): SIGNED_IN,
    ("get", "/v1/models"): SIGNED_IN,
    ("get", "/v1/templates"): SIGNED_IN,
    ("head", "/v1/videos/{video_id}/download"): SIGNED_IN,
    ("post", "/v1/videos/{video_id}/share"): SIGNED_IN,
    ("delete", "/v1/videos/{video_id}/share"): SIGNED_IN,
    ("post", "/v1/videos/{video_id}/remix"): SIGNED_IN,
    ("post", "/v1/videos/{video_id}/retry"): SIGNED_IN,
    ("post", "/v1/videos/{video_id}/cancel"): SIGNED_IN,
    ("delete", "/v1/videos/{video_id}"): SIGNED_IN,
    ("head", "/v1/communities/{community_id}/videos/{video_id}/download"): SIGNED_IN,
    ("post", "/v1/communities/{community_id}/videos/{video_id}/share"): SIGNED_IN,
    ("delete", "/v1/communities/{community_id}/videos/{video_id}/share"): SIGNED_IN,
    ("post", "/v1/communities/{community_id}/videos/{video_id}/remix"): SIGNED_IN,
    ("post", "/v1/communities/{community_id}/videos/{video_id}/retry"): SIGNED_IN,
    ("post", "/v1/communities/{community_id}/videos/{video_id}/cancel"): SIGNED_IN,
    ("delete", "/v1/communities/{community_id}/videos/{video_id}"): SIGNED_IN,
    ("get", "/v1/stats"): SIGNED_IN,
    ("get", "/v1/communities/{community_id}/stats"): SIGNED_IN,
    ("post", "/callbacks/{provider}/{token}"): PUBLIC,
    ("get", "/v1/me/export"): SIGNED_IN,
    ("delete", "/v1/me"): SIGNED_IN,
    ("delete", "/v1/communities/{community_id}"): SIGNED_IN,
    ("get", "/v1/erasures/{erasure_id}"): PUBLIC,
    ("get", "/s/{token}"): PUBLIC,
    ("head", "/s/{token}"): PUBLIC,
    ("get", "/"): PUBLIC,
    ("get", "/static/{file+}"): PUBLIC,
    ("get", "/config.json"): PUBLIC,
    ("get", "/openapi.json"): PUBLIC,
    ("get", "/docs"): PUBLIC,
    ("get", "/docs/{asset}"): PUBLIC,
    ("x-amazon-apigateway-any-method", "$default"): PUBLIC,
}


def test_all_routes_require_a_signed_in_user_except_the_public_ones(resources: dict[str, Any]) -> None:
    paths = resources["HttpApi"]["Properties"]["Body"]["paths"]

    found = {(method, path): it.get("security") for path, methods in paths.items() for method, it in methods.items()}

    assert found == ROUTES


def test_tokens_must_be_issued_by_our_pool_for_our_client(resources: dict[str, Any]) -> None:
    schemes = resources["HttpApi"]["Properties"]["Body"]["components"]["securitySchemes"]

    authorizers = {name: scheme["x-amazon-apigateway-authorizer"] for name, scheme in schemes.items()}

    pool = {"Pool": {"Fn::If": ["OwnUserPool", {"Ref": "UserPool"}, {"Ref": "ExistingUserPool"}]}}

    assert authorizers == {
        "Cognito": {
            "type": "jwt",
            "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {
                "issuer": {"Fn::Sub": ["https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}", pool]},
                "audience": [{"Ref": "UserPoolClient"}],
            },
        }
    }


def test_cors_allows_only_named_origins(source: dict[str, Any]) -> None:
    cors = source["Resources"]["HttpApi"]["Properties"]["CorsConfiguration"]

    assert cors["AllowOrigins"] == [{"Ref": "ApiOrigin"}]
    assert "*" not in source["Parameters"]["ApiOrigin"]["Default"]
    assert "AllowCredentials" not in cors


def test_access_log_has_no_path_or_query(resources: dict[str, Any]) -> None:
    stage = resources["HttpApiApiGatewayDefaultStage"]["Properties"]

    log_format = stage["AccessLogSettings"]["Format"]

    variables = set(re.findall(r"\$context\.([\w.]+)", log_format))
    assert variables == {
        "requestId",
        "requestTime",
        "routeKey",
        "status",
        "authorizer.claims.sub",
        "responseLength",
        "responseLatency",
        "error.responseType",
        "integration.requestId",
        "integration.integrationStatus",
        "integration.latency",
    }


def test_throttles_are_parameters_and_stricter_for_each_paid_route() -> None:
    by_default, chosen = read(), read(ApiRate="7", ApiBurst="8", PaidRate="3", PaidBurst="4")

    assert _throttles(by_default) == {"default": (200, 100), **dict.fromkeys(PAID, (60, 20))}
    assert _throttles(chosen) == {"default": (8, 7), **dict.fromkeys(PAID, (4, 3))}


def _throttles(deployed: AsDeployed) -> dict[str, tuple[int, int]]:
    """Return burst and rate of each route that has its own, except of static files."""
    api = deployed.properties("HttpApi")
    settings = {"default": api["DefaultRouteSettings"], **api["RouteSettings"]}
    del settings["GET /static/{file+}"]
    return {key: (int(it["ThrottlingBurstLimit"]), int(it["ThrottlingRateLimit"])) for key, it in settings.items()}


def test_static_files_are_throttled_less_than_the_api() -> None:
    files = read().properties("HttpApi")["RouteSettings"]["GET /static/{file+}"]

    assert files == {"ThrottlingBurstLimit": 1000, "ThrottlingRateLimit": 500}


def test_sign_up_needs_an_invitation_and_sign_in_does_not_reveal_accounts(source: dict[str, Any]) -> None:
    pool = source["Resources"]["UserPool"]["Properties"]
    client = source["Resources"]["UserPoolClient"]["Properties"]

    assert source["Parameters"]["SelfSignUp"]["Default"] == "no"
    assert source["Parameters"]["DemoUser"]["Default"] == ""
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": {"Fn::If": ["IsInvitationOnly", True, False]}}
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["GenerateSecret"] is False
    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (1, "hours")
