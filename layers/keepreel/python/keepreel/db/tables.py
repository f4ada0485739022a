"""DynamoDB tables as pynamodb models. Each query is in the module that needs its result.

Never `save()` an existing item: use `update(actions=…, condition=…)`, so that two workers cannot overwrite each other.
"""

from collections.abc import Callable
from typing import Any
from zlib import crc32

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model

from keepreel.db.compact import Number, Text, Time, TimeOf
from keepreel.db.indexes import ByModel, ByOwner, ByStatus, ByType, InFlight, Waiting
from keepreel.db.slim import Hash, HashUnlessEqual, RequestText, TextUnlessEqual, UnlessEqual, without_repetitions
from keepreel.settings import Settings, settings

IN_FLIGHT_SHARDS = 4
USER_TYPE = "user"


class TableName:
    """A table's name, read from the settings at first use instead of at import."""

    def __init__(self, read: Callable[[Settings], str]) -> None:
        self._read = read

    def __get__(self, instance: object, owner: type) -> str:
        return self._read(settings())


class TableSettings:
    # As in aws.py, whose client all tables share. pynamodb reads these values only for a client of its own.
    connect_timeout_seconds = 1
    read_timeout_seconds = 3
    max_retry_attempts = 2


class Video(Model):
    """One video, from the request to the stored file. Times are UTC. A missing value is None.

    A record of up to 1 KB costs the least, so a value that is equal to another one, or zero, is not stored, and texts
    and times are stored in few bytes.
    """

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.videos_table)

    owner = UnicodeAttribute(hash_key=True)  # user#<sub> or community#<id>
    video_id = UnicodeAttribute(range_key=True)  # UUIDv7, so a Query in reverse order returns the newest first

    # The request.
    payer = UnlessEqual("owner")  # user#<sub>: the user whose quotas count it and whose uploads it may use
    created_by = UnlessEqual("payer")  # the payer, `event` or `schedule`
    type = UnicodeAttribute()  # `user`, or for a bot video `intro`, `promo`, `token_reveal`, `custom`
    prompt = Text(null=True)  # as in the request; None if a template produced all of it
    template = UnicodeAttribute(null=True)
    template_version = Number(null=True)
    final_prompt = TextUnlessEqual("prompt")  # as sent to the provider
    negative_prompt = Text(null=True)
    source_image = UnicodeAttribute(null=True)  # upload:<id>, or an https URL
    provider = UnicodeAttribute()
    model = UnicodeAttribute()
    duration_seconds = Number()
    aspect_ratio = UnicodeAttribute()
    resolution = UnicodeAttribute()
    seed = Number(null=True)
    options = JSONAttribute(null=True)  # models/options.py: what is set of Options, with the model's defaults
    requested_model = UnicodeAttribute(null=True)  # the model in the request, if `model` is its successor
    batch_id = UnicodeAttribute(null=True)  # shared by the variations of one request
    batch_index = Number(null=True)  # from 0, in the order of the response
    remixed_from = UnicodeAttribute(null=True)  # the id of the video that was remixed or retried
    estimated_cost_cents = Number()
    usage_day = UnicodeAttribute()  # the day whose usage counts it, YYYY-MM-DD
    cap_shard = Number(null=True)  # the shard of the site's limit that gets its cost back if it was not charged

    # Progress. db/status.py defines the statuses and their transitions.
    status = UnicodeAttribute()
    error_code = UnicodeAttribute(null=True)  # set as soon as the video fails, before the status changes
    error_message = UnicodeAttribute(null=True)
    is_uncharged = BooleanAttribute(null=True)  # the provider documents that a task with this end is free
    created_at = Time()
    updated_at = TimeOf("completed_at")
    completed_at = Time(null=True)

    # The place in the queue, or the slot at the provider, written by dispatch/. A video has one of them, or neither.
    waiting_queue = UnicodeAttribute(null=True)  # the queue, while the video waits for a slot
    dispatch_at = UTCDateTimeAttribute(null=True)  # its place in the queue; kept for the case that the provider is busy
    slot_queue = UnicodeAttribute(null=True)  # the queue of its slot, from the take until the provider's job has ended
    slot = Number(null=True)
    slot_token = UnicodeAttribute(null=True)  # of this take
    slot_taken_at = Time(null=True)
    blocked_until = UTCDateTimeAttribute(null=True)  # its provider has switched the model off: no slot before
    is_probe = BooleanAttribute(null=True)  # the one video that is sent while the queue is paused

    # The submit, written by workflow/attempts.py. An attempt (token, time, exact request) without a task id has an
    # unknown outcome. With the task id, only the request is needed.
    hosted_image_url = UnicodeAttribute(null=True)  # the source image, uploaded to the provider
    hosted_images = JSONAttribute(null=True)  # URL by upload name: the other images, uploaded to the provider
    attempt_token = UnicodeAttribute(null=True)
    first_attempted_at = Time(null=True)
    first_refused_at = Time(null=True)  # when a resend was first refused
    attempted_at = TimeOf("first_attempted_at")  # of the last attempt
    attempt_request = RequestText(null=True)  # JSON; an uploaded image is replaced by its hash
    sent_request = BinaryAttribute(null=True, legacy_encoding=False)  # the same, packed by db/slim.py
    attempts = Number(null=True)  # the number of attempts with an unknown outcome, including the last one
    lookups_missed = Number(default=0)
    refusal_code = UnicodeAttribute(null=True)  # of a later attempt; the failure if no earlier one is found
    refusal_message = UnicodeAttribute(null=True)
    provider_task_id = UnicodeAttribute(null=True)
    submitted_at = Time(null=True)
    enhanced_prompt = Text(null=True)  # as the provider rewrote it, if it was asked to and says so
    file_expires_at = Time(null=True)  # when the provider removes the file, if it says so

    # The file.
    media_secret = UnicodeAttribute()  # 128 random bits in the object key, so that URLs cannot be guessed
    width = Number(null=True)
    height = Number(null=True)
    size_bytes = Number(null=True)
    sha256 = Hash(null=True)  # of the stored file
    source_sha256 = HashUnlessEqual("sha256")  # of the provider's file, which signing changes
    content_credentials = UnicodeAttribute(null=True)  # the state of the file's credential; None: not looked at
    is_signing_due = BooleanAttribute(null=True)  # signing failed, so the sweeper tries again
    is_published = BooleanAttribute(null=True)  # the event was published, but the video still needs the sweeper
    measured_seconds = Number(null=True)
    actual_cost_usd = Number(null=True)
    billed_as = JSONAttribute(null=True)  # as the provider billed it: units, cash_usd, credits

    # Views and sharing, written by videos/stats.py and videos/sharing.py. A nonce means that the video is shared.
    views = Number(default=0)
    shares = Number(default=0)
    downloads = Number(default=0)
    share_nonce = UnicodeAttribute(null=True)

    # Keys of the indexes for filtered lists; see `filter_key`.
    owner_status = UnicodeAttribute(null=True)
    owner_type = UnicodeAttribute(null=True)
    owner_model = UnicodeAttribute(null=True)

    # For the sweeper; removed when the video no longer needs checks.
    in_flight_shard = Number(null=True)
    next_check_at = UTCDateTimeAttribute(null=True)
    restarts = Number(default=0)  # the number of further workflow executions
    breaks = Number(default=0)  # the number of steps that raised an error
    failed_sweeps = Number(null=True)  # tries of the sweeper that failed; three set the record aside
    bad_files = Number(null=True)  # the number of downloaded files that are no complete, playable video

    in_flight = InFlight()
    waiting = Waiting()
    by_status = ByStatus()
    by_type = ByType()
    by_model = ByModel()

    def _container_deserialize(self, attribute_values: dict[str, dict[str, Any]]) -> None:
        """Read the attributes of a stored record. pynamodb's own method looks for each of the 80 in every record."""
        self.attribute_values = {}
        self._set_defaults(_user_instantiated=False)
        attributes = self.get_attributes()
        for name, value in attribute_values.items():
            if value and "NULL" not in value and (attribute := attributes.get(name)) is not None:
                self.attribute_values[name] = attribute.deserialize(attribute.get_value(value))

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:  # noqa: FBT001, FBT002  # of pynamodb
        stored = without_repetitions(super().serialize(null_check), self)
        return {name: value for name, value in stored.items() if name not in _ZEROS or value != {"N": "0"}}


