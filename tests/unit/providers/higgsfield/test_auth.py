"""Higgsfield authentication; the key never reaches logs and errors."""

import traceback
from typing import Any

import pytest

from keepreel.errors import AccountProblem
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.samples import FROM_IMAGE, KEY, KEY_ID, KEY_SECRET, accepted, job, sent_job
from tests.unit.providers.provider_env import CapturedLog, FakeSecret
from tests.unit.providers.scripted_server import ScriptedServer

REFUSED = {"detail": "Invalid credentials"}


@pytest.mark.parametrize("stored", [{"key": f"{KEY}\n"}, {"key_id": KEY_ID, "key_secret": f" {KEY_SECRET}"}])
def test_key_is_sent_in_the_key_scheme_with_our_user_agent(
    higgsfield_server: ScriptedServer, secret: FakeSecret, stored: dict[str, str]
) -> None:
    secret.stored = stored
    higgsfield_server.respond(accepted())

    adapter.submit(FROM_IMAGE)

    [headers] = [it.headers for it in higgsfield_server.requests]
    names = ("Authorization", "User-Agent", "Content-Type", "Accept-Encoding")
    assert [headers[name] for name in names] == [f"Key {KEY}", "Keepreel/1.0", "application/json", "identity"]


def test_rejected_key_is_reloaded_and_the_request_resent_under_the_same_idempotency_key(
    higgsfield_server: ScriptedServer, secret: FakeSecret
) -> None:
    secret.cached = {"key": "before:rotation"}
    higgsfield_server.respond(REFUSED, http_status=401)
    higgsfield_server.respond(accepted())

    adapter.submit(FROM_IMAGE)

    sent = [(it.headers["Authorization"], it.headers["Idempotency-Key"], it.body) for it in higgsfield_server.requests]
    assert sent == [
        ("Key before:rotation", FROM_IMAGE.video_id, FROM_IMAGE.body),
        (f"Key {KEY}", FROM_IMAGE.video_id, FROM_IMAGE.body),
    ]


def test_key_rejected_twice_is_an_account_problem_for_every_call(
    higgsfield_server: ScriptedServer, secret: FakeSecret
) -> None:
    calls = (
        lambda: adapter.submit(FROM_IMAGE),
        lambda: adapter.find(sent_job()),
        lambda: adapter.poll(job(task_id="1")),
        lambda: adapter.cancel(job(task_id="1")),
        lambda: adapter.upload_image(b"an image"),
    )
    for _ in range(2 * len(calls)):
        higgsfield_server.respond(REFUSED, http_status=401)

    for call in calls:
        with pytest.raises(AccountProblem, match="HTTP 401: the keys were rejected"):
            call()

    assert len(higgsfield_server.requests) == 2 * len(calls)
    assert secret.fresh_reads == len(calls)


@pytest.mark.parametrize("stored", [{"key": "canary"}, {"key": f":{KEY_SECRET}"}, {"key": f"{KEY_ID}:"}])
def test_key_without_both_parts_is_an_account_problem(
    higgsfield_server: ScriptedServer, secret: FakeSecret, log: CapturedLog, stored: dict[str, str]
) -> None:
    secret.stored = stored

    with pytest.raises(AccountProblem, match="the Higgsfield secret has no usable key") as raised:
        adapter.submit(FROM_IMAGE)

    assert higgsfield_server.requests == []
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"key": None},
        {"key": ""},
        {"key": f"{KEY} {KEY}"},
        {"key": f"{KEY}\r\nX-Other: {KEY}"},
        {"key": f"{KEY}…"},
        {"key_id": KEY_ID},
        {"key_secret": KEY_SECRET},
        {"key_id": KEY_ID, "key_secret": f"{KEY_SECRET}\nX: y"},
    ],
)
def test_secret_without_usable_keys_is_an_account_problem_and_nothing_is_sent(
    higgsfield_server: ScriptedServer, secret: FakeSecret, log: CapturedLog, stored: dict[str, Any]
) -> None:
    secret.stored = stored

    with pytest.raises(AccountProblem, match="the Higgsfield secret has no usable") as raised:
        adapter.submit(FROM_IMAGE)

    assert higgsfield_server.requests == []
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)


@pytest.mark.parametrize("quoted", [KEY, KEY_SECRET])
def test_key_quoted_by_higgsfield_is_redacted_in_log_and_error(
    higgsfield_server: ScriptedServer, log: CapturedLog, quoted: str
) -> None:
    higgsfield_server.respond({"detail": f"Key {quoted} is invalid"}, http_status=401)
    higgsfield_server.respond({"detail": f"Key {quoted} is invalid"}, http_status=401)

    with pytest.raises(AccountProblem) as raised:
        adapter.submit(FROM_IMAGE)

    output = "".join(traceback.format_exception(raised.value)) + str(log)
    assert "Key […] is invalid" in output
    assert "canary" not in output
