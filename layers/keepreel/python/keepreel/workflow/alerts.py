"""Alert the operator: to a problem with a provider account, or with the signing of content credentials."""

from keepreel import metrics
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem
from keepreel.logs import logger


def alert_operator(video: Video, problem: AccountProblem) -> None:
    """Log the reason and count the metric `AccountProblem`, which has an alarm in the template."""
    logger.error(
        "account problem",
        extra={"video_id": video.video_id, "owner": video.owner, "provider": video.provider, "reason": str(problem)},
    )
    metrics.count("AccountProblem", provider=video.provider)


def count_signing_failure(video: Video, error: Exception) -> None:
    """Log the reason and count the metric `SigningFailed`, which has an alarm in the template."""
    logger.error(
        "signing failed",
        extra={"video_id": video.video_id, "owner": video.owner, "reason": f"{type(error).__name__}: {error}"},
    )
    metrics.count("SigningFailed")
