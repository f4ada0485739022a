"""The local stack in its own process: start, stop, isolation from real accounts, and the demos."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import requests

import local.__main__ as command_line
from local.paths import ROOT

REAL_ACCOUNT = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_REGION": "eu-central-1",
    "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.eu-central-1.amazonaws.com",
}


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", dedent(code)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Start `python -m local run` and wait until it says that it is ready."""
    command = [sys.executable, "-m", "local", "run", "--folder", str(folder), *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background of a script ignores Ctrl-C for them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        try:
            assert process.stdout
            for line in process.stdout:
                if line.startswith("All data is in memory"):
                    break
            yield process
        finally:
            process.kill()


def described(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    return found


def signed_in(stack: dict[str, Any]) -> dict[str, str]:
    response = requests.post(
        stack["cognito_endpoint"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        data=json.dumps(
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "ClientId": stack["client_id"],
                "AuthParameters": {"USERNAME": stack["demo_user"]["email"], "PASSWORD": stack["demo_user"]["password"]},
            }
        ),
        timeout=60,
    )
    return {"Authorization": f"Bearer {response.json()['AuthenticationResult']['AccessToken']}"}


@dataclass(frozen=True, kw_only=True)
class EndedRun:
    """A `run` with parameters that was ended by SIGTERM with a video in flight and idle connections."""

    dry_run: dict[str, Any]
    created: int
    returncode: int
    output: list[str]
    errors: str
    files: list[str]


@pytest.fixture(scope="module")
def ended_run(tmp_path_factory: pytest.TempPathFactory) -> EndedRun:
    folder = tmp_path_factory.mktemp("run")
    given = ("--parameter", "InFlightLimit=7; ScheduledVideoRate=rate(1 minute)", "--parameter", "DailyVideoLimit=9")
    with running(folder, "--port", "0", *given) as process:
        stack = described(folder)
        headers, videos = signed_in(stack), stack["api"] + "/v1/videos"
        dry_run = requests.post(videos, json={"prompt": "a slow wave", "dry_run": True}, headers=headers, timeout=60)
        created = requests.post(videos, json={"prompt": "a slow wave"}, headers=headers, timeout=60)
        with connect(stack["api"]), connect(stack["aws_endpoint"]):
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=60)
    return EndedRun(
        dry_run=dry_run.json(),
        created=created.status_code,
        returncode=process.returncode,
        output=output.strip().splitlines(),
        errors=errors,
        files=[it.name for it in folder.iterdir()],
    )


def test_run_stops_cleanly_with_a_video_in_flight_and_idle_connections(ended_run: EndedRun) -> None:
    assert ended_run.created == 202
    assert (ended_run.returncode, ended_run.output[-1], ended_run.errors) == (0, "Stopped.", "")
    assert ended_run.files == ["run.log"]


def test_run_passes_parameters_to_the_template(ended_run: EndedRun) -> None:
    remaining = ended_run.dry_run["remaining"]

    assert (remaining["in_flight"], remaining["videos_today"]) == (7, 9)


def test_run_writes_stack_json_for_this_user_alone_until_ctrl_c(tmp_path: Path) -> None:
    with running(tmp_path, "--port", "0") as process:
        stack = described(tmp_path)
        mode = (tmp_path / "stack.json").stat().st_mode & 0o777

        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    assert (mode, process.returncode, (tmp_path / "stack.json").exists()) == (0o600, 0, False)
    assert stack["demo_user"] == {"email": "demo@keepreel.local", "password": "Keepreel-demo-1"}
    places = {"page", "api", "aws_endpoint", "region", "user_pool_id", "client_id", "cognito_endpoint", "providers"}
    assert set(stack) == places | {"demo_user", "event_bus", "functions"}
    assert set(stack["providers"]) == {"kling", "higgsfield"}
    assert stack["functions"]["generate_bot_video"] == "keepreel-local-GenerateBotVideoFunction"
    assert stack["event_bus"] == "keepreel-local"


@pytest.mark.parametrize(
    ("given", "words"), [("InFlightLimit", "'InFlightLimit' is not Name=Value"), ("=7", "'=7' is not Name=Value")]
)
def test_malformed_parameter_is_one_clear_line(
    given: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["local", "run", "--parameter", given])

    with pytest.raises(SystemExit) as ended:
        command_line.main()

    assert (ended.value.code, words in capsys.readouterr().err.splitlines()[-1]) == (2, True)


def test_unknown_parameter_is_one_clear_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "run", "--folder", str(tmp_path), "--port", "0"]

    ended = subprocess.run(
        [*command, "--parameter", "Color=red"], cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )

    words = "keepreel: the template has no parameter Color; known: AlarmEmail, "
    assert (ended.returncode, words in ended.stderr.splitlines()[-1]) == (1, True)


def test_make_run_passes_parameters_with_spaces_and_parentheses() -> None:
    given = "ScheduledCommunityId=sophia; ScheduledVideoRate=rate(1 minute)"

    # The recipe as the shell gets it, with a program that only prints its arguments.
    recipe = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "run", "PORT=9000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    command = recipe.stdout.splitlines()[-1].replace("exec .venv/bin/python -m local", "printf '%s\\n'")
    shown = subprocess.run(
        ["sh", "-c", command], env={**os.environ, "PARAMETERS": given}, capture_output=True, text=True, check=True
    )

    assert shown.stdout.splitlines() == ["run", "--port", "9000", "--parameter", given]


