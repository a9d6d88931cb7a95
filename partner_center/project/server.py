"""The server: granian's WSGI workers, the static files they hand out, and the jobs process beside them."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.log import LogLevels

TAKEN = "Something else listens at {host}:{port} already; --port takes another."
PATIENCE = 30.0
"""Seconds a jobs process may take to finish its turn when asked to stop."""


def serve(
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    certificate: Path | None = None,
    key: Path | None = None,
    jobs: bool = True,
) -> int:
    """Serve until SIGTERM or SIGINT; then let requests and the jobs' turn end. Returns the exit status."""
    if is_taken(host, port):
        print(TAKEN.format(host=host, port=port), file=sys.stderr)
        return 1
    server = Granian(
        "partner_center.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        http=HTTPModes.auto if certificate else HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=int(PATIENCE),
        process_name=None,
    )
    _let_go_of_the_database()
    keeper = JobsKeeper() if jobs else None
    if keeper:
        keeper.start()
    try:
        server.serve()
    finally:
        if keeper:
            keeper.stop()
    return 0


def is_taken(host: str, port: int, *, patience: float = 3.0) -> bool:
    """Whether another program listens there. Workers share their port, so the system would not refuse a second
    server: both would answer, each from its own database. One that is just ending is waited for."""
    until = time.monotonic() + patience
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                if time.monotonic() >= until:
                    return True
            else:
                return False
        time.sleep(0.1)


class JobsKeeper:
    """Keeps one jobs process alive beside the web server: starts it, starts it again should it fail, ends it."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="jobs-keeper", daemon=True)

    def start(self) -> None:
        self._launch()
        self._thread.start()

    def stop(self) -> None:
        """Ask the process to end after its turn, and wait; kill it when it takes too long (a job survives that)."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
        self._thread.join(PATIENCE + 5)

    def _keep(self) -> None:
        while not self._stopping.wait(0.2):
            if self._process is not None and self._process.poll() is not None and not self._stopping.wait(2):
                self._launch()
        if self._process is not None:
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _launch(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "partner_center", "jobs", "work", "--parent", str(os.getpid())]
        )


def collect_static() -> bool:
    """Gather, fingerprint and compress the static files where the last start did not; True if it was needed."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".key"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return False
    call_command("collectstatic", interactive=False, clear=root.exists(), verbosity=0)
    stamp.write_text(digest.hexdigest())
    return True


def _let_go_of_the_database() -> None:
    """Web processes are forks of this one: they may not inherit its connections."""
    connections.close_all()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
