"""What `sam build` made is weighed as Lambda weighs it: a function with its layers, unzipped."""

from pathlib import Path

import pytest

from local.tools import layer_sizes as built

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


def test_a_function_weighs_its_code_its_own_layers_and_the_shared_ones(build: Path) -> None:
    weights = {function.name: function.unzipped_bytes for function in built.functions(build)}

    assert weights == {"Light": 110, "Heavy": 1110}


def test_what_lambda_would_refuse_is_named_and_fails_the_build(
    build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(built, "LIMIT_BYTES", 1109)

    code = built.main(build)

    assert (code, capsys.readouterr().err.strip().rsplit(" ", 1)[1]) == (1, "Heavy")


def test_a_build_within_the_limit_passes(build: Path) -> None:
    assert built.main(build) == 0
