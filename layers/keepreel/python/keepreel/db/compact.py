"""Numbers that are read fast, and texts and times that are stored as a few bytes.

Older records have texts and times as plain text, which is read too.

Not for keys of indexes: these are compared with the ones of older records.
"""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.constants import BINARY, STRING

from keepreel.db.prompt_words import PROMPT_WORDS

_RAW = -15  # zlib's window, without a header and a checksum
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Number(NumberAttribute):
    """A number. pynamodb reads each one with a JSON decoder, which takes longer for a whole number."""

    def deserialize(self, value: str) -> Any:
        return int(value) if value.isdecimal() else super().deserialize(value)  # type: ignore[no-untyped-call]


class Text(UnicodeAttribute):
    """Text that is stored compressed."""

    attr_type = BINARY

    def serialize(self, value: Any) -> Any:
        compressor = zlib.compressobj(9, wbits=_RAW, zdict=PROMPT_WORDS)
        return compressor.compress(value.encode()) + compressor.flush()

    def deserialize(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        try:
            return zlib.decompressobj(wbits=_RAW, zdict=PROMPT_WORDS).decompress(bytes(value)).decode()
        except zlib.error as error:
            raise ValueError("the stored text cannot be read") from error

    def get_value(self, value: dict[str, Any]) -> Any:
        return value[STRING] if STRING in value else super().get_value(value)


class Time(UTCDateTimeAttribute):
    """A time in UTC that is stored as microseconds since 1970, in eight bytes."""

    attr_type = BINARY

    def serialize(self, value: datetime) -> Any:
        return ((value.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)

    def deserialize(self, value: str | bytes) -> datetime:
        if isinstance(value, str):
            return cast(datetime, super().deserialize(value))  # type: ignore[no-untyped-call]  # of pynamodb
        return _EPOCH + timedelta(microseconds=int.from_bytes(bytes(value), "big", signed=True))

    def get_value(self, value: dict[str, Any]) -> Any:
        return value[STRING] if STRING in value else super().get_value(value)


class Implied(Attribute[Any]):
    """An attribute that is read from another attribute of the record if it is not stored."""

    def __init__(self, other: str) -> None:
        super().__init__(null=True)
        self.other = other

    def __get__(self, instance: Any, owner: Any) -> Any:
        value = super().__get__(instance, owner)
        return self.implied(instance) if value is None and instance is not None else value

    def implied(self, record: Any) -> Any:
        return getattr(record, self.other)


class TimeOf(Implied, Time):
    """A time that is not stored if it equals another one."""
