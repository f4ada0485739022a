"""Functions: folders, environment, timeouts and triggers."""

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keepreel import settings as settings_module
from keepreel.db import jobs
from keepreel.media import uploads
from keepreel.people import erasure
from keepreel.settings import Settings
from local.paths import ROOT

FOLDERS = sorted(file.parent.name for file in ROOT.glob("functions/*/app.py"))


@pytest.fixture(scope="session")
def functions(resources: dict[str, Any]) -> dict[str, Any]:
    return {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::Lambda::Function"}


def test_each_folder_is_a_function_and_each_function_a_folder(functions: dict[str, Any]) -> None:
    folders = sorted(Path(function["Code"]["S3Key"]).name for function in functions.values())

    assert folders == FOLDERS


def test_functions_are_named_after_their_folders(functions: dict[str, Any]) -> None:
    words = {name: re.sub(r"(?<!^)([A-Z])", r"_\1", name.removesuffix("Function")).lower() for name in functions}

    assert words == {name: Path(function["Code"]["S3Key"]).name for name, function in functions.items()}


def test_all_functions_share_python_architecture_and_handler_name(functions: dict[str, Any]) -> None:
    found = {(it["Runtime"], str(it["Architectures"]), it["Handler"]) for it in functions.values()}

    assert found == {("python3.13", "[{'Ref': 'Architecture'}]", "app.lambda_handler")}


def test_each_function_has_a_sample_event() -> None:
    events = sorted(file.stem for file in ROOT.glob("tests/events/*.json"))

    assert events == FOLDERS


def test_all_functions_share_the_environment_that_settings_reads(functions: dict[str, Any]) -> None:
    read = {field.name.upper() for field in fields(Settings)}

    given = {name: set(it["Environment"]["Variables"]) for name, it in functions.items()}
    # By !Ref, which needs no name of the function; only this function depends on that one.
    given["ProviderCallbackFunction"].remove("POLL_FUNCTION")

    # By functions of their own, with a default where no other exists.
    read_alone = {"CDN_KEY", "CDN_KEY_VERSION", "EXTRA_MODELS", "ONLY_THROUGH_CDN", "RESULT_HOSTS"}
    botocore = {"AWS_ENDPOINT_URL"}  # empty on AWS
    powertools = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
    assert {frozenset(it) for it in given.values()} == {frozenset(read | read_alone | botocore | powertools)}


def test_settings_fields_are_named_after_their_variables() -> None:
    text = Path(settings_module.__file__).read_text()

    assert set(re.findall(r'_variable\("(\w+)"\)', text)) == {field.name.upper() for field in fields(Settings)}


def test_the_environment_holds_no_secret(functions: dict[str, Any]) -> None:
    literal = {
        name: value
        for function in functions.values()
        for name, value in function["Environment"]["Variables"].items()
        if re.search("KEY|SECRET|TOKEN|PASSWORD", name) and isinstance(value, str)
    }

    assert literal == {}


def test_only_functions_that_open_images_or_videos_have_layers_of_their_own(source: dict[str, Any]) -> None:
    own_layers = {
        name: it["Properties"]["Layers"]
        for name, it in source["Resources"].items()
        if it["Type"] == "AWS::Serverless::Function" and "Layers" in it["Properties"]
    }

    images = {"Ref": "ImagesLayer"}  # Pillow, for an upload, an avatar or a thumbnail
    assert own_layers == {
        "GenerateVideoFunction": [images],
        "GenerateBotVideoFunction": [images],
        "CommunitiesFunction": [images],
        "SubmitVideoFunction": [images],
        "SaveVideoFunction": [images, {"Ref": "MediaLayer"}, {"Ref": "CredentialsLayer"}],
    }


def test_functions_behind_the_api_time_out_before_the_api_does(
    source: dict[str, Any], functions: dict[str, Any]
) -> None:
    behind = [
        name
        for name, it in source["Resources"].items()
        if any(event["Type"] == "HttpApi" for event in it.get("Properties", {}).get("Events", {}).values())
    ]

    assert max(functions[name]["Timeout"] for name in behind) <= 25  # the API waits for thirty seconds


@pytest.mark.parametrize(
    ("function", "retries", "queue"),
    # The next sweep does the same work; an event or a scheduled run is not repeated.
    [
        ("SweepVideosFunction", 0, "SweepFailures"),
        ("DispatchVideosFunction", 0, "SweepFailures"),
        ("AccountWorkerFunction", 0, "SweepFailures"),
        ("GenerateBotVideoFunction", 2, "BotVideoFailures"),
    ],
)
def test_failed_asynchronous_invocations_are_kept_in_a_queue(
    function: str, retries: int, queue: str, resources: dict[str, Any]
) -> None:
    configured = resources[f"{function}EventInvokeConfig"]["Properties"]

    assert (configured["MaximumRetryAttempts"], configured["Qualifier"]) == (retries, "live")
    assert configured["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": [queue, "Arn"]}


def test_no_other_function_is_invoked_asynchronously(resources: dict[str, Any]) -> None:
    schedules = [it for it in resources.values() if it["Type"] == "AWS::Scheduler::Schedule"]
    rules = [it for it in resources.values() if it["Type"] == "AWS::Events::Rule"]

    invoked = {it["Properties"]["Target"]["Arn"]["Ref"] for it in schedules}
    invoked |= {target["Arn"]["Ref"] for it in rules for target in it["Properties"]["Targets"]}

    asynchronous = (
        "SweepVideosFunction",
        "DispatchVideosFunction",
        "GenerateBotVideoFunction",
        "AccountWorkerFunction",
    )
    assert invoked == {f"{name}Aliaslive" for name in asynchronous}


def test_the_schedule_is_disabled_unless_a_community_is_named(resources: dict[str, Any]) -> None:
    schedule = resources["GenerateBotVideoFunctionSchedule"]["Properties"]

    assert schedule["State"] == {"Fn::If": ["HasScheduledCommunity", "ENABLED", "DISABLED"]}


def test_an_erasure_ends_after_the_last_token(resources: dict[str, Any]) -> None:
    client = resources["UserPoolClient"]["Properties"]

    assert client["TokenValidityUnits"] == {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"}
    hours = max(client["AccessTokenValidity"], client["IdTokenValidity"])
    assert timedelta(hours=hours, minutes=uploads._FORM_MINUTES) < erasure.TOKENS_END_AFTER  # a form of the last token


def test_the_worker_may_run_as_long_as_its_lease_assumes(functions: dict[str, Any]) -> None:
    assert functions["AccountWorkerFunction"]["Timeout"] == jobs.WORKER_SECONDS
