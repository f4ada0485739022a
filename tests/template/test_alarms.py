"""Alarms watch metrics that exist."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from keepreel.db.readable import readable
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem
from keepreel.providers import registry, task_status
from keepreel.workflow import result_hosts
from keepreel.workflow.alerts import alert_operator


@pytest.mark.parametrize("provider", registry.PROVIDERS)
def test_account_alarm_of_each_provider_watches_the_metric_that_the_code_emits(
    resources: dict[str, Any], provider: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Keepreel")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "keepreel-dev")
    alarm = resources[f"{provider.title()}AccountAlarm"]["Properties"]

    alert_operator(Video(provider=provider), AccountProblem("no credit"))

    counted = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    (directive,) = counted["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Metrics"][0]["Name"]) == (alarm["Namespace"], alarm["MetricName"])
    (dimensions,) = directive["Dimensions"]
    watched = {it["Name"]: it["Value"] for it in alarm["Dimensions"]}
    assert watched.keys() == set(dimensions)
    assert watched["provider"] == counted["provider"]
    assert watched["service"] == {"Fn::Sub": "keepreel-${Stage}"}


def test_alarm_of_unreadable_records_watches_the_metric_that_the_code_emits(
    resources: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Keepreel")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "keepreel-dev")
    alarm = resources["UnreadableRecordAlarm"]["Properties"]

    assert readable(["5", "five"], int, fields=lambda it: {"value": it}) == [5]

    counted = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    (directive,) = counted["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Metrics"][0]["Name"]) == (alarm["Namespace"], alarm["MetricName"])
    assert directive["Dimensions"] == [[it["Name"] for it in alarm["Dimensions"]]] == [["service"]]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::Sub": "keepreel-${Stage}"}


def test_alarm_of_unknown_task_statuses_watches_the_metric_that_the_code_emits(
    resources: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Keepreel")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "keepreel-dev")
    alarm = resources["UnknownTaskStatusAlarm"]["Properties"]

    task_status.from_word("upscaling", task_status.COMMON_WORDS, video_id="1")

    counted = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    (directive,) = counted["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Metrics"][0]["Name"]) == (alarm["Namespace"], alarm["MetricName"])
    assert directive["Dimensions"] == [[it["Name"] for it in alarm["Dimensions"]]] == [["service"]]
    assert alarm["Threshold"] == 0


def test_alarm_of_result_files_watches_the_metric_that_the_code_emits(
    resources: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Keepreel")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "keepreel-dev")
    alarm = resources["ResultFileAlarm"]["Properties"]
    video: Any = SimpleNamespace(provider="kling", video_id="1", owner="user#1")

    result_hosts.checker(video)("files.example.com")

    counted = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    (directive,) = counted["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Metrics"][0]["Name"]) == (alarm["Namespace"], alarm["MetricName"])
    assert directive["Dimensions"] == [[it["Name"] for it in alarm["Dimensions"]]] == [["service"]]


def test_an_alarm_watches_each_workflow_task(resources: dict[str, Any]) -> None:
    total, *metrics = resources["TaskAlarm"]["Properties"]["Metrics"]

    watched = {it["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"] for it in metrics}

    tasks = resources["VideoWorkflow"]["Properties"]["DefinitionSubstitutions"].values()
    assert watched == {task["Ref"].removesuffix("Aliaslive") for task in tasks if "Ref" in task}
    assert total == {"Id": "total", "Expression": "SUM(METRICS())"}


def test_each_alarm_sends_email_if_an_address_is_set(resources: dict[str, Any]) -> None:
    alarms = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::CloudWatch::Alarm"]

    actions = {json.dumps(alarm.get("AlarmActions")) for alarm in alarms}

    assert actions == {json.dumps({"Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]})}
