"""Alarms of the sweeper watch metrics that the code counts."""

from typing import Any

import pytest

from keepreel import metrics, sweeper
from keepreel.db import due_videos
from keepreel.db.due_videos import Due, Record

DUE = Due(owner="user#1", video_id="1", next_check_at="2026-11-21T10:00:00.000000+0000")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the names of the metrics of a run with one due video, whose record has failed three times."""
    counted: set[str] = set()
    monkeypatch.setattr(metrics, "count", lambda name, *_, **__: counted.add(name))
    monkeypatch.setattr(due_videos, "find", lambda _shard: iter([DUE]))
    monkeypatch.setattr(due_videos, "count_failed_try", lambda _record: due_videos.TRIES)
    monkeypatch.setattr(sweeper, "_invoke", lambda *_, **__: None)
    sweeper.fan_out(function_name="sweep", seconds_left=1)
    sweeper._count_failed_try(Record(owner="user#1", video_id="1", item={}))
    return counted


@pytest.mark.parametrize("name", ["HeartbeatAlarm", "SweepLateAlarm", "SetAsideAlarm"])
def test_alarm_watches_a_metric_that_the_code_counts(name: str, resources: dict[str, Any], counted: set[str]) -> None:
    alarm = resources[name]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"] in counted) == ("Keepreel", True)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": {"Fn::Sub": "keepreel-${Stage}"}}]


def test_missing_heartbeat_is_an_alarm(resources: dict[str, Any]) -> None:
    alarm = resources["HeartbeatAlarm"]["Properties"]

    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("breaching", "LessThanThreshold")


def test_age_of_a_due_video_is_read_from_the_index() -> None:
    assert due_videos.seconds_late(DUE) > 0
    assert due_videos.seconds_late(Due(owner="user#1", video_id="1", next_check_at="2026-11-20")) == 0
