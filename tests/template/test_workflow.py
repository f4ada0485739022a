"""The state machine: connected, finite, and without a blind retry of a paid call."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from keepreel.errors import KeepreelError
from keepreel.providers import http as provider_http
from keepreel.workflow import deadlines, intervals, usual_times
from local.paths import ROOT
from local.tools import check_template

FILE = ROOT / "functions" / "video_workflow.asl.yaml"

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_HISTORY_EVENTS = 25_000
# A task is entered, scheduled, started, ended and exited; a retry is scheduled, started and failed; a wait
# for a token is submitted, too; else: in and out.
TASK_EVENTS, WAIT_EVENTS, RETRY_EVENTS, OTHER_EVENTS = 5, 6, 3, 2


@pytest.fixture(scope="session")
def definition() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return loaded


@pytest.fixture(scope="session")
def tasks(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the states that run a function and continue with its result."""
    states = definition["States"].items()
    return {name: state for name, state in states if state["Type"] == "Task" and name != "AwaitResult"}


@pytest.fixture(scope="session")
def awaiting(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the state that waits for a task token."""
    state: dict[str, Any] = definition["States"]["AwaitResult"]
    return state


def test_wait_ends_with_the_token_or_in_time_for_the_next_poll(awaiting: dict[str, Any]) -> None:
    assert (awaiting["TimeoutSecondsPath"], awaiting["Next"]) == ("$.wait_seconds", "ChooseNextStep")
    assert awaiting["Parameters"]["Payload"]["token.$"] == "$$.Task.Token"


def test_polling_continues_whatever_happens_to_a_wait(awaiting: dict[str, Any]) -> None:
    caught = [(it["ErrorEquals"], it["ResultPath"], it["Next"]) for it in awaiting["Catch"]]

    assert caught == [(["States.Timeout"], None, "PollProvider"), (["States.ALL"], None, "WaitBeforePoll")]


def test_wait_whose_token_is_not_stored_is_retried_but_not_one_that_has_ended(
    awaiting: dict[str, Any], tasks: dict[str, Any]
) -> None:
    """A wait without a token would last as long as the slowest of the model's last videos."""
    ended, *retried = [(it["ErrorEquals"], it["MaxAttempts"]) for it in awaiting["Retry"]]
    outage, *_, defect = [(it["ErrorEquals"], it["MaxAttempts"]) for it in tasks["PollProvider"]["Retry"]]

    assert (ended, retried) == ((["States.Timeout"], 0), [outage, defect])


def test_wait_state_gets_no_zero_because_a_timeout_must_be_positive(definition: dict[str, Any]) -> None:
    choices = definition["States"]["ChooseNextStep"]["Choices"]

    (to_wait,) = [it for it in choices if it["Next"] == "AwaitResult"]
    assert to_wait["And"] == [
        {"Variable": "$.status", "StringEquals": "processing"},
        {"Variable": "$.wait_seconds", "NumericGreaterThan": 0},
    ]


def test_the_workflow_is_standard_so_that_a_name_runs_once(resources: dict[str, Any]) -> None:
    assert resources["VideoWorkflow"]["Properties"]["StateMachineType"] == "STANDARD"


def test_all_transitions_and_states_are_connected(definition: dict[str, Any]) -> None:
    assert check_template.graph_problems(definition) == []


def test_the_workflow_can_end_from_each_state(definition: dict[str, Any]) -> None:
    states = definition["States"]
    ending = {name for name, state in states.items() if state["Type"] in ("Succeed", "Fail") or state.get("End")}

    for _ in states:
        ending |= {name for name, state in states.items() if ending & set(check_template.successors(state))}

    assert ending == set(states)


# Every step reads the record first, and an attempt without a task id is looked up and never submitted blind.
OUTAGE = (
    [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "StoreUnavailable",
    ],
    (1, 2.0, 15, 7),
)
KILLED = (["States.Timeout", "Sandbox.Timedout", "Lambda.Unknown", "Runtime.ExitError"], (1, 2.0, None, 3))
DEFECT = (["States.ALL"], (5, 3.0, None, 2))


def test_each_task_retries_outages_kills_and_defects(tasks: dict[str, Any]) -> None:
    numbers = ("IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "MaxAttempts")
    retried = {
        name: [(it["ErrorEquals"], tuple(it.get(number) for number in numbers)) for it in task["Retry"]]
        for name, task in tasks.items()
    }

    assert retried == {
        "SubmitVideo": [OUTAGE, KILLED, DEFECT],
        "PollProvider": [OUTAGE, KILLED, DEFECT],
        "SaveVideo": [
            (["BadVideo"], (30, 10.0, None, 2)),  # a bad file gets three tries in all
            (["Unreachable"], (2, 3.0, None, 3)),
            OUTAGE,
            KILLED,
            (["FileGone", "UnusableFile"], (1, 2.0, None, 0)),  # the video has failed for good
            (["States.ALL"], (5, 3.0, None, 1)),
        ],
        "FailVideo": [OUTAGE, KILLED, DEFECT],
    }


def test_backoff_rates_are_floats(tasks: dict[str, Any]) -> None:
    assert {type(it["BackoffRate"]) for task in tasks.values() for it in task["Retry"]} == {float}


def test_an_attempt_settles_only_after_its_function_has_ended(tasks: dict[str, Any], resources: dict[str, Any]) -> None:
    function = resources["SubmitVideoFunction"]["Properties"]["Timeout"]

    assert function < tasks["SubmitVideo"]["TimeoutSeconds"] <= deadlines.RESEND_SECONDS
    assert deadlines.SETTLE_SECONDS[0] > deadlines.RESEND_SECONDS


def test_a_poll_outlives_two_reads_at_the_provider(resources: dict[str, Any]) -> None:
    assert resources["PollProviderFunction"]["Properties"]["Timeout"] > 2 * provider_http._READ_DEADLINE_SECONDS
    assert resources["SubmitVideoFunction"]["Properties"]["Timeout"] > provider_http._DEADLINE_SECONDS


def test_error_names_are_our_classes_or_of_the_platform(tasks: dict[str, Any]) -> None:
    named = {error for task in tasks.values() for error in _retried(task) if "." not in error}

    assert named <= {kind.__name__ for kind in _subclasses(KeepreelError)}


def test_errors_that_are_not_retried_reach_fail_video(tasks: dict[str, Any]) -> None:
    caught = {name: [(it["ErrorEquals"], it["Next"]) for it in task.get("Catch", [])] for name, task in tasks.items()}

    assert caught == {
        "SubmitVideo": [(["States.ALL"], "FailVideo")],
        "PollProvider": [(["States.ALL"], "FailVideo")],
        "SaveVideo": [(["States.ALL"], "FailVideo")],
        "FailVideo": [],
    }


def test_each_task_calls_its_function_without_a_literal_arn(tasks: dict[str, Any], resources: dict[str, Any]) -> None:
    substitutions = resources["VideoWorkflow"]["Properties"]["DefinitionSubstitutions"]

    called = {
        name: substitutions[task["Resource"].removeprefix("${").removesuffix("}")] for name, task in tasks.items()
    }

    assert called == {name: {"Ref": f"{name}FunctionAliaslive"} for name in tasks}
    assert len(substitutions) == len(tasks) + 2
    assert substitutions["AwaitResultFunctionArn"] == {"Ref": "AwaitResultFunctionAliaslive"}
    assert substitutions["InvokeAndWaitForToken"] == {
        "Fn::Sub": "arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken"
    }
    assert "arn:" not in FILE.read_text()


def test_tasks_time_out_later_than_their_functions(tasks: dict[str, Any], resources: dict[str, Any]) -> None:
    timeouts = {name: resources[f"{name}Function"]["Properties"]["Timeout"] for name in tasks}

    assert [name for name, task in tasks.items() if task["TimeoutSeconds"] <= timeouts[name]] == []


def test_polling_stays_within_the_history_limit(tasks: dict[str, Any]) -> None:
    retries = sum(it["MaxAttempts"] for it in tasks["PollProvider"]["Retry"])
    spread_out = usual_times.MAX_USUAL_SECONDS * (1 - intervals._FIRST_POLL) / intervals.MIN_POLL_GAP_SECONDS
    crowded = deadlines.LONGEST_LOOP.total_seconds() - usual_times.MAX_USUAL_SECONDS
    polls = spread_out + crowded / intervals.CROWDED_POLL_GAP_SECONDS

    events_per_poll = WAIT_EVENTS + TASK_EVENTS + retries * RETRY_EVENTS + OTHER_EVENTS

    assert polls * events_per_poll < MAX_HISTORY_EVENTS


def test_execution_may_last_as_long_as_its_steps(definition: dict[str, Any], tasks: dict[str, Any]) -> None:
    polling = (deadlines.OVERDUE_AFTER + deadlines.LONGEST_LOOP).total_seconds()
    saving = 4 * tasks["SaveVideo"]["TimeoutSeconds"] + 330  # the tries of a bad file, and the waits between them

    assert definition["TimeoutSeconds"] >= polling + saving


def test_the_file_has_no_yaml_alias_because_cloudformation_reads_it_as_text() -> None:
    kinds = {type(event) for event in yaml.parse(FILE.read_text(), Loader=yaml.SafeLoader)}

    assert yaml.AliasEvent not in kinds


def test_retry_delays_grow_and_have_jitter(tasks: dict[str, Any]) -> None:
    retriers = [it for task in tasks.values() for it in task["Retry"]]

    assert {it["JitterStrategy"] for it in retriers} == {"FULL"}
    assert all(it["BackoffRate"] >= 2 for it in retriers)


def _retried(task: dict[str, Any]) -> list[str]:
    return [error for retrier in task.get("Retry", []) for error in retrier["ErrorEquals"]]


def _subclasses(kind: type[KeepreelError]) -> Iterator[type[KeepreelError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
