"""Runs Schemathesis against the real binary: whatever the OpenAPI document allows is taken, whatever it does not is refused, and every answer is one that it describes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parent / "mail"))

from postulo import Postulo, secret_of_new_client  # noqa: E402

# Of the three minutes that the whole suite may take.
SECONDS = 60


def main(seeds: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Postulo(Path(folder), f"mailbox:{folder}/mailbox")
        secret = secret_of_new_client(server, "schemathesis", "Schemathesis", "api@schemathesis.example", "--requests-per-minute=0")
        server.start()
        try:
            return max(run(server.url, secret, seed) for seed in seeds or [""])
        finally:
            server.stop()


def run(url: str, secret: str, seed: str) -> int:
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(here / "schemathesis.toml")]
    command += ["run", f"{url}/api/v1/openapi.json", "--auth", f"schemathesis:{secret}"]
    command += ["--max-time", str(SECONDS), "--no-color", *(["--seed", seed] if seed else [])]
    return subprocess.run(command, cwd=here, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