class Share(Model):
    """A share link: the hash of its token and its video."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.shares_table)

    token_hash = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    video_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    expires_at = TTLAttribute(null=True)  # None: valid until revoked


class Community(Model):
    """A community's bot, whose texts fill the prompt templates. All of its text is untrusted."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.communities_table)

    community_id = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()  # user#<sub>
    name = UnicodeAttribute()
    agent_name = UnicodeAttribute(null=True)
    agent_instructions = UnicodeAttribute(null=True)
    avatar = UnicodeAttribute(null=True)  # upload:<id>, an upload of the owner
    token_name = UnicodeAttribute(null=True)
    token_symbol = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    deleting_at = UTCDateTimeAttribute(null=True)  # hidden; the id is free again when everything of it is removed

    by_owner = ByOwner()


# An absent count stands for zero. A condition that compares it must allow that.
_ZEROS = frozenset({"views", "shares", "downloads", "breaks", "lookups_missed"})


def filter_key(owner: str, value: str) -> str:
    """Return the index key for an owner's videos of one status, type or model. An owner contains no `|`."""
    return f"{owner}|{value}"


def type_key(owner: str, type: str) -> str | None:
    """Return the index key for a type; None for users' own videos, because their list has no other type."""
    return None if type == USER_TYPE else filter_key(owner, type)


def in_flight_shard(video_id: str) -> int:
    """Return the video's shard of the in-flight index, so that no single partition takes every write."""
    return crc32(video_id.encode()) % IN_FLIGHT_SHARDS
