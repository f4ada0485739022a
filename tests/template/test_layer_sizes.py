"""Sizes of the built functions, counted as Lambda counts them: unzipped, with layers."""

from pathlib import Path

import pytest

from local.paths import ROOT
from local.tools import layer_sizes
from tests.bench import layers

_BUILT = ROOT / ".aws-sam/build/DependenciesLayer"

TEMPLATE = """
Globals:
  Function: { Handler: app.lambda_handler, Layers: [!Ref Shared] }
Resources:
  Light: { Type: AWS::Serverless::Function, Properties: { CodeUri: code } }
  Heavy: { Type: AWS::Serverless::Function, Properties: { CodeUri: code, Layers: [!Ref Own] } }
  Shared: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: shared } }
  Own: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: own } }
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    for folder, size in {"code": 10, "shared/python": 100, "own/python": 1000}.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "module.py").write_bytes(b"#" * size)
    return tmp_path


def test_size_of_a_function_includes_its_layers(build: Path) -> None:
    weights = {function.name: function.unzipped_bytes for function in layer_sizes.functions(build)}

    assert weights == {"Light": 110, "Heavy": 1110}


def test_a_function_over_the_size_limit_fails_the_build(
    build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layer_sizes, "LIMIT_BYTES", 1109)

    code = layer_sizes.main(build)

    assert (code, capsys.readouterr().err.strip().rsplit(" ", 1)[1]) == (1, "Heavy")


def test_a_build_within_the_size_limit_passes(build: Path) -> None:
    assert layer_sizes.main(build) == 0


@pytest.mark.skipif(not _BUILT.exists(), reason="needs `make build`")
def test_dependencies_layer_is_at_most_18_mb_zipped() -> None:
    assert layers.zipped_mb(_BUILT) <= layers.GOAL_MB
