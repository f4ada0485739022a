"""The tables, as pynamodb models. A query lives in the module that owns the question.

Never `save()` over an item that exists: `update(actions=…, condition=…)`, so that two workers cannot undo each other.
"""

from collections.abc import Callable
from zlib import crc32

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from keepreel.settings import Settings, settings

IN_FLIGHT_SHARDS = 4


class _TableName:
    """A table's name, read from the settings when first needed, not when the module is imported."""

    def __init__(self, read: Callable[[Settings], str]) -> None:
        self._read = read

    def __get__(self, instance: object, owner: type) -> str:
        return self._read(settings())


class _Meta:
    # A Lambda behind the API has ten seconds; pynamodb's own patience is four tries of thirty.
    connect_timeout_seconds = 1
    read_timeout_seconds = 3
    max_retry_attempts = 2


class InFlight(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]  # pynamodb leaves it untyped
    """Unfinished videos alone: one that is finished drops its shard and so leaves the index."""

    class Meta:
        index_name = "in_flight"
        projection = KeysOnlyProjection()

    in_flight_shard = NumberAttribute(hash_key=True)
    next_check_at = UTCDateTimeAttribute(range_key=True)


class ByStatus(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    """An owner's videos of one status; it and the next two make a filtered page one Query."""

    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    owner_status = UnicodeAttribute(hash_key=True)
    video_id = UnicodeAttribute(range_key=True)


class ByType(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_type"
        projection = AllProjection()

    owner_type = UnicodeAttribute(hash_key=True)
    video_id = UnicodeAttribute(range_key=True)


class ByModel(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_model"
        projection = AllProjection()

    owner_model = UnicodeAttribute(hash_key=True)
    video_id = UnicodeAttribute(range_key=True)


class Video(Model):
    """One video, from the request to the stored file. Times are UTC; an absent value is None."""

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.videos_table)

    owner = UnicodeAttribute(hash_key=True)  # user#<sub> or community#<id>
    video_id = UnicodeAttribute(range_key=True)  # UUIDv7, so one Query backwards is newest first

    # What was asked for.
    payer = UnicodeAttribute()  # user#<sub>: in whose limits it counts, and whose uploads it may use
    created_by = UnicodeAttribute()  # the payer, or event or schedule
    type = UnicodeAttribute()  # user, or a bot video's intro, promo, token_reveal, custom
    prompt = UnicodeAttribute(null=True)  # as given; None where a template built all of it
    template = UnicodeAttribute(null=True)
    template_version = NumberAttribute(null=True)
    final_prompt = UnicodeAttribute()  # as sent
    negative_prompt = UnicodeAttribute(null=True)
    source_image = UnicodeAttribute(null=True)  # upload:<id>, or an https URL
    provider = UnicodeAttribute()
    model = UnicodeAttribute()
    duration_seconds = NumberAttribute()
    aspect_ratio = UnicodeAttribute()
    resolution = UnicodeAttribute()
    seed = NumberAttribute(null=True)
    batch_id = UnicodeAttribute(null=True)  # of the variations that were asked for at once
    batch_index = NumberAttribute(null=True)  # from 0, in the order answered
    remixed_from = UnicodeAttribute(null=True)  # the id of the video that this one was made from again
    estimated_cost_cents = NumberAttribute()
    usage_day = UnicodeAttribute()  # the day whose usage it counts in, YYYY-MM-DD

    # How it is going. `statuses` owns the words and the moves.
    status = UnicodeAttribute()
    error_code = UnicodeAttribute(null=True)  # set with the verdict, before the status follows
    error_message = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    completed_at = UTCDateTimeAttribute(null=True)

    # The submit: an intent (token, time, exact request) without a task id is an unknown outcome.
    hosted_image_url = UnicodeAttribute(null=True)  # our image at the provider's own place for it
    attempt_token = UnicodeAttribute(null=True)
    first_attempted_at = UTCDateTimeAttribute(null=True)
    first_refused_at = UTCDateTimeAttribute(null=True)  # when it was sent again
    attempted_at = UTCDateTimeAttribute(null=True)
    attempt_request = UnicodeAttribute(null=True)  # JSON; an image of ours stands in it as its hash
    attempts = NumberAttribute(null=True)  # how many of unknown outcome, the last one included
    lookups_missed = NumberAttribute(null=True)
    refusal_code = UnicodeAttribute(null=True)  # of a later attempt; it becomes the verdict if none is found
    refusal_message = UnicodeAttribute(null=True)
    provider_task_id = UnicodeAttribute(null=True)
    submitted_at = UTCDateTimeAttribute(null=True)
    is_uncharged = BooleanAttribute(null=True)  # the provider promises that a task which ended so costs nothing

    # The file.
    media_secret = UnicodeAttribute()  # 128 bits, the unguessable part of its path
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    size_bytes = NumberAttribute(null=True)
    sha256 = UnicodeAttribute(null=True)
    measured_seconds = NumberAttribute(null=True)
    actual_cost_usd = NumberAttribute(null=True)

    # What became of it. `analytics` counts; a nonce means that it is shared.
    views = NumberAttribute(default=0)
    shares = NumberAttribute(default=0)
    downloads = NumberAttribute(default=0)
    share_nonce = UnicodeAttribute(null=True)

    # For lists with a filter: the owner and the value, as `faceted` writes them.
    owner_status = UnicodeAttribute(null=True)
    owner_type = UnicodeAttribute(null=True)
    owner_model = UnicodeAttribute(null=True)

    # For the sweeper; both leave the record with its last status.
    in_flight_shard = NumberAttribute(null=True)
    next_check_at = UTCDateTimeAttribute(null=True)
    restarts = NumberAttribute(default=0)  # how many further workflows it needed
    breaks = NumberAttribute(default=0)  # how often a step of ours broke

    in_flight = InFlight()
    by_status = ByStatus()
    by_type = ByType()
    by_model = ByModel()


class Share(Model):
    """Which video a share link opens, known by a hash of its token."""

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.shares_table)

    token_hash = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    video_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    expires_at = TTLAttribute(null=True)  # None: until it is revoked


class IdempotencyKey(Model):
    """Which videos a request made, so that the same request again gets the same answer."""

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.requests_table)

    key = UnicodeAttribute(hash_key=True)  # request#<owner>#<hash of the key>, or body#<owner>#<hash of the body>
    request_hash = UnicodeAttribute()
    video_ids = ListAttribute(of=UnicodeAttribute)
    expires_at = TTLAttribute()