def test_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "local", "run", "--folder", str(tmp_path), "--port", port]

        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)

    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert f"port {port}" in ended.stderr
    assert not (tmp_path / "stack.json").exists()


@pytest.fixture(scope="module")
def two_stacks() -> tuple[list[str], str]:
    """Output and errors of a process with two stacks, one after the other.

    A workflow of the second one is still reading its definition when the functions have stopped.
    """
    ended = run_python("""
        import socket, threading
        import requests
        from local.aws.moto_server import MotoServer
        from local.stack import Stack

        def videos(stack):
            headers = {"Authorization": "Bearer " + stack.sign_in()}
            return requests.get(stack.url + "/v1/videos", headers=headers, timeout=60).json()["videos"]

        def create(stack):
            headers = {"Authorization": "Bearer " + stack.sign_in()}
            return requests.post(stack.url + "/v1/videos", json={"prompt": "a"}, headers=headers, timeout=60)

        def start_workflows_only_after_quiesce():
            from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
            read, quiesce, is_quiet = ExecutionWorker._get_evaluation_entrypoint, MotoServer.quiesce, threading.Event()

            def read_late(worker):
                program = read(worker)
                is_quiet.wait(60)
                return program

            def announce(server):
                quiesce(server)
                is_quiet.set()

            ExecutionWorker._get_evaluation_entrypoint, MotoServer.quiesce = read_late, announce

        def live():
            with Stack(simulator={"video_short_side": 64}) as stack:
                idle = socket.create_connection(("127.0.0.1", int(stack.url.rpartition(":")[2])))
                print(len(videos(stack)), create(stack).status_code, len(videos(stack)))
            idle.close()
            print([it.name for it in threading.enumerate()])

        live()
        start_workflows_only_after_quiesce()
        live()
    """)
    return [it for it in ended.stdout.splitlines() if not it.startswith("{")], ended.stderr


def test_stopped_stack_leaves_no_thread_and_a_second_one_starts_empty(two_stacks: tuple[list[str], str]) -> None:
    lines, errors = two_stacks

    assert (lines[:3], errors) == (["0 202 1", "['MainThread']", "0 202 1"], "")


def test_workflow_that_starts_while_the_stack_stops_leaves_no_thread(two_stacks: tuple[list[str], str]) -> None:
    lines, _ = two_stacks

    assert lines[3:] == ["['MainThread']"]


def test_stack_never_uses_a_real_account_and_puts_a_real_key_only_into_the_secret() -> None:
    ended = run_python(
        """
        import boto3, os
        from local.stack import Stack

        def keys():
            keys = boto3.Session().get_credentials().get_frozen_credentials()
            return (keys.access_key, keys.secret_key, keys.token)

        def places():
            session = boto3.Session()
            return session.region_name, {session.client(it).meta.endpoint_url for it in ("dynamodb", "s3", "lambda")}

        with Stack(only_resources=True) as stack:
            here = ("us-east-1", {stack.aws_endpoint})
            print(keys(), places() == here)
            for provider in ("KLING", "HIGGSFIELD"):
                name = os.environ[provider + "_SECRET_NAME"]
                print(boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
                print(os.environ[provider + "_BASE_URL"], os.environ["WAIT_SCALE"])
            print([it for it in os.environ.values() if "canary" in it], "canary" in str(stack.describe()))
        print(keys(), places() == here)
    """,
        **REAL_ACCOUNT,
        KLING_API_KEY="canary",
        KLING_BASE_URL="http://127.0.0.1:9",
        HIGGSFIELD_KEY="canary-id:canary",
        HIGGSFIELD_BASE_URL="http://127.0.0.1:8",
    )

    local_credentials = "('local', 'local', None) True"
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        local_credentials,
        '{"api_key": "canary"}',
        "http://127.0.0.1:9 1",
        '{"key": "canary-id:canary"}',
        "http://127.0.0.1:8 1",
        "[] False",
        local_credentials,
    ]


def test_demo_creates_and_saves_the_video(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "demo", "--folder", str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    video = json.loads((tmp_path / "demo" / "video.json").read_text())
    prompt = (ROOT / "local/samples/happy-sophia.txt").read_text().strip()
    fields = ("status", "model", "duration_seconds", "aspect_ratio", "prompt")
    assert (ended.returncode, ended.stderr, ended.stdout.splitlines()[-1]) == (0, "", video["video_url"])
    assert [video[it] for it in fields] == ["completed", "kling-v2-1", 5, "1:1", prompt]
    assert (tmp_path / "demo" / "video.mp4").stat().st_size == video["size_bytes"]
    assert (tmp_path / "demo" / "thumbnail.jpg").read_bytes().startswith(b"\xff\xd8\xff")


def test_bot_demo_creates_and_saves_its_four_videos(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "demo-bot", "--folder", str(tmp_path)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    types = ("intro", "promo", "token_reveal", "custom")
    videos = [json.loads((tmp_path / "demo-bot" / f"{type}.json").read_text()) for type in types]
    lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line.split() for line in lines[-4:]] == [
        [type, it["video_url"]] for type, it in zip(types, videos, strict=True)
    ]
    assert "Published events: 4 × VideoCompleted" in lines


def connect(url: str) -> socket.socket:
    """Open a connection that sends nothing, as browsers do."""
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)))
