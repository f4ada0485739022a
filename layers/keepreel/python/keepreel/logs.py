"""The one logger: structured, one line per fact, with `video_id`, `owner`, `provider`, `task_id` as fields.

Never in a log: an event, a key, a signed URL, a share token, a prompt.
"""

from aws_lambda_powertools import Logger

logger = Logger()
