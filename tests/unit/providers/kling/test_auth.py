"""Kling authentication with an API key and with a key pair; keys never reach logs and errors."""

import traceback

import jwt
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from keepreel import aws
from keepreel.errors import AccountProblem, Busy, ProviderError, Unreachable
from keepreel.providers.base import Job
from keepreel.providers.kling import adapter, auth
from tests.unit.providers.kling.samples import ACCESS_KEY, API_KEY, SECRET_KEY, TASK_ID, job
from tests.unit.providers.provider_env import CapturedLog, FakeSecret
from tests.unit.providers.scripted_server import ScriptedServer

SUBMISSION = adapter.prepare(job(image=b"an image"))
ACCEPTED = {"code": 0, "message": "SUCCEED", "request_id": "r", "data": {"task_id": TASK_ID}}
REFUSED = {"code": 1002, "message": "Authorization is invalid", "request_id": "r"}
KEY_PAIR = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}


def tokens(kling_server: ScriptedServer) -> list[str]:
    return [it.headers["Authorization"].removeprefix("Bearer ") for it in kling_server.requests]


def test_api_key_is_sent_unchanged(kling_server: ScriptedServer, secret: FakeSecret) -> None:
    secret.stored = {"api_key": f"{API_KEY}\n", **KEY_PAIR}
    kling_server.respond(ACCEPTED)

    adapter.submit(SUBMISSION)

    assert [it.headers["Authorization"] for it in kling_server.requests] == [f"Bearer {API_KEY}"]
    assert kling_server.requests[0].headers["Content-Type"] == "application/json"


def test_key_pair_signs_a_token_valid_for_half_an_hour(
    kling_server: ScriptedServer, secret: FakeSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.stored = KEY_PAIR
    monkeypatch.setattr(auth, "time", lambda: 1_800_000_000.7)
    kling_server.respond(ACCEPTED)

    adapter.submit(SUBMISSION)

    [token] = tokens(kling_server)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    assert jwt.decode(token, SECRET_KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}) == {
        "iss": ACCESS_KEY,
        "exp": 1_800_001_800,
        "nbf": 1_799_999_995,
    }


@pytest.mark.parametrize("video_job", [job("kling-3.0", task_id=TASK_ID), job("kling-2.5-turbo", task_id=TASK_ID)])
def test_key_pair_is_not_used_for_the_tasks_api(
    kling_server: ScriptedServer, secret: FakeSecret, video_job: Job
) -> None:
    secret.stored = KEY_PAIR

    with pytest.raises(AccountProblem, match="needs an API key"):
        adapter.submit(adapter.prepare(video_job))
    with pytest.raises(AccountProblem, match="needs an API key"):
        adapter.poll(video_job)

    assert kling_server.requests == []


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1004])
def test_rejected_key_is_reloaded_and_the_request_resent_once(
    kling_server: ScriptedServer, secret: FakeSecret, code: int
) -> None:
    secret.cached = {"api_key": "the-key-before-the-rotation"}
    kling_server.respond({**REFUSED, "code": code}, http_status=401)
    kling_server.respond(ACCEPTED)

    task_id = adapter.submit(SUBMISSION)

    assert task_id == TASK_ID
    assert tokens(kling_server) == ["the-key-before-the-rotation", API_KEY]
    assert [it.body for it in kling_server.requests] == [SUBMISSION.body, SUBMISSION.body]


