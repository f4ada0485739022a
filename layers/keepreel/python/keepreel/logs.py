"""The structured logger: one line per fact, with the fields `video_id`, `owner`, `provider`, `task_id`.

Never log an event, a key, a signed URL, a share token or a prompt.
"""

from aws_lambda_powertools import Logger

logger = Logger()
