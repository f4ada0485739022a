"""The name of a resolution, by the measured size."""

import pytest

from keepreel.media.resolutions import delivered_resolution


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ((1280, 720), "720p"),
        ((720, 1280), "720p"),
        ((960, 960), "720p"),
        ((720, 720), "720p"),
        ((1920, 1080), "1080p"),
        ((1440, 1440), "1080p"),
        ((1080, 1080), "1080p"),
        ((1680, 720), "720p"),
        ((832, 480), "480p"),
        ((2560, 1440), "2k"),
        ((3840, 2160), "4k"),
        ((2880, 2880), "4k"),
        ((64, 64), "64p"),
        ((None, None), None),
    ],
)
def test_resolution_is_named_by_the_size(size: tuple[int | None, int | None], name: str | None) -> None:
    assert delivered_resolution(*size) == name
