"""Who may call what, as the template says it; a new route or a public one shows here first."""

import re
from typing import Any

FOR_EVERYBODY: list[dict[str, list[str]]] = [{"NONE": []}]
SIGNED_IN: list[dict[str, list[str]]] = [{"Cognito": []}]

ROUTES = {
    ("post", "/v1/uploads"): SIGNED_IN,
    ("post", "/v1/videos"): SIGNED_IN,
    ("get", "/v1/videos"): SIGNED_IN,
    ("get", "/v1/videos/{video_id}"): SIGNED_IN,
    ("get", "/v1/videos/{video_id}/download"): SIGNED_IN,
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
    ("get", "/s/{token}"): FOR_EVERYBODY,
    ("head", "/s/{token}"): FOR_EVERYBODY,
    ("get", "/"): FOR_EVERYBODY,
    ("get", "/static/{file+}"): FOR_EVERYBODY,
    ("get", "/config.json"): FOR_EVERYBODY,
    ("get", "/openapi.json"): FOR_EVERYBODY,
    ("get", "/docs"): FOR_EVERYBODY,
    ("get", "/docs/{asset}"): FOR_EVERYBODY,
    ("x-amazon-apigateway-any-method", "$default"): FOR_EVERYBODY,
}


def test_every_route_wants_a_signed_in_user_but_for_those_named_here(resources: dict[str, Any]) -> None:
    paths = resources["HttpApi"]["Properties"]["Body"]["paths"]

    found = {(method, path): it.get("security") for path, methods in paths.items() for method, it in methods.items()}

    assert found == ROUTES


def test_a_token_must_come_from_our_pool_for_our_client(resources: dict[str, Any]) -> None:
    schemes = resources["HttpApi"]["Properties"]["Body"]["components"]["securitySchemes"]

    authorizers = {name: scheme["x-amazon-apigateway-authorizer"] for name, scheme in schemes.items()}

    assert authorizers == {
        "Cognito": {
            "type": "jwt",
            "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {
                "issuer": {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${UserPool}"},
                "audience": [{"Ref": "UserPoolClient"}],
            },
        }
    }


def test_other_pages_call_the_api_from_named_origins_alone(source: dict[str, Any]) -> None:
    cors = source["Resources"]["HttpApi"]["Properties"]["CorsConfiguration"]

    assert cors["AllowOrigins"] == [{"Ref": "ApiOrigin"}]
    assert "*" not in source["Parameters"]["ApiOrigin"]["Default"]
    assert "AllowCredentials" not in cors


def test_the_access_log_holds_no_path_and_no_query(resources: dict[str, Any]) -> None:
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
        "error.messageString",
        "integrationErrorMessage",
    }


def test_requests_are_throttled_and_paid_ones_more(resources: dict[str, Any]) -> None:
    stage = resources["HttpApiApiGatewayDefaultStage"]["Properties"]

    everything, paid = stage["DefaultRouteSettings"], stage["RouteSettings"]["POST /v1/videos"]

    assert 0 < paid["ThrottlingRateLimit"] < everything["ThrottlingRateLimit"]
    assert 0 < paid["ThrottlingBurstLimit"] < everything["ThrottlingBurstLimit"]


def test_what_a_page_is_made_of_may_come_all_at_once(resources: dict[str, Any]) -> None:
    stage = resources["HttpApiApiGatewayDefaultStage"]["Properties"]

    everything, files = stage["DefaultRouteSettings"], stage["RouteSettings"]["GET /static/{file+}"]

    assert files["ThrottlingBurstLimit"] > everything["ThrottlingBurstLimit"]
    assert files["ThrottlingRateLimit"] > everything["ThrottlingRateLimit"]


def test_accounts_are_by_invitation_and_sign_in_tells_nothing_about_who_has_one(source: dict[str, Any]) -> None:
    pool = source["Resources"]["UserPool"]["Properties"]
    client = source["Resources"]["UserPoolClient"]["Properties"]

    assert source["Parameters"]["SelfSignUp"]["Default"] == "no"
    assert source["Parameters"]["DemoUser"]["Default"] == ""
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": {"Fn::If": ["IsInvitationOnly", True, False]}}
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["GenerateSecret"] is False
    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (1, "hours")
