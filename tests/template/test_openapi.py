"""The OpenAPI document matches the handlers, the template and the responses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keepreel.db.status import Status
from local.tools import openapi
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
