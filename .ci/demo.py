"""`make demo`: from a bare machine to the example partnership in a browser, and back to it another day.

Takes PORT (default 8000) and EXAMPLE (2016-03 walks the example's clock through the memorandum's year)
from the environment; leaves the packages in .venv and the database in .demo. Running it again keeps
what people entered. Everything that can go wrong on somebody's machine ends in one plain sentence.
"""

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from environment import KEEPS_BYTECODE, ROOT, RUN_LOCK, CannotStart, prepare, require_space, run

HOST = "127.0.0.1"
START_SECONDS = 60
ASKED_TO_STOP = (0, -signal.SIGINT, -signal.SIGTERM, 128 + signal.SIGINT, 128 + signal.SIGTERM)
SIGN_IN = "sign-in.txt"  # what the seed said about its people; its presence says that the demo is whole


def wanted_port() -> int:
    """The port to serve on, free at this moment."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotStart(
            f"PORT={text} is not a port: give a number from 1024 to 65535, as in PORT=8123 make demo."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except PermissionError:
            raise CannotStart(
                f"Port {text} is kept for the administrator: choose one from 1024 up, as in PORT=8123 make demo."
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {text} is in use, perhaps by a demo that is already running: stop that one, or choose "
                "another port, as in PORT=8123 make demo."
            ) from None
    return int(text)


def code_state() -> str:
    """Changes whenever a file of the hub or its migrations does."""
    files = [*(ROOT / "hub").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]
    return f"{len(files)} files, newest {max(file.stat().st_mtime_ns for file in files)}"


def bring_up_to_date(python: Path, folder: Path, port: int) -> None:
    """Run the migrations on an older demo's database; nothing where the code is what it was."""
    stamp = folder / "upgraded"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == code_state():
        return
    upgrade = [str(python), "-m", "hub", "db", "upgrade"]
    run(upgrade, what="bringing the database up to date", env=settings(folder, port))
    stamp.write_text(code_state(), encoding="utf-8")


def socket_path(folder: Path) -> Path:
    """Where the checker listens; in a deep folder, elsewhere, since a socket's path has 107 characters at most."""
    path = folder / "checker.sock"
    return path if len(str(path)) < 100 else Path(tempfile.mkdtemp(prefix="hub-demo-")) / path.name


def settings(folder: Path, port: int) -> dict[str, str]:
    """The environment that the demo's commands run in; nothing of the caller's HUB_ settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return own | {
        "HUB_DEMO": "1",
        "HUB_DATABASE_URL": f"sqlite:///{folder}/hub.sqlite",
        "HUB_SECRET_KEY": (folder / "secret").read_text(encoding="ascii"),
        "HUB_HOST": HOST,
        "HUB_PORT": str(port),
        "HUB_CHECKER_SOCKET": str(socket_path(folder)),
        "HUB_CHECKPOINTS": f"{folder}/checkpoints",
        "PYTHONUNBUFFERED": "1",
        **KEEPS_BYTECODE,
    }


def make_example(python: Path, folder: Path, *, until: str) -> None:
    """Make the demo's folder in one go: half a demo is never taken for a whole one."""
    if folder.exists() and any(folder.iterdir()):
        raise CannotStart(
            f"{folder} holds something that is not a finished demo: move it away and run the same command again."
        )
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    (part / "secret").write_text(secrets.token_urlsafe(48), encoding="ascii")
    env = settings(part, 0)
    hub = [str(python), "-m", "hub"]
    run([*hub, "db", "upgrade"], what="making the database", env=env)
    print("Making the example partnership ...", flush=True)
    seed = ["seed", "example", "--demo", *(["--until", until] if until else [])]
    people = run([*hub, *seed], what="making the example partnership", env=env)
    (part / SIGN_IN).write_text(people, encoding="utf-8")
    (part / "upgraded").write_text(code_state(), encoding="utf-8")
    part.replace(folder)


def is_answering(port: int) -> bool:
    """Whether the server answers its health page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_until_answering(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when the server answers; say so if it stops or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_answering(port):
        if server.poll() is not None:
            raise CannotStart("The server stopped while starting; the lines above say why.")
        if time.monotonic() > deadline:
            raise CannotStart(f"The server did not answer within {START_SECONDS} seconds.")
        time.sleep(0.05)


def serve(python: Path, folder: Path, port: int) -> None:
    """Run the server until it is stopped, and say where it is and who can sign in."""
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(python), "-m", "hub", "serve"],
            cwd=ROOT,
            env=settings(folder, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.terminate())
    try:
        wait_until_answering(server, port)
        print((folder / SIGN_IN).read_text(encoding="utf-8").rstrip())
        print(f"\nPartnership Hub is running at http://{HOST}:{port}/")
        print(f"Ctrl+C stops it; what you enter is kept. Its log: {log}", flush=True)
        server.wait()
    except CannotStart:
        print(log.read_text(encoding="utf-8", errors="replace")[-2000:], file=sys.stderr)
        raise
    finally:
        server.terminate()
        server.wait()
    if server.returncode not in ASKED_TO_STOP:
        raise CannotStart(
            f"The server stopped of itself; the end of {log} says why. What was entered is kept."
        )
    print("\nStopped; what was entered is kept.")


def main() -> None:
    """Prepare what is missing, then serve."""
    port = wanted_port()
    until = os.environ.get("EXAMPLE", "")
    if not re.fullmatch(r"(\d{4}-\d{2})?", until):
        raise CannotStart(
            f"EXAMPLE={until} is not a month: EXAMPLE=2016-03 make demo shows the example a year later."
        )
    folder = ROOT / (f".demo-{until}" if until else ".demo")
    python = prepare(RUN_LOCK)
    require_space(100)
    if not (folder / SIGN_IN).exists():
        make_example(python, folder, until=until)
    bring_up_to_date(python, folder, port)
    serve(python, folder, port)


if __name__ == "__main__":
    try:
        main()
    except CannotStart as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        sys.exit("\nStopped; run the same command to go on.")
