"""Local stacks in a separate process: start, stop, and isolation from real accounts."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

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


@pytest.fixture(scope="module")
def two_stacks() -> tuple[list[str], str]:
    """Output and errors of a process with two stacks, one after the other; the second has worker processes.

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

        def live(**options):
            with Stack(simulator={"video_short_side": 64}, **options) as stack:
                idle = socket.create_connection(("127.0.0.1", int(stack.url.rpartition(":")[2])))
                print(len(videos(stack)), create(stack).status_code, len(videos(stack)))
            idle.close()
            print([it.name for it in threading.enumerate()])

        live()
        start_workflows_only_after_quiesce()
        live(worker_processes=True)
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
