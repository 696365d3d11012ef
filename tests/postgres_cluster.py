"""A private PostgreSQL server for one test process, gone when it ends.

Takes nothing from the machine but the server's programs; gives a running cluster on a Unix socket and no
network port. One cluster per process rather than one per run, because roles belong to the whole cluster
and starting costs about two seconds. Everything that makes a database safe against power loss is off, and
its files are in memory where there is enough of it: a test's database is four hundred files to copy and remove.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "jit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "logging_collector": "off",
}
PR_SET_PDEATHSIG = 1
MEMORY = Path("/dev/shm")
ENOUGH = 2**30  # bytes: the server's log of changes, its templates and the databases of a test


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where a running cluster listens, and how to reach its databases."""

    folder: Path

    def url(self, database: str, *, role: str = "postgres") -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements of administration as the superuser, each in its own transaction."""
        conninfo = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def copy(self, template: str, name: str, *, owner: str) -> None:
        """Make a database from a template, by copying files: the default through the log takes twice as long."""
        conninfo = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            # Before version 15 there was no other way, and no word for it.
            how = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}{how}".encode())


def programs() -> Path | None:
    """The folder of the newest server's programs; Debian keeps them off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def unprivileged_user() -> str | None:
    """Who runs the server when we are root, which PostgreSQL refuses to be run by."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def die_with_parent() -> None:
    """Have the kernel stop the server when the tests are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def wait_until_ready(cluster: Cluster, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server takes connections."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return cluster.run("SELECT 1")
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from None
            time.sleep(0.02)


@contextmanager
def running_cluster(bin_folder: Path, settings: Mapping[str, str] = OPTIONS) -> Iterator[Cluster]:
    """A running cluster, stopped and deleted at the end."""
    user = unprivileged_user()
    # A socket's path may have 107 characters, so not in pytest's deep temporary folders.
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-", dir=MEMORY if in_memory else "/tmp"))
    data, log = folder / "data", folder / "log"
    if user:
        shutil.chown(folder, user)
    as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    initdb = [
        bin_folder / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    ]
    try:
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **as_user)
        options = [f"-c{name}={value}" for name, value in settings.items()]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, "-k", folder, *options],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                preexec_fn=die_with_parent,
                **as_user,
            )
        try:
            cluster = Cluster(folder=folder)
            wait_until_ready(cluster, server, log)
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # a fast stop: open connections are cut
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