@pytest.mark.parametrize("code", [1003, 1004])
def test_expired_token_is_signed_again(
    kling_server: ScriptedServer, secret: FakeSecret, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    secret.stored = KEY_PAIR
    clock = iter([1_000_000_000, 1_800_000_000])
    monkeypatch.setattr(auth, "time", lambda: next(clock))
    kling_server.respond({**REFUSED, "code": code}, http_status=401)
    kling_server.respond(ACCEPTED)

    adapter.submit(SUBMISSION)

    claims = [jwt.decode(it, options={"verify_signature": False}) for it in tokens(kling_server)]
    assert [it["exp"] for it in claims] == [1_000_001_800, 1_800_001_800]


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1004])
@pytest.mark.parametrize("stored", [{"api_key": API_KEY}, KEY_PAIR], ids=["api key", "key pair"])
def test_key_rejected_twice_is_an_account_problem(
    kling_server: ScriptedServer, secret: FakeSecret, stored: dict[str, str], code: int
) -> None:
    secret.stored = stored
    for _ in range(6):
        kling_server.respond({**REFUSED, "code": code}, http_status=401)

    for call in (
        lambda: adapter.submit(SUBMISSION),
        lambda: adapter.find(job()),
        lambda: adapter.poll(job(task_id=TASK_ID)),
    ):
        with pytest.raises(AccountProblem, match=f"HTTP 401, code {code}"):
            call()

    assert len(kling_server.requests) == 6
    assert secret.fresh_reads == 3


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"api_key": ""},
        {"api_key": None},
        {"api_key": f"{API_KEY} {API_KEY}"},
        {"api_key": f"{API_KEY}\r\nX-Other: {API_KEY}"},
        {"api_key": f"{API_KEY}\r\n{API_KEY}"},
        {"api_key": f"{API_KEY}…"},
        {"access_key": ACCESS_KEY},
        {"secret_key": SECRET_KEY},
    ],
)
def test_secret_without_usable_keys_is_an_account_problem_and_nothing_is_sent(
    kling_server: ScriptedServer, secret: FakeSecret, log: CapturedLog, stored: dict[str, str]
) -> None:
    secret.stored = stored

    with pytest.raises(AccountProblem, match="the Kling secret has no usable") as raised:
        adapter.submit(SUBMISSION)

    output = "".join(traceback.format_exception(raised.value)) + str(log)
    assert kling_server.requests == []
    assert "canary" not in output


def test_rejected_key_without_a_401_is_not_retried(kling_server: ScriptedServer) -> None:
    kling_server.respond(REFUSED, http_status=400)

    with pytest.raises(AccountProblem):
        adapter.submit(SUBMISSION)

    assert len(kling_server.requests) == 1


DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetSecretValue")


@pytest.mark.parametrize(
    ("error", "submit_error", "lookup_error"),
    [
        (DENIED, AccountProblem, AccountProblem),
        (EndpointConnectionError(endpoint_url="https://x"), Busy, Unreachable),
        (ValueError(f"not JSON: {API_KEY}"), AccountProblem, AccountProblem),
    ],
)
def test_nothing_is_sent_if_the_secret_cannot_be_read(
    kling_server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    submit_error: type[ProviderError],
    lookup_error: type[ProviderError],
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(aws, "secret", fails)

    with pytest.raises(submit_error) as raised:
        adapter.submit(SUBMISSION)
    with pytest.raises(lookup_error):
        adapter.find(job())

    assert kling_server.requests == []
    assert API_KEY not in "".join(traceback.format_exception(raised.value))


def test_key_quoted_by_kling_is_redacted_in_log_and_error(kling_server: ScriptedServer, log: CapturedLog) -> None:
    quoting = {"code": 1002, "message": f"Authorization {API_KEY} is invalid", "request_id": f"r-{API_KEY}"}
    kling_server.respond(quoting, http_status=401)
    kling_server.respond(quoting, http_status=401)

    with pytest.raises(AccountProblem) as raised:
        adapter.submit(SUBMISSION)

    output = "".join(traceback.format_exception(raised.value)) + str(log)
    assert "Authorization […] is invalid" in output
    assert API_KEY not in output


def test_repr_hides_the_keys() -> None:
    stored = [auth.ApiKey(API_KEY), auth.KeyPair(ACCESS_KEY, SECRET_KEY)]

    output = repr(stored)

    assert output == "[ApiKey(), KeyPair()]"
