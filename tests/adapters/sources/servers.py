"""Database servers of our own for tests, where their programs are installed: on a Unix socket, without a network, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "p@ss:w/rd"


def postgres_programs() -> Path | None:
    """The folder with `initdb` and `postgres`: on the path, or where Debian puts them."""
    found = [Path(name).parent for name in (shutil.which("initdb"),) if name]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def mysql_programs() -> tuple[str, str, str] | None:
    """`mariadb-install-db`, `mariadbd` and `mariadb-admin`."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    install, server, admin = (shutil.which(name, path=path) for name in ("mariadb-install-db", "mariadbd", "mariadb-admin"))
    return (install, server, admin) if install and server and admin else None


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mlgate-"))  # short: a socket's path has 107 characters
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user(name: str) -> str | None:
    """Servers refuse to run as root."""
    return name if hasattr(os, "geteuid") and os.geteuid() == 0 else None


@contextmanager
def postgres() -> Iterator[str]:
    """The folder of the socket of a server with the user `gate`, who has PASSWORD, and the database `postgres`."""
    user, programs = _user("postgres"), postgres_programs()
    with _folder(user) as folder:
        (folder / "password").write_text(PASSWORD)
        data = ["-D", str(folder / "data")]
        _run([programs / "initdb", *data, "-U", "gate", "--auth=scram-sha-256", "-E", "UTF8", "--no-sync", f"--pwfile={folder / 'password'}"], user)
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run([programs / "pg_ctl", *data, "-w", "-l", folder / "log", "-o", options, "start"], user)
        try:
            yield str(folder)
        finally:
            _run([programs / "pg_ctl", *data, "-w", "-m", "immediate", "stop"], user)


@contextmanager
def mysql() -> Iterator[str]:
    """The socket of a server with the user `root` without a password."""
    user, (install, server, admin) = _user("mysql"), mysql_programs()
    with _folder(user) as folder:
        data = f"--datadir={folder / 'data'}"
        _run([install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], user)
        with (folder / "log").open("wb") as log:
            command = [server, "--no-defaults", data, f"--socket={folder / 's'}", "--skip-networking", f"--pid-file={folder / 'pid'}"]
            process = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd="/")
        try:
            _run([admin, "--no-defaults", "-u", "root", f"--socket={folder / 's'}", "--wait=30", "ping"], user)
            yield str(folder / "s")
        finally:
            process.terminate()
            process.wait()


def _run(command: Sequence[object], user: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
