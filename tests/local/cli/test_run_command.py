"""`python -m local run`: parameters, stack.json, a clean stop, and one-line errors."""

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
from typing import Any

import pytest
import requests

import local.__main__ as command_line
from local.paths import ROOT


@contextmanager
def running(
    folder: Path, *arguments: str, shown: list[str] | None = None, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """Start `python -m local run` and wait until it says that it is ready. `shown` receives its lines until then."""
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
                if shown is not None:
                    shown.append(line.strip())
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

    shown: list[str]
    dry_run: dict[str, Any]
    created: int
    returncode: int
    output: list[str]
    errors: str
    files: list[str]


@pytest.fixture(scope="module")
def ended_run(tmp_path_factory: pytest.TempPathFactory) -> EndedRun:
    folder, shown = tmp_path_factory.mktemp("run"), list[str]()
    given = ("--parameter", "InFlightLimit=7; ScheduledVideoRate=rate(1 minute)", "--parameter", "DailyVideoLimit=9")
    with running(folder, "--port", "0", *given, shown=shown) as process:
        stack = described(folder)
        headers, videos = signed_in(stack), stack["api"] + "/v1/videos"
        dry_run = requests.post(videos, json={"prompt": "a slow wave", "dry_run": True}, headers=headers, timeout=60)
        created = requests.post(videos, json={"prompt": "a slow wave"}, headers=headers, timeout=60)
        with connect(stack["api"]), connect(stack["aws_endpoint"]):
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=60)
    return EndedRun(
        shown=shown,
        dry_run=dry_run.json(),
        created=created.status_code,
        returncode=process.returncode,
        output=output.strip().splitlines(),
        errors=errors,
        files=sorted(it.name for it in folder.iterdir()),
    )


def test_run_stops_cleanly_with_a_video_in_flight_and_idle_connections(ended_run: EndedRun) -> None:
    assert ended_run.created == 202
    assert (ended_run.returncode, ended_run.output[-1], ended_run.errors) == (0, "Stopped.", "")
    assert ended_run.files == ["run.log", "test-certificate.json"]


def test_run_shows_each_stage_of_its_start(ended_run: EndedRun) -> None:
    assert ended_run.shown[:5] == [
        "Starting the local stack …",
        "AWS services …",
        "providers …",
        "tables, bucket and state machine …",
        "functions …",
    ]


def test_run_passes_parameters_to_the_template(ended_run: EndedRun) -> None:
    remaining = ended_run.dry_run["remaining"]

    assert (remaining["in_flight"], remaining["videos_today"]) == (7, 9)


def test_run_writes_stack_json_for_this_user_alone_until_ctrl_c(tmp_path: Path) -> None:
    with running(tmp_path, "--port", "0") as process:
        stack = described(tmp_path)
        variables = json.loads((tmp_path / "sam-env.json").read_text())["Parameters"]
        files = [tmp_path / "stack.json", tmp_path / "sam-env.json"]
        modes = {it.stat().st_mode & 0o777 for it in files}

        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    assert (modes, process.returncode, [it.exists() for it in files]) == ({0o600}, 0, [False, False])
    assert variables["AWS_ENDPOINT_URL"] == stack["aws_endpoint"]
    assert variables["VIDEOS_TABLE"] == "keepreel-local-VideosTable"
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

    words = "keepreel: the template has no parameter Color; known: AccessLogs, "
    assert (ended.returncode, words in ended.stderr.splitlines()[-1]) == (1, True)


def test_misspelled_capacity_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = "ProviderCapacity=klign=5,higgsfield=4"
    monkeypatch.setattr(sys, "argv", ["local", "run", "--folder", str(tmp_path), "--parameter", given])

    code = command_line.main()

    words = (
        "keepreel: the parameter ProviderCapacity names klign, which is no provider and no queue; known: higgsfield, "
    )
    assert (code, words in capsys.readouterr().err.splitlines()[-1]) == (1, True)


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

    local = ["--host", "127.0.0.1", "--functions", "yes"]
    assert shown.stdout.splitlines() == ["run", "--port", "9000", *local, "--parameter", given]


def test_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "local", "run", "--folder", str(tmp_path), "--port", port]

        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)

    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert f"port {port}" in ended.stderr
    assert not (tmp_path / "stack.json").exists()


def connect(url: str) -> socket.socket:
    """Open a connection that sends nothing, as browsers do."""
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)))


def test_the_stack_listens_elsewhere_only_when_asked_and_warns(tmp_path: Path) -> None:
    """Without functions, as for `sam local invoke` in a container, so that one start shows both."""
    shown = list[str]()
    with running(tmp_path, "--port", "0", "--host", "0.0.0.0", "--functions", "no", shown=shown):
        stack = described(tmp_path)
        port = int(stack["api"].rpartition(":")[2])
        with socket.socket() as other:
            is_taken = other.connect_ex(("127.0.0.2", port)) == 0  # not the loopback address of the default
        api = requests.get(stack["api"] + "/v1/videos", timeout=60)

    assert is_taken
    assert any("WARNING: the stack listens on all" in it for it in shown)
    assert any("Everything but the functions is running" in it for it in shown)
    assert api.status_code in {401, 500}  # no function answers


def test_an_address_of_a_network_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["local", "run", "--host", "192.168.1.5"])

    with pytest.raises(SystemExit):
        command_line.main()

    assert "choose from" in capsys.readouterr().err
