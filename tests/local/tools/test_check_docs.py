"""The check that documents name only what exists."""

from pathlib import Path

import pytest

from local.paths import ROOT
from local.tools import check_docs
from local.tools.check_docs import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in (
        "local/tools/demo.py",
        "layers/keepreel/python/keepreel/kling/client.py",
        "docs/guide.md",
        ".keepreel/stack.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "docs/guide.md").write_text("# Guide\n\n## Make a `video`, then share it\n\n## Twice\n\n## Twice\n")
    (tmp_path / "Makefile").write_text("demo: ## make one video\n\ttrue\n")
    return Project(tmp_path)


def _problems(project: Project, readme: str) -> list[str]:
    (project.root / "README.md").write_text(readme)
    return check_docs.problems(project)


def test_the_documents_of_this_project_have_no_problems() -> None:
    assert [*check_docs.problems(Project(ROOT)), *check_docs.code_problems(Project(ROOT))] == []


@pytest.mark.parametrize(
    "text",
    [
        "[guide](docs/guide.md)",
        "[guide](docs/guide.md#make-a-video-then-share-it)",
        "[guide](docs/guide.md#twice-1)",
        "[guide](docs)",
        "[other site](https://example.com/nothing.md)",
        "`local/tools/demo.py` and `local/tools/` and `local/tools`",
        "`kling/client.py`, `kling/` and `layers/*/python/keepreel/kling/client.py`",
        "`/v1/videos/missing.json` is a URL, and `.keepreel/missing.json` is generated",
        "`higgsfield/realistic-vision-v5` is a model",
        "`python -m local.tools.demo`, `make demo` and `PORT=9000 make demo`",
        "```sh\nmake demo\ncat local/tools/demo.py\n```",
        "```\n[not a link](missing.md)\n```",
    ],
)
def test_valid_references_are_not_reported(project: Project, text: str) -> None:
    assert _problems(project, text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[guide](docs/missing.md)", "the link docs/missing.md leads to no file"),
        ("[guide](docs/guide.md#missing)", "the link docs/guide.md#missing leads to no heading"),
        ("[top](#missing)", "the link #missing leads to no heading"),
        ('<img src="docs/missing.png">', "the link docs/missing.png leads to no file"),
        ("`local/missing`", "there is no local/missing"),
        ("`local/tools/missing.py`", "there is no local/tools/missing.py"),
        ("`tools/demo/`", "there is no tools/demo/"),
        ("`higgsfield/client.py`", "there is no higgsfield/client.py"),
        ("`client.py`", "there is no client.py"),
        ("`tools/demo.py`", "there is no tools/demo.py"),
        ("`python -m local.missing`", "there is no module local.missing"),
        ("`make missing`", "there is no target `make missing`"),
        ("`A=b make missing`", "there is no target `make missing`"),
    ],
)
def test_missing_target_is_reported_with_its_line(project: Project, text: str, problem: str) -> None:
    assert _problems(project, f"# Title\n\n{text}\n") == [f"README.md:3: {problem}"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("cat local/missing.json", "there is no local/missing.json"),
        ("make missing", "there is no target `make missing`"),
        (".venv/bin/python -m local.missing", "there is no module local.missing"),
    ],
)
def test_code_blocks_are_checked_too(project: Project, line: str, problem: str) -> None:
    assert _problems(project, f"```sh\ntrue\n{line}\n```\n") == [f"README.md:3: {problem}"]


def test_a_directory_tree_is_checked(project: Project) -> None:
    tree = "```\nlayers/   the package\n  kling/ higgsfield/   providers\n  client.py adapter.py\n```\n"

    assert _problems(project, tree) == ["README.md:3: there is no higgsfield/", "README.md:4: there is no adapter.py"]


def test_documents_below_the_readme_may_name_the_end_of_a_path(project: Project) -> None:
    (project.root / "docs/guide.md").write_text("`client.py`, `tools/demo.py` and `tools/missing.py`\n")

    assert _problems(project, "") == ["docs/guide.md:1: there is no tools/missing.py"]


def test_documents_in_subfolders_are_checked(project: Project) -> None:
    (project.root / "docs/decisions").mkdir()
    (project.root / "docs/decisions/0001-first.md").write_text("[guide](../guide.md) [gone](guide.md)\n")

    assert _problems(project, "") == ["docs/decisions/0001-first.md:1: the link guide.md leads to no file"]


def test_a_document_that_the_code_names_must_exist(project: Project) -> None:
    (project.root / "local/tools/demo.py").write_text("# See docs/guide.md and docs/missing.md.\n")

    assert check_docs.code_problems(project) == ["local/tools/demo.py: there is no docs/missing.md"]
