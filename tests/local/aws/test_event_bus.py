"""The bus on the wire: PutEvents reaches the functions whose rules match, and a failure reaches the queue."""

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests

from local.aws import event_bus, executions, lambda_functions
from local.aws.lambda_invoker import Invoker
from local.aws.resources import Resources
from local.aws.template import Template, TemplateError
from local.stack import Stack

TEMPLATE = """
Resources:
  EventBus: { Type: AWS::Events::EventBus, Properties: { Name: !Sub "${AWS::StackName}-bus" } }
  Failures: { Type: AWS::SQS::Queue }
  MayFail:
    Type: AWS::SQS::QueuePolicy
    Properties: { Queues: [!Ref Failures], PolicyDocument: { Statement: [] } }
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: tests/local/
      Handler: handlers.echo
      Environment: { Variables: { BUS: !Ref EventBus, BUS_ARN: !GetAtt EventBus.Arn, BUS_NAME: !GetAtt EventBus.Name } }
      Events:
        Launched:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref EventBus
            Pattern: { source: [test], detail-type: [TokenLaunched] }
            RetryPolicy: { MaximumRetryAttempts: 3 }
            DeadLetterConfig: { Arn: !GetAtt Failures.Arn }
        Asleep:
          Type: EventBridgeRule
          Properties: { EventBusName: !Ref EventBus, Pattern: { detail-type: [Asleep] }, State: DISABLED }
  Crash:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: tests/local/
      Handler: handlers.crash
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failures.Arn } }
      Events:
        Broken:
          Type: EventBridgeRule
          Properties: { EventBusName: !GetAtt EventBus.Arn, Pattern: { detail: { wish: [{ prefix: crash }] } } }
"""


