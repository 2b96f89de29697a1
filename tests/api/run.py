"""Runs Schemathesis against the real binary, in all its phases and with all its checks: whatever the OpenAPI document
allows is taken, what it forbids is refused, and every answer is one that it describes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

here = Path(__file__).parent
sys.path.insert(0, str(here.parent / "mail"))

from postulo import Postulo, secret_of_new_client  # noqa: E402

# Of the three minutes that the whole suite may take.
SECONDS = 120
# The same cases each time, so that what is found is found again; script/test takes others.
SEED = "20261126"
SETTINGS = "schemathesis.toml"


def main(seeds: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Postulo(Path(folder), f"mailbox:{folder}/mailbox")
        platform = ("schemathesis", "Schemathesis", "api@schemathesis.example", "--requests-per-minute=0")
        secret = secret_of_new_client(server, *platform)
        server.start()
        try:
            Path(folder, SETTINGS).write_text(credentials(secret, token_of_new_account(server)))
            return max(run(server, seed) for seed in seeds or [SEED])
        finally:
            server.stop()


def token_of_new_account(server: Postulo) -> str:
    """An access token of somebody who registered. It lives longer than the suite."""
    account = {"username": "schemathesis", "password": "eighteen brass kettles", "email": "person@schemathesis.example"}
    httpx.post(f"{server.url}/auth/register", json=account).raise_for_status()
    return httpx.post(f"{server.url}/auth/token", data=account).raise_for_status().json()["access_token"]


def credentials(secret: str, token: str) -> str:
    """What each security scheme of the document is called with, as Schemathesis reads it (TOML)."""
    client = f'username = "schemathesis"\npassword = {json.dumps(secret)}'
    return f"[auth.openapi.client]\n{client}\n[auth.openapi.bearer]\nbearer = {json.dumps(token)}\n"


def run(server: Postulo, seed: str) -> int:
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(server.folder / SETTINGS)]
    command += ["run", f"{server.url}/api/v1/openapi.json", "--max-time", str(SECONDS), "--no-color"]
    # It ends the token of all others. tests/mail/test_accounts.py signs out.
    command += ["--exclude-path", "/auth/logout"]
    command += ["--generation-database", "none", *(["--seed", seed] if seed else [])]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(here / "values.py"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=server.folder, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
