"""A Lambda function of the template."""

from dataclasses import dataclass, field

from local.aws.template import ACCOUNT_ID, REGION


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function of the template. `folder` is its short name: the last part of its CodeUri."""

    logical_id: str
    name: str
    folder: str
    handler: str  # as in "functions.generate_video.app.lambda_handler"
    timeout_seconds: float
    memory_mb: int
    variables: dict[str, str] = field(repr=False)
    alias: str | None = None  # the qualifier of its current version
    retries: int = 2  # of a failed asynchronous invocation
    on_failure_queue: str | None = None  # ARN of the queue for events whose retries failed, too

    @property
    def arn(self) -> str:
        """The ARN with which callers invoke the function: of its alias, if it has one."""
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{self.name}"
        return f"{arn}:{self.alias}" if self.alias else arn
