"""Unit tests run without tables: the item of refused models is in memory, and empty for each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.exceptions import PutError, VerboseClientError

from keepreel.db import refused_models


class Item:
    """The stored item. Like the table, it accepts a write only from the version that was read."""

    def __init__(self) -> None:
        self.models: dict[str, Any] = {}
        self.version = 0

    def read(self) -> "ItemCopy":
        return ItemCopy(self)


class ItemCopy:
    def __init__(self, item: Item) -> None:
        self._item, self._version = item, item.version
        self.models = dict(item.models)

    def save(self) -> None:
        if self._version != self._item.version:
            failed = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "changed"}}
            raise PutError(cause=VerboseClientError(failed, "PutItem"))
        self._item.models, self._item.version = dict(self.models), self._version + 1


@pytest.fixture(autouse=True)
def refused_item(monkeypatch: pytest.MonkeyPatch) -> Iterator[Item]:
    item = Item()
    monkeypatch.setattr(refused_models, "_read", item.read)
    refused_models.clear_cache()
    yield item
    refused_models.clear_cache()
