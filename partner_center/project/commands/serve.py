"""Serve the API and the console, and run the jobs: one web server with its workers and one jobs process.

The database must be migrated (`partner-center migrate`). Stops cleanly on SIGTERM and SIGINT: requests under way
are finished, the job under way too. With --tls-certificate and --tls-key it speaks HTTPS (TLS 1.2 or newer) by
itself; otherwise put it behind a proxy that does, and set PARTNER_CENTER_TLS=1."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

SUMMARY = "serve the API and the console, and run the jobs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    number = int
    parser.add_argument(
        "--host", default=os.environ.get("PARTNER_CENTER_HOST", "127.0.0.1"), help="[%(default)s]"
    )
    parser.add_argument(
        "--port", type=number, default=number(os.environ.get("PORT", "8000")), help="[%(default)s]"
    )
    parser.add_argument(
        "--workers",
        type=number,
        default=number(os.environ.get("PARTNER_CENTER_WORKERS", "0")) or default_workers(),
        help="web processes [PARTNER_CENTER_WORKERS, else one a core up to 8: %(default)s]",
    )
    parser.add_argument(
        "--threads",
        type=number,
        default=number(os.environ.get("PARTNER_CENTER_THREADS", "8")),
        help="requests a process handles at once [PARTNER_CENTER_THREADS, else %(default)s]",
    )
    parser.add_argument("--tls-certificate", type=Path, metavar="FILE", help="PEM, with the chain")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="PEM")
    parser.add_argument(
        "--no-jobs", action="store_true", help="leave the jobs to another `partner-center jobs work`"
    )


def run(options: argparse.Namespace) -> int:
    if (options.tls_certificate is None) != (options.tls_key is None):
        raise SystemExit("--tls-certificate and --tls-key go together")
    if options.tls_certificate:
        os.environ["PARTNER_CENTER_TLS"] = "1"

    count_together()

    import django

    django.setup()
    from partner_center.project import server
    from partner_center.project.commands.migrate import is_up_to_date

    if not is_up_to_date():
        raise SystemExit("The database is not up to date: run `partner-center migrate` first.")
    server.collect_static()
    return server.serve(
        host=options.host,
        port=options.port,
        workers=options.workers,
        threads=options.threads,
        certificate=options.tls_certificate,
        key=options.tls_key,
        jobs=not options.no_jobs,
    )


def default_workers() -> int:
    return min(8, os.cpu_count() or 1)


def count_together() -> None:
    """Let the web processes add up their metrics: prometheus-client counts in files of one folder, named before
    it is imported."""
    folder = Path(os.environ.get("PARTNER_CENTER_VAR", "var")).absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
