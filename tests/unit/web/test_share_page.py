"""The share page's HTML for every type and aspect ratio. Its HTTP behavior is tested in functions/test_sharing.py."""

import json
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from PIL import Image

from keepreel.media import thumbnails
from keepreel.web import share_page
from tests.factories import record
from tests.unit.providers.provider_env import environment_set

HERE = "https://keepreel.example"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with environment_set(monkeypatch, PUBLIC_URL=HERE):
        yield


def page(*, type: str = "user", width: int = 1280, height: int = 720, url: str = f"{HERE}/s/token") -> str:
    return share_page.video_page(record("user#1", type=type, width=width, height=height), url=url).body or ""


@pytest.mark.parametrize(
    ("type", "title"),
    [
        ("intro", "Character intro"),
        ("promo", "Promo"),
        ("token_reveal", "Token reveal"),
        ("custom", "A short video"),
        ("user", "A short video"),
    ],
)
def test_title_names_only_the_type(type: str, title: str) -> None:
    shown = page(type=type)

    assert re.findall(r"<h1>(.*)</h1>", shown) == [title]
    assert re.findall(r'"(?:og|twitter):title" content="(.*)"', shown) == [title, title]


def test_page_says_ai_generated_to_people_and_machines() -> None:
    shown = page(type="intro")

    assert '<p class="ai">AI-generated</p>' in shown
    assert '<meta name="ai-generated" content="true">' in shown
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', shown)
    data = json.loads(block)
    assert (data["@context"], data["@type"], data["name"]) == ("https://schema.org", "VideoObject", "Character intro")
    assert data["digitalSourceType"] == "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
    assert data["additionalType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    for required in ("description", "thumbnailUrl", "contentUrl"):
        assert data[required]
    assert datetime.fromisoformat(data["uploadDate"]).tzinfo is not None
    assert re.fullmatch(r"PT\d+S", data["duration"])


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (1080, 1920), (1440, 1440), (1000, 1776)])
def test_preview_image_has_the_declared_size(width: int, height: int) -> None:
    picture = Image.new("L", (width, height))
    picture.thumbnail((thumbnails._MAX_SIDE,) * 2)

    declared = re.findall(r'"og:image:(?:width|height)" content="(\d+)"', page(width=width, height=height))

    assert tuple(map(int, declared)) == picture.size


@pytest.mark.parametrize(("width", "height", "shape"), [(1280, 720, "wide"), (720, 720, "square"), (720, 1280, "tall")])
def test_player_has_its_aspect_ratio_before_the_video_loads(width: int, height: int, shape: str) -> None:
    shown = page(width=width, height=height)

    assert f'<main class="{shape}">' in shown
    assert f'<video controls playsinline preload="metadata" width="{width}" height="{height}"' in shown


def test_without_javascript_there_is_a_player_and_no_copy_button() -> None:
    without = re.sub(r"<script>.*</script>", "", page(), flags=re.DOTALL)

    assert re.search(rf'<video controls [^>]*src="{HERE}/media/[^"]+/video.mp4"', without)
    assert re.search(r"<button [^>]*\bhidden>Copy link", without)


def test_share_links_contain_only_the_page_url() -> None:
    links = re.findall(r'<a href="([^"]*)" target="_blank" rel="noopener noreferrer">', page())

    quoted = "https%3A%2F%2Fkeepreel.example%2Fs%2Ftoken"
    assert links == [f"https://x.com/intent/post?url={quoted}", f"https://t.me/share/url?url={quoted}"]


def test_url_is_escaped() -> None:
    shown = page(url=f'{HERE}/s/"><script>alert(1)</script>$title')

    assert "<script>alert(1)" not in shown
    assert shown.count("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;$title") == 2


def test_not_found_page_has_no_player_and_the_same_headers() -> None:
    found, not_found = share_page.video_page(record("user#1"), url=HERE), share_page.not_found_page()

    assert not_found.status_code == 404
    assert not_found.headers == found.headers
    assert "<video" not in (not_found.body or "")
