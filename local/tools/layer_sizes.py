"""Built functions with their layers and sizes. `make build` prints the sizes and fails above Lambda's limit."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

LIMIT_BYTES = 250 * 2**20  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html


@dataclass(frozen=True, kw_only=True)
class BuiltFunction:
    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]

    @property
    def unzipped_bytes(self) -> int:
        """The size that Lambda limits: the function with its layers."""
        files = (file for folder in (self.code, *self.layers) for file in folder.rglob("*"))
        return sum(file.stat().st_size for file in files if file.is_file())


def functions(build: Path) -> list[BuiltFunction]:
    """Return the functions in the output folder of `sam build`, in the order of the template."""
    template = yaml_parse((build / "template.yaml").read_text())
    resources = template["Resources"]
    shared = template["Globals"]["Function"]
    layers = {
        name: (build / resource["Properties"]["ContentUri"]).resolve()
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }
    return [
        _function(name, resource["Properties"], shared=shared, layers=layers, build=build)
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def _function(
    name: str, own: dict[str, Any], *, shared: dict[str, Any], layers: dict[str, Path], build: Path
) -> BuiltFunction:
    """Merge like the SAM transform: a function's properties override Globals, and layer lists are concatenated."""
    return BuiltFunction(
        name=name,
        handler=own.get("Handler", shared["Handler"]),
        code=(build / own["CodeUri"]).resolve(),
        layers=tuple(layers[layer["Ref"]] for layer in [*shared["Layers"], *own.get("Layers", [])]),
    )


def too_large(built: list[BuiltFunction]) -> list[str]:
    """Return the names of the functions that exceed Lambda's limit."""
    return [function.name for function in built if function.unzipped_bytes > LIMIT_BYTES]


def main(build: Path) -> int:
    built = functions(build)
    for function in built:
        print(f"{function.unzipped_bytes / 2**20:6.1f} MB  {function.name}")
    oversized = too_large(built)
    if oversized:
        print(f"over Lambda's limit of 250 MB unzipped, layers included: {', '.join(oversized)}", file=sys.stderr)
        return 1
    print("To deploy: .venv/bin/sam deploy")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
