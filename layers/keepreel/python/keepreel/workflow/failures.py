"""Failures that the workflow itself decides on, with the messages that users see."""

from keepreel.errors import ErrorCode, Failure

ACCOUNT_PROBLEM = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The provider rejected this site's account. Nothing was charged. The site's operator must fix this; "
    "try again later.",
)
NEVER_SUBMITTED = Failure(
    code=ErrorCode.PROVIDER_BUSY,
    message="The provider was at capacity for days. Nothing was charged; try again or choose another model.",
)
STEP_ERRORS = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="An error on our side prevented this video from being sent. Nothing was charged; try again later.",
)
REFUSED_AGAIN = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The provider never confirmed this video and refused it when it was sent again. "
    "Change the prompt, the image or the model and try again.",
)
NEVER_CONFIRMED = Failure(
    code=ErrorCode.TIMED_OUT,
    message="The provider never confirmed this video, so Keepreel did not send it again. "
    "Try again if you still want it.",
)
NO_REASON = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The provider could not generate this video and gave no reason. Try again, or change the prompt.",
)
NEVER_FINISHED = Failure(
    code=ErrorCode.TIMED_OUT,
    message="The provider did not finish this video within days, so Keepreel stopped polling. Try again.",
)
FILE_GONE = Failure(
    code=ErrorCode.STORAGE_FAILED,
    message="The video was generated, but the provider deleted its file before Keepreel could download it. Try again.",
)
NEVER_STORED = Failure(
    code=ErrorCode.STORAGE_FAILED,
    message="The video was generated, but could not be downloaded from the provider for days. Try again.",
)
UNUSABLE_FILE = Failure(
    code=ErrorCode.STORAGE_FAILED,
    message="The video was generated, but its file from the provider was incomplete or unplayable in three downloads. "
    "Try again.",
)
