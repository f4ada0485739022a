"""Items of the Requests table: idempotency keys, usage, statistics and what is remembered about models.

Each class is one kind of item, with its own prefix of the key.
"""

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.models import Model

from keepreel.db.tables import TableName, TableSettings


class IdempotencyKey(Model):
    """The videos that a request created, so that a repeated request gets the same response."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # request#<owner>#<hash of the key>, or body#<owner>#<hash of the body>
    request_hash = UnicodeAttribute()
    video_ids = ListAttribute(of=UnicodeAttribute)
    expires_at = TTLAttribute()


class RefusedModels(Model):
    """The models that their provider refuses today, by id; refused_models.py reads and writes it."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    KEY = "refused_models"

    key = UnicodeAttribute(hash_key=True)
    models = JSONAttribute(default=dict)
    version = VersionAttribute()


class DailyUsage(Model):
    """A user's usage on one day (UTC), for their own videos and their communities'."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # usage#<payer>#<YYYY-MM-DD>
    videos = NumberAttribute(default=0)
    cents = NumberAttribute(default=0)
    expires_at = TTLAttribute()


class InFlightUsage(Model):
    """The number of a user's unfinished videos, and the place in the queue of the last one that was created."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # in_flight#<payer>
    videos = NumberAttribute(default=0)
    last_dispatch_at = UTCDateTimeAttribute(null=True)
    closing_at = UTCDateTimeAttribute(null=True)  # the account is being deleted, so no video may be created


class ErasureReceipt(Model):
    """What a person gets after the deletion of their account; people/receipts.py. It has no personal data."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # erasure#<random id>
    receipt = JSONAttribute(null=True)  # None until everything is removed
    signature = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)


class SpendShard(Model):
    """A share of what all users together may spend on one day (UTC), in US cents; db/global_cap.py."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # cap#<YYYY-MM-DD>#<number of the shard>
    left = NumberAttribute()
    limit = NumberAttribute(null=True)  # of this shard, as `left` was at first
    shards = NumberAttribute(null=True)  # their number on this day
    expires_at = TTLAttribute()


class AccountPrice(Model):
    """What a provider charges this account for one kind of request; workflow/account_prices.py."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # price#<model>#<hash of the kind of request>
    usd = NumberAttribute()
    expires_at = TTLAttribute()


class GenerationTimes(Model):
    """The generation times of a model's last videos; workflow/usual_times.py reads and writes it."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # times#<model>
    times = JSONAttribute(default=list)  # [[seconds, whether a callback found the end], ...], oldest first
    stored_at = UTCDateTimeAttribute(null=True)
    version = VersionAttribute()


class ResultToken(Model):
    """The task token of a workflow that waits for its provider's result; workflow/result_tokens.py."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # wait#<video_id>
    token = UnicodeAttribute()
    entered_at = UnicodeAttribute()  # ISO time at which the wait began, as Step Functions writes it
    expires_at = TTLAttribute()

    @staticmethod
    def key_of(video_id: str) -> str:
        return f"wait#{video_id}"


class DailyStats(Model):
    """An owner's views, shares and downloads on one day (UTC). The current day's are in OwnerStats, too."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # stats#<owner>#<YYYY-MM-DD>
    views = NumberAttribute(default=0)
    shares = NumberAttribute(default=0)
    downloads = NumberAttribute(default=0)
    expires_at = TTLAttribute(null=True)


class OwnerStats(Model):
    """An owner's views, shares and downloads in total, and those of the current day; videos/owner_counts.py."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # stats#<owner>#total
    views = NumberAttribute(default=0)
    shares = NumberAttribute(default=0)
    downloads = NumberAttribute(default=0)
    day = UnicodeAttribute(null=True)  # YYYY-MM-DD
    day_views = NumberAttribute(default=0)
    day_downloads = NumberAttribute(default=0)


class VideoCounts(Model):
    """A video's views and downloads; videos/counting.py. Its record has those of the last refresh."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.requests_table)

    key = UnicodeAttribute(hash_key=True)  # counts#<video_id>
    views = NumberAttribute(default=0)
    downloads = NumberAttribute(default=0)
    listed_on = UnicodeAttribute(null=True)  # the day on which the record got these counts

    @staticmethod
    def key_of(video_id: str) -> str:
        return f"counts#{video_id}"
