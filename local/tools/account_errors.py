"""Errors of an AWS account as one line, for the tools that call AWS with your credentials."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError


@contextmanager
def one_line(hint: str) -> Iterator[None]:
    """End the program with AWS's message and a hint, instead of a traceback."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(f"{hint} {error}") from None
