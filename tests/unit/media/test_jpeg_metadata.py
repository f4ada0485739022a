"""Metadata of JPEG files as cameras and editors write it, intact or damaged."""

from io import BytesIO

import pytest
from PIL import Image

from keepreel.media import images
from tests.unit.media.pictures import opened, profile, saved

PHOTO = saved(Image.new("RGB", (400, 300), (200, 60, 30)), "JPEG", quality=95)
PROPHOTO = profile("prophoto.png")
PROPHOTO_RED = (137, 70, 51)  # is (200, 60, 60) in sRGB


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (2 + len(data)).to_bytes(2, "big") + data


def with_segments(*segments: bytes, photo: bytes = PHOTO) -> bytes:
    return photo[:2] + b"".join(segments) + photo[2:]


def color(content: bytes, *, aspect_ratio: str) -> tuple[int, ...]:
    found = opened(images.crop(content, aspect_ratio=aspect_ratio, min_side=100)).getpixel((50, 50))
    assert isinstance(found, tuple)
    return found


DAMAGED = {
    "jfif": segment(0xE0, b"JFIF\0\1"),
    "exif": segment(0xE1, b"Exif\0\0hello, not a TIFF header"),
    "exif-without-data": segment(0xE1, b"Exif\0\0"),
    "xmp": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta"),
    "profile": segment(0xE2, b"ICC_PROFILE\0{"),
    "profile-part": segment(0xE2, b"ICC_PROFILE\0\2\2" + PROPHOTO),
    "profile-number-zero": segment(0xE2, b"ICC_PROFILE\0\0\1" + PROPHOTO),
    "more-pictures": segment(0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff"),
    "photoshop": segment(0xED, b"Photoshop 3.0\x008BIM\x1d\x03"),
    "photoshop-resolution": segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\0\0\0\x10"),
    "adobe": segment(0xEE, b"Adobe"),
    "comment": segment(0xFE, b"\xff\xd9\0\xff"),
    "unknown": segment(0xEB, b"\xff\xda" * 20),
    "empty": segment(0xE5, b""),
    "fill-bytes": b"\xff\xff\xff",
}


@pytest.mark.parametrize("aspect_ratio", ["4:3", "1:1"])
@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_metadata_is_ignored(name: str, aspect_ratio: str) -> None:
    content = with_segments(DAMAGED[name])

    images.check(content, aspect_ratio=aspect_ratio, min_side=100)

    assert color(content, aspect_ratio=aspect_ratio) == pytest.approx((200, 60, 30), abs=3)


@pytest.mark.parametrize("name", ["jfif", "profile", "photoshop", "adobe"])
def test_photo_that_a_strict_reader_could_refuse_is_not_sent_unchanged(name: str) -> None:
    assert images.crop(PHOTO, aspect_ratio="4:3", min_side=100) == PHOTO
    assert images.crop(with_segments(DAMAGED[name]), aspect_ratio="4:3", min_side=100) != with_segments(DAMAGED[name])


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_profile_in_several_segments_is_converted(order: tuple[int, ...]) -> None:
    parts = {1: PROPHOTO[:100], 2: PROPHOTO[100:300], 3: PROPHOTO[300:]}
    segments = [segment(0xE2, b"ICC_PROFILE\0" + bytes((number, 3)) + parts[number]) for number in order]
    photo = saved(Image.new("RGB", (400, 300), PROPHOTO_RED), "JPEG", quality=100, subsampling=0)

    assert color(with_segments(*segments, photo=photo), aspect_ratio="1:1") == pytest.approx((200, 60, 60), abs=4)


def test_first_exif_segment_counts() -> None:
    def exif(orientation: int) -> bytes:
        tiff = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1" + bytes((0, orientation, 0, 0)) + bytes(4)
        return segment(0xE1, b"Exif\0\0" + tiff)

    assert images.size(with_segments(exif(6))) == (300, 400)
    assert images.size(with_segments(exif(1), exif(6))) == (400, 300)


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
@pytest.mark.parametrize("keep_rgb", [False, True])
def test_color_model_of_the_file_is_kept(mode: str, *, keep_rgb: bool) -> None:
    image = Image.new("RGB", (400, 300), (200, 60, 30)).convert(mode)
    content = saved(image, "JPEG", quality=100, keep_rgb=keep_rgb)

    expected = image.convert("RGB").getpixel((0, 0))
    assert color(content, aspect_ratio="1:1") == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("tail", [b"\0" * 1000, b"trailing text", PHOTO])
def test_bytes_after_the_photo_are_ignored(tail: bytes) -> None:
    images.check(PHOTO + tail, aspect_ratio="1:1", min_side=100)


def test_photo_with_a_second_picture_is_sent_as_one_picture() -> None:
    out = BytesIO()
    second = Image.new("RGB", (300, 300), "blue")
    Image.new("RGB", (600, 600), "red").save(out, "MPO", save_all=True, append_images=[second])

    sent = images.crop(out.getvalue(), aspect_ratio="1:1", min_side=300)

    assert (opened(sent).format, opened(sent).size) == ("JPEG", (600, 600))
    assert b"MPF" not in sent
