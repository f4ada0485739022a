"""Global secondary indexes of the tables."""

from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

if TYPE_CHECKING:
    from keepreel.db.tables import Community, Video  # noqa: F401  # named in strings below


class InFlight(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]  # untyped in pynamodb
    """Videos that the sweeper checks. A finished video loses its shard, so it leaves the index."""

    class Meta:
        index_name = "in_flight"
        projection = KeysOnlyProjection()

    in_flight_shard = NumberAttribute(hash_key=True)
    next_check_at = UTCDateTimeAttribute(range_key=True)


class Waiting(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    """Videos that wait for a slot, in the order of dispatch. A video that gets a slot loses its `waiting_queue`."""

    class Meta:
        index_name = "waiting"
        projection = KeysOnlyProjection()

    waiting_queue = UnicodeAttribute(hash_key=True)
    dispatch_at = UTCDateTimeAttribute(range_key=True)


class ByStatus(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    """An owner's videos by status; those that are not finished are one group.

    This index and the next two find the videos of a filtered page. They hold keys only, so that a change of a record
    does not write them too.
    """

    class Meta:
        index_name = "by_status"
        projection = KeysOnlyProjection()

    owner_status = UnicodeAttribute(hash_key=True)
    video_id = UnicodeAttribute(range_key=True)


class ByType(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_type"
        projection = KeysOnlyProjection()

    owner_type = UnicodeAttribute(hash_key=True)
    video_id = UnicodeAttribute(range_key=True)


class ByModel(GlobalSecondaryIndex["Video"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_model"
        projection = KeysOnlyProjection()

    owner_model = UnicodeAttribute(hash_key=True)
    video_id = UnicodeAttribute(range_key=True)


class ByOwner(GlobalSecondaryIndex["Community"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    community_id = UnicodeAttribute(range_key=True)
