"""Alarms of the dispatcher watch metrics that the code counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from keepreel import metrics, pause
from keepreel.db import slots
from keepreel.db.slots import Slot
from keepreel.dispatch import audit, dispatcher
from keepreel.models import queues


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the names of the metrics of a run over empty queues, and of a slot that no video holds."""
    counted: set[str] = set()
    monkeypatch.setattr(metrics, "count", lambda name, *_, **__: counted.add(name))
    monkeypatch.setattr(pause, "is_paused", lambda: False)
    monkeypatch.setattr(queues, "every", lambda: ["kling#1"])
    monkeypatch.setattr(dispatcher, "_fill", lambda *_, **__: (0, 0))
    monkeypatch.setattr(slots, "forget", lambda _slot: True)
    dispatcher.dispatch_all(deadline=float("inf"))
    audit._forget(Slot("kling#1", 0, video_id="1", taken_at=datetime.now(UTC)))
    return counted


@pytest.mark.parametrize("name", ["DispatchHeartbeatAlarm", "SlotLostAlarm"])
def test_alarm_watches_a_metric_that_the_code_counts(name: str, resources: dict[str, Any], counted: set[str]) -> None:
    alarm = resources[name]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"] in counted) == ("Keepreel", True)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": {"Fn::Sub": "keepreel-${Stage}"}}]


def test_missing_heartbeat_is_an_alarm(resources: dict[str, Any]) -> None:
    alarm = resources["DispatchHeartbeatAlarm"]["Properties"]

    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
