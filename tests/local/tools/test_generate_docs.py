"""The generated sections of docs/: the API reference and the configuration tables."""

import json
import re
from typing import Any

import pytest

from keepreel.models import catalog
from local.aws.template import parsed
from local.paths import ROOT
from local.tools import api_reference, configuration_tables, generate_docs, running_cost
from local.tools.cost import per_video, prices
from local.tools.markdown import table

TEMPLATE: dict[str, Any] = parsed(ROOT / "template.yaml")
OPENAPI: dict[str, Any] = json.loads((ROOT / "functions/web/openapi.json").read_text(encoding="utf-8"))


def test_a_section_is_replaced_between_its_markers() -> None:
    text = "Before\n<!-- generated: parameters -->\nold\n<!-- end -->\nAfter\n"

    assert generate_docs.with_sections(text, {"parameters": lambda: "new\n"}) == (
        "Before\n<!-- generated: parameters -->\n\nnew\n\n<!-- end -->\nAfter\n"
    )


def test_an_unknown_section_is_an_error() -> None:
    with pytest.raises(KeyError, match="missing"):
        generate_docs.with_sections("<!-- generated: missing -->\n<!-- end -->", {})


def test_every_section_is_used_in_a_document() -> None:
    text = "\n".join(document.read_text(encoding="utf-8") for document in generate_docs.documents())

    assert set(re.findall("<!-- generated: (.+) -->", text)) == generate_docs.SECTIONS.keys()


def test_the_committed_documents_are_up_to_date() -> None:
    assert generate_docs.main(["--check"]) == 0


def test_a_pipe_in_a_cell_is_escaped() -> None:
    assert table(("a", "b"), [("x|y", "")]) == "| a | b |\n| --- | --- |\n| x\\|y | |"


def test_every_operation_of_the_api_has_a_heading() -> None:
    headings = re.findall(r"^### ([A-Z]+ /.*)$", api_reference.operations(), re.MULTILINE)

    assert sorted(headings) == sorted(
        f"{method.upper()} {path}" for path, methods in OPENAPI["paths"].items() for method in methods
    )


def test_every_schema_that_is_linked_has_a_heading() -> None:
    text = f"{api_reference.operations()}\n{api_reference.schemas()}"
    headings = {it.lower() for it in re.findall(r"^### (\w+)$", text, re.MULTILINE)}

    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= headings


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "maxLength": 80}, "string, at most 80 characters"),
        ({"type": "integer", "minimum": 1, "maximum": 4, "default": 1}, "integer, 1 to 4, default `1`"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 3}, "list of string, at most 3 items"),
        ({"anyOf": [{"$ref": "#/components/schemas/Cost"}, {"type": "null"}]}, "[Cost](#cost) or null"),
        ({"enum": ["intro", "promo"], "type": "string"}, '`"intro"`, `"promo"`'),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object of string"),
    ],
)
def test_a_type_is_written_in_words(schema: dict[str, Any], words: str) -> None:
    assert api_reference._type(schema) == words


def test_every_parameter_is_listed_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\|", configuration_tables.parameters(), re.MULTILINE)

    assert dict(rows) == {name: str(it.get("Default", "")) for name, it in TEMPLATE["Parameters"].items()}


def test_every_environment_variable_is_listed() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", configuration_tables.environment(), re.MULTILINE)

    assert rows == list(TEMPLATE["Globals"]["Function"]["Environment"]["Variables"])


def test_every_model_is_listed_with_its_price() -> None:
    rows = re.findall(r"^\| `([^`]+)`.*\$", configuration_tables.models(), re.MULTILINE)

    assert rows == list(catalog.models())


def test_the_readme_has_the_running_cost() -> None:
    per_month = prices.total_usd(running_cost.PER_MONTH)

    assert f"${per_video.usd():.4f} per video and ${per_month:.2f} per month" in (ROOT / "README.md").read_text()


def test_the_running_cost_counts_every_alarm() -> None:
    alarms = [it for it in TEMPLATE["Resources"].values() if it["Type"] == "AWS::CloudWatch::Alarm"]
    metrics = [
        metric
        for alarm in alarms
        for metric in alarm["Properties"].get("Metrics", [{"MetricStat": alarm}])
        if "MetricStat" in metric
    ]

    counted = next(it for it in running_cost.PER_MONTH if it.name == "Alarm metrics")
    assert counted.count == len(metrics)
