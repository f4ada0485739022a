"""Run one handler in this fresh process, as a Lambda environment does, and print its CPU times as JSON.

Usage: cpu_child.py <module> <file with a list of events> <expected status>. The first event is the cold start, which
includes the start of the interpreter. The next ones warm up, and the rest are measured.
"""

import importlib
import json
import sys
import time
from pathlib import Path

WARM_UP = 5


class Context:
    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    aws_request_id = "bench"
    log_group_name = log_stream_name = "bench"
    function_version = "$LATEST"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def main(module: str, path: str, expected: str) -> None:
    first, *rest = json.loads(Path(path).read_text())
    handler = importlib.import_module(module).lambda_handler

    def run(event: object) -> None:
        response = handler(event, Context())
        if response["statusCode"] != int(expected):
            raise SystemExit(f"{module}: {response}")

    run(first)
    cold = time.process_time()
    # Powertools imports the empty package `botocore` to set a user agent, which takes no time.
    has_boto = any(name in sys.modules for name in ("boto3", "botocore.session", "botocore.client"))
    for event in rest[:WARM_UP]:
        run(event)
    started = time.process_time()
    for event in rest[WARM_UP:]:
        run(event)
    warm = (time.process_time() - started) / max(1, len(rest) - WARM_UP)
    print(json.dumps({"cold": cold * 1000, "warm": warm * 1000, "has_boto": has_boto}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