class DailyUsage(Model):
    """What a person has asked for on one day (UTC), for themselves and for their communities."""

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.requests_table)

    key = UnicodeAttribute(hash_key=True)  # usage#<payer>#<YYYY-MM-DD>
    videos = NumberAttribute(default=0)
    cents = NumberAttribute(default=0)
    expires_at = TTLAttribute()


class InFlightUsage(Model):
    """How many of a person's videos are unfinished."""

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.requests_table)

    key = UnicodeAttribute(hash_key=True)  # in_flight#<payer>
    videos = NumberAttribute(default=0)


class DailyStats(Model):
    """How often an owner's videos were seen, shared and downloaded on one day (UTC), or ever.

    With neither a count nor anything but its TTL, it is a mark: that was counted, and must not count again.
    """

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.requests_table)

    key = UnicodeAttribute(hash_key=True)  # stats#<owner>#<YYYY-MM-DD> or stats#<owner>#total; marks: `analytics`
    views = NumberAttribute(default=0)
    shares = NumberAttribute(default=0)
    downloads = NumberAttribute(default=0)
    expires_at = TTLAttribute(null=True)


class ByOwner(GlobalSecondaryIndex["Community"]):  # type: ignore[no-untyped-call]  # pynamodb leaves it untyped
    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    community_id = UnicodeAttribute(range_key=True)


class Community(Model):
    """A community's bot: what its videos' prompts are built from. All of its text is untrusted."""

    class Meta(_Meta):
        table_name = _TableName(lambda it: it.communities_table)

    community_id = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()  # user#<sub>
    name = UnicodeAttribute()
    agent_name = UnicodeAttribute(null=True)
    agent_instructions = UnicodeAttribute(null=True)
    avatar = UnicodeAttribute(null=True)  # upload:<id>, one of the owner's
    token_name = UnicodeAttribute(null=True)
    token_symbol = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    by_owner = ByOwner()


def faceted(owner: str, value: str) -> str:
    """An owner's videos of one status, type or model, as the indexes know them. An owner has no | in it."""
    return f"{owner}|{value}"


def in_flight_shard(video_id: str) -> int:
    """Which part of the in-flight index a video belongs to, so that no single partition takes every write."""
    return crc32(video_id.encode()) % IN_FLIGHT_SHARDS
