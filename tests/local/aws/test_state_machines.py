"""Workflows share the parsed definition, and nothing else."""

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from tests.local.aws.event_services import Services

WORKFLOWS = 6
RETRIES = 3


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The definitions that moto parses from now on."""
    definitions: list[str] = []
    parse = AmazonStateLanguageParser.parse

    def note(definition: str) -> Any:
        definitions.append(definition)
        return parse(definition)

    monkeypatch.setattr(AmazonStateLanguageParser, "parse", staticmethod(note))
    return definitions


def test_workflows_at_once_parse_once_and_count_their_own_retries(
    services: Services, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda _seconds: None))
    retry = {"ErrorEquals": ["ZeroDivisionError"], "MaxAttempts": RETRIES, "IntervalSeconds": 1}
    step = {"Type": "Task", "Resource": services.resources.attribute("Crash", "Arn"), "Retry": [retry], "End": True}
    client = boto3.client("stepfunctions")
    machine = client.create_state_machine(
        name=f"test-{uuid4()}",
        definition=json.dumps({"StartAt": "Fail", "States": {"Fail": step}}),
        roleArn="arn:aws:iam::123456789012:role/local",
    )["stateMachineArn"]
    parsed.clear()

    for number in range(WORKFLOWS):
        client.start_execution(stateMachineArn=machine, name=str(number), input=json.dumps({"number": number}))
    services.stack.wait_until_idle()
    client.delete_state_machine(stateMachineArn=machine)

    tries = [sum(event == {"number": number} for event in services.runs) for number in range(WORKFLOWS)]
    assert (tries, len(parsed)) == ([1 + RETRIES] * WORKFLOWS, 1)