@dataclass(frozen=True, kw_only=True)
class Small:
    """The stack's cloud, while it serves the functions of the template above."""

    stack: Stack
    resources: Resources
    invoker: Invoker
    bus_name: str
    runs: list[Any] = field(default_factory=list)  # the events that functions got

    def entry(self, **fields: Any) -> Any:
        usual = {"EventBusName": self.bus_name, "Source": "test", "DetailType": "TokenLaunched", "Detail": "{}"}
        return {**usual, **fields}

    def put(self, *entries: Any) -> list[Any]:
        answer = boto3.client("events").put_events(Entries=entries)
        self.stack.wait_until_idle()
        return list(answer["Entries"])

    def ask_as_a_shell(self, target: str, body: Any) -> Any:
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        answer = requests.post(self.stack.aws_endpoint, headers=headers, data=json.dumps(body), timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()


def read(text: str, *, tmp_path: Path) -> tuple[Template, Resources]:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    template = Template(path, parameters={}, stack_name=f"test-{uuid4()}")
    return template, Resources(template, public_host="127.0.0.1:1", secrets={})


@pytest.fixture
def small(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    template, resources = read(TEMPLATE, tmp_path=tmp_path)
    resources.create()
    invoker = Invoker(lambda_functions.functions(template, resources))
    invoker.load()
    name = resources.attribute("EventBus", "Name")
    small = Small(stack=stack, resources=resources, invoker=invoker, bus_name=name)
    invoker.before = lambda _, event: small.runs.append(event)
    for name in ("_invoker", "async_invoker", "event_bus"):  # to be given back
        monkeypatch.setattr(stack.aws, name, getattr(stack.aws, name))
    stack.aws.set_functions(invoker, rules=event_bus.rules(template, resources))
    return small


def test_an_event_reaches_the_function_whose_rule_it_matches(small: Small) -> None:
    detail = '{"community_id": "sophia"}'
    (answer,) = small.put(small.entry(Detail=detail, Resources=["arn:x"], Time=1767323045))

    event = {
        "version": "0",
        "id": answer["EventId"],
        "detail-type": "TokenLaunched",
        "source": "test",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:x"],
        "detail": {"community_id": "sophia"},
    }
    assert small.runs == [event]
    assert list(small.stack.event_bus.events) == [event]


@pytest.mark.parametrize(
    "fields",
    [{"Source": "other"}, {"DetailType": "Other"}, {"EventBusName": "default"}, {"DetailType": "Asleep"}],
    ids=lambda it: str(it),
)
def test_an_event_that_no_rule_matches_reaches_nobody_and_is_still_seen(fields: Any, small: Small) -> None:
    (answer,) = small.put(small.entry(**fields))

    assert [it["id"] for it in small.stack.event_bus.events] == [answer["EventId"]]
    assert small.runs == []


@pytest.mark.parametrize("detail", ["", "{"])
def test_an_entry_that_is_refused_reaches_nobody(detail: str, small: Small) -> None:
    (answer,) = small.put(small.entry(Detail=detail))

    assert "EventId" not in answer
    assert (small.runs, list(small.stack.event_bus.events)) == ([], [])


def test_of_several_entries_each_event_has_the_id_that_it_was_answered_with(small: Small) -> None:
    first, _, last = small.put(*(small.entry(Detail=detail) for detail in ('{"n": 1}', "nonsense", '{"n": 2}')))

    assert {it["id"]: it["detail"] for it in small.runs} == {first["EventId"]: {"n": 1}, last["EventId"]: {"n": 2}}


def test_a_bus_is_known_by_its_arn_too(small: Small) -> None:
    small.put(small.entry(EventBusName=small.resources.attribute("EventBus", "Arn")))

    assert len(small.runs) == 1


def test_an_event_that_its_function_fails_on_ends_in_the_queue_with_the_reason(small: Small) -> None:
    small.put(small.entry(Detail='{"wish": "crash, please"}', DetailType="Other"))
    queue = small.resources.attribute("Failures", "Ref")
    (message,) = small.ask_as_a_shell("AmazonSQS.ReceiveMessage", {"QueueUrl": queue})["Messages"]
    failure = json.loads(message["Body"])

    assert len(small.runs) == 2
    assert failure["requestContext"]["approximateInvokeCount"] == 2
    assert failure["requestPayload"] == small.runs[0]
    assert failure["responsePayload"]["errorMessage"] == "no number will do"


def test_a_shell_can_put_an_event_without_signing_it(small: Small) -> None:
    answer = small.ask_as_a_shell("AWSEvents.PutEvents", {"Entries": [small.entry(Detail='{"n": 1}')]})
    small.stack.wait_until_idle()

    assert answer["FailedEntryCount"] == 0
    assert [it["detail"] for it in small.runs] == [{"n": 1}]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/x-www-form-urlencoded"}])
def test_a_shell_can_invoke_a_function_without_waiting_for_it(headers: dict[str, str], small: Small) -> None:
    name = small.resources.attribute("Echo", "Ref")
    url = f"{small.stack.aws_endpoint}/2015-03-31/functions/{name}/invocations"

    answer = requests.post(url, headers={"X-Amz-Invocation-Type": "Event", **headers}, data='{"n": 1}', timeout=10)
    small.stack.wait_until_idle()

    assert (answer.status_code, answer.content) == (202, b"")
    assert small.runs == [{"n": 1}]


def test_an_unknown_function_cannot_be_invoked_so_either(small: Small) -> None:
    client = boto3.client("lambda")

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="nobody", InvocationType="Event", Payload=b"{}")


def test_what_still_runs_is_waited_for_and_named(small: Small) -> None:
    release = threading.Event()

    def hold(_: str, __: Any) -> None:
        release.wait(10)

    small.invoker.before = hold
    small.stack.aws.async_invoker.invoke("Echo", {})
    with pytest.raises(TimeoutError, match="still running: local"):
        small.stack.wait_until_idle(timeout_seconds=0)
    release.set()
    small.stack.wait_until_idle()

    assert small.stack.aws.running() == []


def test_a_workflows_last_event_is_not_overlooked(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def end_with_an_event() -> list[Any]:
        boto3.client("events").put_events(Entries=[small.entry()])
        return []

    with monkeypatch.context() as patch:
        patch.setattr(executions, "running", end_with_an_event)
        running = small.stack.aws.running()
    small.stack.wait_until_idle()

    assert running == ["an event"]


def test_a_cloud_that_ends_takes_an_event_and_starts_nothing(small: Small) -> None:
    small.stack.aws.quiesce()

    small.put(small.entry())

    assert (len(small.stack.event_bus.events), small.stack.aws.async_invoker.accepted, small.runs) == (1, 0, [])


def test_the_stacks_own_rules_are_followed(stack: Stack) -> None:
    runs: list[Any] = []
    stack.invoker.before = lambda folder, event: runs.append((folder, event["detail"]))
    created = {"DetailType": "CommunityCreated", "Detail": '{"community_id": "nobody"}'}  # no intro video is wanted
    entry: Any = {"EventBusName": stack.describe()["event_bus"], "Source": "test", **created}

    boto3.client("events").put_events(Entries=[entry])
    stack.wait_until_idle()
    stack.invoker.before = None

    assert runs == [("generate_bot_video", {"community_id": "nobody"})]


def test_the_bus_is_made_and_functions_know_its_name(small: Small, tmp_path: Path) -> None:
    described = boto3.client("events").describe_event_bus(Name=small.bus_name)
    template, _ = read(TEMPLATE, tmp_path=tmp_path)
    echo = lambda_functions.functions(template, small.resources)[0]

    assert echo.variables == {"BUS": small.bus_name, "BUS_NAME": small.bus_name, "BUS_ARN": described["Arn"]}


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    _, resources = read(TEMPLATE, tmp_path=tmp_path)

    assert resources.not_emulated() == ["function limits", "IAM"]


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ('{ Pattern: { source: [a] }, Input: "{}" }', r"Other\.Now: .* Input$"),
        ('{ Pattern: { source: [a] }, InputPath: "$.detail" }', r"Other\.Now: .* InputPath$"),
        ("{ Pattern: { source: a } }", r"Other\.Now: .* 'source' must be an object or an array"),
    ],
)
def test_a_rule_that_nothing_here_can_follow_is_refused_by_name(properties: str, words: str, tmp_path: Path) -> None:
    event = f"{{ Type: EventBridgeRule, Properties: {properties} }}"
    function = f"{{ CodeUri: f/o/, Handler: app.f, Events: {{ Now: {event} }} }}"
    text = f"Resources: {{ Other: {{ Type: AWS::Serverless::Function, Properties: {function} }} }}"

    with pytest.raises(TemplateError, match=words):
        event_bus.rules(*read(text, tmp_path=tmp_path))
