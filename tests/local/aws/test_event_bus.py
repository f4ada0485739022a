"""PutEvents over HTTP invokes the functions with matching rules, and failed events go to the queue."""

import json
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from local.aws import executions, lambda_functions
from local.stack import Stack
from tests.local.aws.event_services import TEMPLATE, Services, read


def test_event_invokes_the_function_of_a_matching_rule(services: Services) -> None:
    detail = '{"community_id": "sophia"}'
    (response,) = services.put(services.entry(Detail=detail, Resources=["arn:x"], Time=1767323045))

    event = {
        "version": "0",
        "id": response["EventId"],
        "detail-type": "TokenLaunched",
        "source": "test",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:x"],
        "detail": {"community_id": "sophia"},
    }
    assert services.runs == [event]
    assert list(services.stack.event_bus.events) == [event]


@pytest.mark.parametrize(
    "fields",
    [{"Source": "other"}, {"DetailType": "Other"}, {"EventBusName": "default"}, {"DetailType": "Asleep"}],
    ids=lambda it: str(it),
)
def test_event_without_a_matching_rule_is_only_recorded(fields: Any, services: Services) -> None:
    (response,) = services.put(services.entry(**fields))

    assert [it["id"] for it in services.stack.event_bus.events] == [response["EventId"]]
    assert services.runs == []


@pytest.mark.parametrize("detail", ["", "{"])
def test_rejected_entry_invokes_nothing(detail: str, services: Services) -> None:
    (response,) = services.put(services.entry(Detail=detail))

    assert "EventId" not in response
    assert (services.runs, list(services.stack.event_bus.events)) == ([], [])


def test_each_event_has_the_id_from_the_response(services: Services) -> None:
    first, _, last = services.put(*(services.entry(Detail=detail) for detail in ('{"n": 1}', "nonsense", '{"n": 2}')))

    assert {it["id"]: it["detail"] for it in services.runs} == {first["EventId"]: {"n": 1}, last["EventId"]: {"n": 2}}


def test_bus_can_be_named_by_its_arn(services: Services) -> None:
    services.put(services.entry(EventBusName=services.resources.attribute("EventBus", "Arn")))

    assert len(services.runs) == 1


def test_failed_event_goes_to_the_queue_with_its_error(services: Services) -> None:
    services.put(services.entry(Detail='{"kind": "crash, please"}', DetailType="Other"))
    queue = services.resources.attribute("Failures", "Ref")
    (message,) = services.call_unsigned("AmazonSQS.ReceiveMessage", {"QueueUrl": queue})["Messages"]
    failure = json.loads(message["Body"])

    assert len(services.runs) == 2
    assert failure["requestContext"]["approximateInvokeCount"] == 2
    assert failure["requestPayload"] == services.runs[0]
    assert failure["responsePayload"]["errorMessage"] == "not a number"


def test_put_events_accepts_unsigned_requests(services: Services) -> None:
    response = services.call_unsigned("AWSEvents.PutEvents", {"Entries": [services.entry(Detail='{"n": 1}')]})
    services.stack.wait_until_idle()

    assert response["FailedEntryCount"] == 0
    assert [it["detail"] for it in services.runs] == [{"n": 1}]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/x-www-form-urlencoded"}])
def test_async_invocation_returns_202_at_once(headers: dict[str, str], services: Services) -> None:
    name = services.resources.attribute("Echo", "Ref")
    url = f"{services.stack.aws_endpoint}/2015-03-31/functions/{name}/invocations"

    response = requests.post(url, headers={"X-Amz-Invocation-Type": "Event", **headers}, data='{"n": 1}', timeout=60)
    services.stack.wait_until_idle()

    assert (response.status_code, response.content) == (202, b"")
    assert services.runs == [{"n": 1}]


def test_async_invocation_of_an_unknown_function_is_an_error(services: Services) -> None:
    client = boto3.client("lambda")

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="unknown", InvocationType="Event", Payload=b"{}")


def test_wait_until_idle_names_the_running_functions(services: Services) -> None:
    release = threading.Event()

    def hold(_: str, __: Any) -> None:
        release.wait(60)

    services.invoker.before = hold
    services.stack.aws.async_invoker.invoke("Echo", {})
    with pytest.raises(TimeoutError, match="still running: local"):
        services.stack.wait_until_idle(timeout_seconds=0)
    release.set()
    services.stack.wait_until_idle()

    assert services.stack.aws.running() == []


def test_event_published_by_an_ending_workflow_counts_as_running(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish_and_return_nothing() -> list[Any]:
        boto3.client("events").put_events(Entries=[services.entry()])
        return []

    with monkeypatch.context() as patch:
        patch.setattr(executions, "running", publish_and_return_nothing)
        running = services.stack.aws.running()
    services.stack.wait_until_idle()

    assert running == ["an event"]


def test_quiesced_server_accepts_events_but_starts_no_function(services: Services) -> None:
    services.stack.aws.quiesce()

    services.put(services.entry())

    assert (len(services.stack.event_bus.events), services.stack.aws.async_invoker.accepted, services.runs) == (
        1,
        0,
        [],
    )


def test_rules_of_the_template_are_active(stack: Stack) -> None:
    runs: list[Any] = []
    stack.invoker.before = lambda folder, event: runs.append((folder, event["detail"]))
    created = {"DetailType": "CommunityCreated", "Detail": '{"community_id": "unknown"}'}  # without an intro video
    entry: Any = {"EventBusName": stack.describe()["event_bus"], "Source": "test", **created}

    boto3.client("events").put_events(Entries=[entry])
    stack.wait_until_idle()
    stack.invoker.before = None

    assert runs == [("generate_bot_video", {"community_id": "unknown"})]


def test_bus_exists_and_functions_get_its_name(services: Services, tmp_path: Path) -> None:
    described = boto3.client("events").describe_event_bus(Name=services.bus_name)
    template, _ = read(TEMPLATE, tmp_path=tmp_path)
    echo = lambda_functions.functions(template, services.resources)[0]

    assert echo.variables == {"BUS": services.bus_name, "BUS_NAME": services.bus_name, "BUS_ARN": described["Arn"]}


def test_features_that_are_not_emulated_are_listed(tmp_path: Path) -> None:
    _, resources = read(TEMPLATE, tmp_path=tmp_path)

    assert resources.not_emulated() == ["function limits", "IAM"]
