"""Entity tags: the same for what says the same, and compared as RFC 9110 has it."""

from typing import Any

import pytest

from keepreel.api import etags

VIDEO = {"id": "a", "status": "processing", "elapsed_seconds": 1.5, "poll_after_seconds": 5, "error": None}


def test_time_alone_changes_no_tag() -> None:
    later = {**VIDEO, "elapsed_seconds": 2.5, "poll_after_seconds": 3}

    assert etags.of(later) == etags.of(VIDEO)


@pytest.mark.parametrize("change", [{"status": "saving"}, {"error": {"code": "timed_out"}}, {"id": "b"}, {"new": None}])
def test_whatever_else_is_shown_changes_the_tag(change: dict[str, Any]) -> None:
    assert etags.of(VIDEO | change) != etags.of(VIDEO)


@pytest.mark.parametrize("named", ['W/"one"', '"one"', '"a", W/"one"', '"a,b" , W/"one","c"', "*", " * "])
def test_a_known_tag_is_found(named: str) -> None:
    assert etags.match('W/"one"', if_none_match=named)


@pytest.mark.parametrize(
    "named", [None, "", "one", 'W/"two"', '"a", "b"', '"*"', '"a*"', 'W/"one', '"W/one"', '"on" "e"']
)
def test_another_tag_is_none(named: str | None) -> None:
    assert not etags.match('W/"one"', if_none_match=named)
