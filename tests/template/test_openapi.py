"""The OpenAPI document matches the handlers, the template and the responses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keepreel.db.status import Status
from local.tools import api_types, openapi
from local.tools.api_operations import Operation, operations

DOCUMENT: dict[str, Any] = openapi.document()
OPERATIONS = operations()
EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.id)


def test_openapi_json_is_up_to_date() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text(), "run `make openapi`"


def test_an_outdated_file_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(openapi, "FILE", tmp_path / "openapi.json")
    openapi.FILE.write_text(openapi.text().replace("Keepreel", "Something else"))

    codes = [openapi.main(arguments) for arguments in (["--check"], [], ["--check"])]

    assert codes == [1, 0, 0]
    assert capsys.readouterr().err == "openapi.json is out of date; run `make openapi`\n"


def test_operations_match_the_routes_of_the_template(resources: dict[str, Any]) -> None:
    paths = resources["HttpApi"]["Properties"]["Body"]["paths"]
    routes = {
        (method, path.replace("+}", "}")): it  # OpenAPI knows no parameter with slashes in it
        for path, methods in paths.items()
        if path != "$default"
        for method, it in methods.items()
    }
    documented = {(method, path): it for path, methods in DOCUMENT["paths"].items() for method, it in methods.items()}

    assert documented.keys() == routes.keys()
    assert {at for at, it in documented.items() if it.get("security") == []} == {
        at for at, it in routes.items() if it["security"] == [{"NONE": []}]
    }


def test_all_references_resolve_and_all_schemas_are_used() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))

    assert used == set(schemas)


def test_operation_ids_are_unique() -> None:
    names = [it.id for it in OPERATIONS]

    assert sorted(names) == sorted(set(names))


@EACH
def test_each_operation_has_a_summary_parameters_and_responses(operation: Operation) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]

    assert 10 < len(described["summary"]) < 120
    assert [it["name"] for it in described["parameters"] if it["in"] == "path"] == operation.parameters
    assert described["responses"].keys() & {"200", "201", "202", "204", "302"}
    assert operation.is_public or "401" in described["responses"]


def test_documented_statuses_are_the_visible_ones() -> None:
    shown = DOCUMENT["components"]["schemas"]["Video"]["properties"]["status"]["enum"]

    assert set(shown) == set(Status) - {Status.DELETING}


def test_request_fields_have_no_default_because_type_generators_take_it_for_required() -> None:
    bodies = {name: it for name, it in DOCUMENT["components"]["schemas"].items() if name.endswith("Request")}

    assert {name: it.get("required", []) for name, it in bodies.items()} == {
        "BotVideoRequest": ["type"],
        "CommunityRequest": ["name"],
        "ErasureRequest": ["email"],
        "MotionRequest": ["id"],
        "RemixRequest": [],
        "RetryRequest": [],
        "ShareRequest": [],
        "ShotRequest": ["prompt", "duration_seconds"],
        "UploadRequest": ["content_type"],
        "VideoRequest": [],
    }
    assert '"default":' not in json.dumps(DOCUMENT["components"]["schemas"]).replace('"default": {"', "")
    assert '"default": null' not in json.dumps(DOCUMENT)


def test_shipped_types_belong_to_the_document() -> None:
    assert api_types.is_current(openapi.text()), "run `make openapi`"


def test_outdated_types_fail_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(api_types, "FILE", tmp_path / "api-types.d.ts")

    assert openapi.main(["--check"]) == 1
    assert capsys.readouterr().err == "api-types.d.ts is out of date; run `make openapi`, which needs npm\n"


@EACH
def test_each_operation_documents_the_gateways_own_errors(operation: Operation) -> None:
    responses = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]

    for status in ("429", "500", "503"):
        schema = responses[status]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/GatewayMessage"}
    has_limits = "application/problem+json" in responses["429"]["content"]
    assert has_limits == operation.documentation.creates_videos


@EACH
def test_each_operation_and_parameter_is_described(operation: Operation) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]

    assert described["description"]
    assert [it["name"] for it in described["parameters"] if not it.get("description")] == []
    assert described["description"] != described["summary"]


def test_document_has_a_license_and_describes_its_tags() -> None:
    used = {tag for methods in DOCUMENT["paths"].values() for it in methods.values() for tag in it["tags"]}

    assert DOCUMENT["info"]["license"] == {"name": "MIT license", "identifier": "MIT"}
    assert {it["name"] for it in DOCUMENT["tags"] if it["description"]} == used


def test_each_schema_and_field_is_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    fields = [
        (name, field, it) for name, schema in schemas.items() for field, it in schema.get("properties", {}).items()
    ]

    assert [name for name, it in schemas.items() if not it["description"]] == []
    assert [(name, field) for name, field, it in fields if not it.get("description")] == []


def test_links_fill_every_path_parameter_of_the_operation_that_they_lead_to() -> None:
    by_id = {it.id: it for it in OPERATIONS}
    links = [
        link
        for methods in DOCUMENT["paths"].values()
        for it in methods.values()
        for response in it["responses"].values()
        for link in response.get("links", {}).values()
    ]

    assert len(links) > 50
    for link in links:
        target = by_id[link["operationId"]]
        known = {it["name"] for it in DOCUMENT["paths"][target.path][target.method.lower()]["parameters"]}
        assert set(target.parameters) <= link["parameters"].keys() <= known


def test_a_created_video_links_to_its_status() -> None:
    for path, id in (("/v1/videos", "getVideo"), ("/v1/communities/{community_id}/videos", "getCommunityVideo")):
        link = DOCUMENT["paths"][path]["post"]["responses"]["202"]["links"][id]
        assert link["parameters"]["video_id"] == "$response.body#/id"


def test_repeats_are_described_at_every_route_that_creates_videos() -> None:
    creating = [it for it in OPERATIONS if it.documentation.creates_videos]

    assert len(creating) == 6
    for it in creating:
        assert "counts as a double click" in DOCUMENT["paths"][it.path][it.method.lower()]["description"]


def test_field_descriptions_are_not_empty() -> None:
    assert [words for words in _descriptions(DOCUMENT) if not words.strip()] == []


def _descriptions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("description"), str):
            yield value["description"]
        for it in value.values():
            yield from _descriptions(it)
    elif isinstance(value, list):
        for it in value:
            yield from _descriptions(it)
