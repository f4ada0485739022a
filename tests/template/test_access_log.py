"""Lines of the access log are JSON, whatever a request contains, and name the request and the invocation."""

import json
import re
from typing import Any

import pytest

# What API Gateway writes for the variables of an HTTP API. A missing value is a hyphen, and nothing is escaped.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
HOSTILE = 'no "route" \\ for {"a":\n1}'
MISSING = "-"
PLAIN = {
    "requestId": "JKJaXmPLvHcESHA=",
    "integration.requestId": "3c4e4a4b-6d5b-4a43-8e0b-000000000000",
    "integration.integrationStatus": "200",
    "integration.latency": "24",
    "requestTime": "28/Nov/2026:12:00:00 +0000",
    "routeKey": "GET /static/{file+}",
    "status": "500",
    "error.responseType": "INTEGRATION_FAILURE",
    "authorizer.claims.sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "responseLength": "35",
    "responseLatency": "30",
}
TEXTS = ("error.message", "integrationErrorMessage", "integration.error", "authorizer.error", "identity.userAgent")
HOSTILE_VALUES = {**PLAIN, **dict.fromkeys(TEXTS, HOSTILE), "error.messageString": json.dumps(HOSTILE)}


@pytest.fixture
def log_format(resources: dict[str, Any]) -> str:
    (stage,) = (it["Properties"] for it in resources.values() if it["Type"] == "AWS::ApiGatewayV2::Stage")
    return str(stage["AccessLogSettings"]["Format"])


def rendered(log_format: str, values: dict[str, str]) -> str:
    return re.sub(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)", lambda name: values[name[1]], log_format)


def test_line_is_json_for_hostile_values(log_format: str) -> None:
    line = json.loads(rendered(log_format, HOSTILE_VALUES))

    assert (line["error"], line["status"]) == ("INTEGRATION_FAILURE", "500")


def test_line_is_json_without_values(log_format: str) -> None:
    line = json.loads(rendered(log_format, dict.fromkeys(HOSTILE_VALUES, MISSING)))

    assert set(line.values()) == {MISSING}


def test_line_names_the_request_and_the_invocation(log_format: str) -> None:
    line = json.loads(rendered(log_format, PLAIN))

    assert line["request_id"] == PLAIN["requestId"]
    assert line["function_request_id"] == PLAIN["integration.requestId"]
