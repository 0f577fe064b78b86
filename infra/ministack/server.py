"""The emulator as a process: started on a free port, stopped with everything that it started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

START_SECONDS = 60
STOP_SECONDS = 15
# A free port may be taken by somebody else before the server has it.
START_TRIES = 3
# Key and secret that may do everything. Others are refused where permissions are checked.
CREDENTIAL = "test"


class Failure(Exception):
    """What went wrong, in words for whoever ran the command."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(what: str, seconds: float, condition: Callable[[], bool]) -> None:
    """Returns as soon as the condition holds; fails when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def tail(log: Path, lines: int = 60) -> str:
    """The end of a log."""
    if not log.exists():
        return f"{log}: nothing was written"
    last = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"--- the end of {log.name}", *last])


class Server:
    """MiniStack on a port of its own, with all that it keeps under one directory. A context: leaving it stops it."""

    def __init__(self, directory: Path, logs: Path, region: str, check_permissions: bool) -> None:
        self.directory = directory
        self.logs = logs
        self.region = region
        self.check_permissions = check_permissions
        self.log = logs / "ministack.log"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Where all services answer."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """For whatever speaks to it. Nothing else of ours is passed on: MiniStack hands its environment to every function,
        and a developer's AWS profile or proxy has no place in either."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.directory),
            "TMPDIR": str(self.directory),
            "LANG": "C.UTF-8",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": CREDENTIAL,
            "AWS_SECRET_ACCESS_KEY": CREDENTIAL,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> Server:
        for attempt in range(1, START_TRIES + 1):
            self.port = free_port()
            self._start()
            try:
                wait_until("MiniStack is ready", START_SECONDS, self._ready)
                break
            except BaseException as error:
                self._stop()
                if attempt == START_TRIES or not isinstance(error, Failure):
                    raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _start(self) -> None:
        environment = self.environment() | {
            "GATEWAY_PORT": str(self.port),
            # By name, `localhost` may be an IPv6 address, where nobody listens.
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": self.region,
            "AUTH": "true" if self.check_permissions else "false",
            "PYTHONUNBUFFERED": "1",
        }
        with self.log.open("ab") as log:
            # A group of its own, so that the functions' processes can be ended with it.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise Failure(f"MiniStack ended with {self._process.returncode} at start\n{tail(self.log)}")
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=5) as answer:
                return json.load(answer)["status"] == "completed"
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Whatever is left, functions too, even where somebody presses ctrl-c again.
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
