"""ETags are equal for equal content and are compared as RFC 9110 requires."""

from typing import Any

import pytest

from keepreel.api import etags

VIDEO = {"id": "a", "status": "processing", "elapsed_seconds": 1.5, "poll_after_seconds": 5, "error": None}


def test_volatile_fields_do_not_change_the_tag() -> None:
    later = {**VIDEO, "elapsed_seconds": 2.5, "poll_after_seconds": 3}

    assert etags.for_json(later) == etags.for_json(VIDEO)


@pytest.mark.parametrize("change", [{"status": "saving"}, {"error": {"code": "timed_out"}}, {"id": "b"}, {"new": None}])
def test_any_other_field_changes_the_tag(change: dict[str, Any]) -> None:
    assert etags.for_json(VIDEO | change) != etags.for_json(VIDEO)


@pytest.mark.parametrize("named", ['W/"one"', '"one"', '"a", W/"one"', '"a,b" , W/"one","c"', "*", " * "])
def test_listed_tag_matches(named: str) -> None:
    assert etags.matches('W/"one"', if_none_match=named)


@pytest.mark.parametrize(
    "named", [None, "", "one", 'W/"two"', '"a", "b"', '"*"', '"a*"', 'W/"one', '"W/one"', '"on" "e"']
)
def test_other_tag_does_not_match(named: str | None) -> None:
    assert not etags.matches('W/"one"', if_none_match=named)
