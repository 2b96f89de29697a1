"""Runs Schemathesis against the real binary, in all its phases and with all its checks: whatever the OpenAPI document
allows is taken, what it forbids is refused, and every answer is one that it describes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parent / "mail"))

from postulo import Postulo, secret_of_new_client  # noqa: E402

# Of the three minutes that the whole suite may take.
SECONDS = 120
# The same cases each time, so that what is found is found again; script/test takes others.
SEED = "20261126"


def main(seeds: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Postulo(Path(folder), f"mailbox:{folder}/mailbox")
        platform = ("schemathesis", "Schemathesis", "api@schemathesis.example", "--requests-per-minute=0")
        secret = secret_of_new_client(server, *platform)
        server.start()
        try:
            return max(run(server, secret, seed) for seed in seeds or [SEED])
        finally:
            server.stop()


def run(server: Postulo, secret: str, seed: str) -> int:
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{server.url}/api/v1/openapi.json"]
    command += ["--auth", f"schemathesis:{secret}", "--max-time", str(SECONDS), "--no-color"]
    command += ["--generation-database", "none", *(["--seed", seed] if seed else [])]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(here / "values.py"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=server.folder, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
