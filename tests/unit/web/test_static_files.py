"""Static files: which files are served, under which paths, and with which Cache-Control header."""

from pathlib import Path

import pytest

from keepreel.errors import NotFound
from keepreel.web.static_files import CACHE_FOREVER, CACHE_REVALIDATE, Folder

OLD = "0123456789ab"
PAGE = {
    "index.html": "<script type=module src=/static/$version/main.js></script>",
    "main.js": 'import "./elements/a-card.js"; "$version"',
    "page.css": "body {}",
    "icon.svg": "<svg/>",
    "elements/a-card.js": "customElements",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("outside")
    (tmp_path / "outside.js").write_text("outside")
    write(tmp_path / "static", {**PAGE, "notes.md": "in the folder, but not served", "elements/old.js~": ""})
    return tmp_path / "static"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_only_the_files_of_a_page_are_served(path: Path) -> None:
    folder = Folder.read(path)

    assert {name: file.content_type for name, file in folder.files.items()} == {
        "index.html": "text/html; charset=utf-8",
        "main.js": "text/javascript; charset=utf-8",
        "page.css": "text/css; charset=utf-8",
        "icon.svg": "image/svg+xml; charset=utf-8",
        "elements/a-card.js": "text/javascript; charset=utf-8",
    }


@pytest.mark.parametrize(
    "requested",
    ["", ".", "notes.md", "nothing.js", "elements", "elements/", "elements/main.js", "main.js/", "/main.js",
     "./main.js", "../outside.js", "../app.py", "elements/../main.js", "elements/../../outside.js", "MAIN.JS",
     "main.js\n", "main.js\0"],
)  # fmt: skip
def test_other_paths_are_not_found(requested: str, path: Path) -> None:
    folder = Folder.read(path)

    for version in ("", f"{OLD}/", f"{folder.version}/"):
        with pytest.raises(NotFound):
            folder.find(version + requested)


@pytest.mark.parametrize(
    "version", ["", "v1", "0123456789a", "0123456789abc", "0123456789AB", "elements", f"{OLD}/{OLD}"]
)
def test_invalid_version_is_not_found(version: str, path: Path) -> None:
    with pytest.raises(NotFound):
        Folder.read(path).find(f"{version}/main.js")


@pytest.mark.parametrize("name", ["main.js", "page.css", "icon.svg", "elements/a-card.js"])
def test_only_the_present_version_is_cached_forever(name: str, path: Path) -> None:
    folder = Folder.read(path)

    found = [folder.find(requested) for requested in (name, f"{OLD}/{name}", f"{folder.version}/{name}")]

    assert [(file.text, cache_control) for file, cache_control in found] == [
        (PAGE[name], CACHE_REVALIDATE),
        (PAGE[name], CACHE_REVALIDATE),
        (PAGE[name], CACHE_FOREVER),
    ]


def test_html_contains_the_version_and_is_always_revalidated(path: Path) -> None:
    folder = Folder.read(path)

    found = [folder.find(requested) for requested in ("index.html", f"{folder.version}/index.html")]

    text = f"<script type=module src=/static/{folder.version}/main.js></script>"
    assert [(file.text, cache_control) for file, cache_control in found] == [(text, CACHE_REVALIDATE)] * 2


def test_later_changes_on_disk_are_not_served(path: Path) -> None:
    folder = Folder.read(path)

    write(path, {"main.js": "changed", "late.js": "late"})

    assert folder.find("main.js")[0].text == PAGE["main.js"]
    with pytest.raises(NotFound):
        folder.find("late.js")


@pytest.mark.parametrize("name", PAGE)
def test_any_change_of_a_file_changes_the_version(name: str, path: Path, tmp_path: Path) -> None:
    same = write(tmp_path / "same", PAGE)
    other = write(tmp_path / "other", {**PAGE, name: PAGE[name] + " "})
    renamed = write(tmp_path / "renamed", {f"{it}.js" if it == name else it: text for it, text in PAGE.items()})

    versions = [Folder.read(it).version for it in (path, same, other, renamed)]

    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
