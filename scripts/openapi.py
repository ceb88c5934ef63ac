"""Writes docs/openapi.json from the routes; with --check only says whether it is up to date."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from entourage.app import create_app
from entourage.settings import Settings

TARGET = Path(__file__).parent.parent / "docs" / "openapi.json"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        document = create_app(Settings(data_dir=Path(folder))).openapi()
    text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if "--check" in sys.argv:
        if TARGET.is_file() and TARGET.read_text() == text:
            return 0
        print("docs/openapi.json is not up to date: run `make openapi`.")
        return 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
