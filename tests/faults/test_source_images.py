"""Source images on their way from an upload to the provider."""

from io import BytesIO

import pytest
from PIL import Image

from keepreel.db.tables import Video
from keepreel.models import catalog
from keepreel.workflow import provider_job
from tests.api_client import ApiClient
from tests.unit.media.pictures import RGB_ALPHA, png, saved

MODEL = "kling-v2-6"  # an image of up to 10 MB
CASES = {
    "phone": (saved(Image.new("RGB", (2856, 2142), (200, 60, 30)), "JPEG"), (200, 60, 30)),
    "sixteen-bit-grey": (png(78 * 257, depth=16, size=(600, 600)), (78, 78, 78)),
    "half-transparent": (png(200, 0, 0, 128, color_type=RGB_ALPHA, size=(600, 600)), (227, 127, 127)),
}


def sent_image(user: ApiClient, content: bytes, *, aspect_ratio: str) -> bytes:
    """Create a video from an upload, and return the image that the provider gets."""
    created = user.create_video(source_image=user.upload(content), aspect_ratio=aspect_ratio, model=MODEL).json()
    image = provider_job.with_image(Video.get(user.owner, created["id"])).image
    assert isinstance(image, bytes)
    return image


@pytest.mark.parametrize("aspect_ratio", ["1:1", "9:16"])
@pytest.mark.parametrize("name", CASES)
def test_provider_gets_the_colors_of_the_upload(name: str, aspect_ratio: str, user: ApiClient) -> None:
    content, expected = CASES[name]

    image = Image.open(BytesIO(sent_image(user, content, aspect_ratio=aspect_ratio)))

    assert (image.format, image.mode, max(image.size) <= 2160) == ("JPEG", "RGB", True)
    assert image.getpixel((50, 50)) == pytest.approx(expected, abs=3)


def test_upload_larger_than_the_limit_of_the_model_is_reduced(user: ApiClient) -> None:
    noise = Image.effect_noise((2000, 2000), 120)
    content = saved(Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))), compress_level=0)
    max_bytes = catalog.models()[MODEL].limits.max_image_bytes

    sent = sent_image(user, content, aspect_ratio="1:1")

    assert len(sent) <= max_bytes < len(content)
    assert Image.open(BytesIO(sent)).size == (2000, 2000)
