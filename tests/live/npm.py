"""Programs of npm's, pinned in a package.json, fetched once into the cache folder and run from there."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.live import session


def installed(name: str, folder: Path) -> Path:
    """A folder of the cache with what `folder`'s package.json wants and its programs, where imports find that."""
    cache = Path(os.environ.get("ALO_CACHE") or Path.home() / ".cache" / "alo-clinica") / name
    with session.locked(f"npm-{name}"):
        made, wanted = cache / "package.json", (folder / "package.json").read_text()
        if not (cache / "node_modules").exists() or made.read_text() != wanted:
            _install(cache, wanted)
        for program in [*folder.glob("*.cjs"), *folder.glob("*.mjs")]:
            (cache / program.name).write_text(program.read_text())
    return cache


def _install(cache: Path, wanted: str) -> None:
    if not shutil.which("npm"):
        subprocess.run([str(session.PROVISION), "apt", "npm"], check=True)
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "package.json").write_text(wanted)
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(cache)]
    subprocess.run(command, check=True, cwd=cache, capture_output=True)
