"""Paths of the project and of its sample files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "local/samples"
