# SPDX-License-Identifier: AGPL-3.0-or-later
"""A PostgreSQL server of our own, on a socket in a folder, for tests and benchmarks."""

import ctypes
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import time

START_SECONDS_MAX = 60


def program(name):
    """Where a program of the newest installed PostgreSQL is."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"),
                   key=lambda path: float(path.split("/")[4]))
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise RuntimeError(f"PostgreSQL's '{name}' is not installed")
    return path


def server_user():
    """PostgreSQL does not run as root: somebody else's name then, else None."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def die_with_parent():
    """The server stops even when we are killed outright."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


def memory_mib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def settings(folder):
    """Tuned for loading and joining on one machine, durability given up."""
    buffers = min(2048, memory_mib() // 4)
    cores = len(os.sched_getaffinity(0))
    values = {
        "listen_addresses": "", "unix_socket_directories": str(folder),
        "shared_buffers": f"{buffers}MB", "effective_cache_size": f"{memory_mib() // 2}MB",
        "work_mem": "256MB", "maintenance_work_mem": "512MB", "huge_pages": "try",
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
        "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "8GB",
        "checkpoint_timeout": "1h", "autovacuum": "off", "jit": "off",
        "max_connections": "10", "max_worker_processes": "8",
        "max_parallel_workers": cores, "max_parallel_workers_per_gather": cores,
        "max_parallel_maintenance_workers": cores,
        "logging_collector": "off", "log_min_messages": "warning",
    }
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


class Server:
    """A server in `folder`, on a socket there. A context manager. `changes` are settings of its
    own; `copy_of` is a server whose standby it is."""

    def __init__(self, folder, changes=None, copy_of=None):
        self.folder = folder
        self.data = folder / "data"
        self.changes = [part for name, value in (changes or {}).items()
                        for part in ("-c", f"{name}={value}")]
        self.copy_of = copy_of
        self.process = None
        self.user = server_user()
        self.identity = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid,
                         "extra_groups": []} if self.user else {}

    def __enter__(self):
        self.folder.mkdir()
        if self.user:
            shutil.chown(self.folder, self.user)
        with open(self.folder / "log", "wb") as log:
            subprocess.run(self._making(), cwd=self.folder, stdout=log, stderr=log, check=True,
                           **self.identity)
        self.start()
        return self

    def _making(self):
        if self.copy_of:
            return [program("pg_basebackup"), "-D", self.data, "-h", self.copy_of.folder, "-U",
                    "bench", "-R", "-c", "fast", "--no-sync"]
        return [program("initdb"), "-D", self.data, "-U", "bench", "--auth=trust",
                "--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "--no-sync"]

    def start(self):
        with open(self.folder / "log", "ab") as log:
            # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
            self.process = subprocess.Popen(
                [program("postgres"), "-D", self.data, *settings(self.folder), *self.changes],
                cwd=self.folder, stdout=log, stderr=log, preexec_fn=die_with_parent,
                **self.identity)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise

    def crash(self):
        """Stop in an instant: what the server was doing is lost."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while subprocess.run([program("pg_isready"), "-q", "-h", self.folder],
                             check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / "log").read_text(errors="replace")
                raise RuntimeError("the PostgreSQL server did not start:\n" + log[-2000:])
            time.sleep(0.1)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)  # "fast" shutdown
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def session(self):
        return Session(self.folder)


class Session:
    """One connection, held by a psql process. A context manager."""

    def __init__(self, folder):
        # pylint: disable=consider-using-with
        self.errors = open(folder.parent / "psql.log", "w+", encoding="utf-8")
        self.psql = subprocess.Popen(
            [program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "bench",
             "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            encoding="utf-8")
        self.marks = 0
        self.run("SELECT 1")

    def __enter__(self):
        return self

    def __exit__(self, trouble, *_):
        if trouble:
            self.psql.kill()
        try:
            self.psql.stdin.close()
        except BrokenPipeError:
            pass
        self.psql.wait()
        self.psql.stdout.close()
        self.errors.close()

    def run(self, sql):
        """The answer's lines."""
        self.marks += 1
        mark = f"-- done {self.marks}"
        try:
            self.psql.stdin.write(f"{sql};\n\\echo '{mark}'\n")
            self.psql.stdin.flush()
        except BrokenPipeError:
            pass
        lines = []
        for line in self.psql.stdout:
            if line.rstrip("\n") == mark:
                return lines
            lines.append(line.rstrip("\n"))
        self.errors.seek(0)
        raise RuntimeError(f"PostgreSQL refused: {self.errors.read().strip()[:600]}")

    def timed(self, sql):
        begin = time.perf_counter()
        self.run(sql)
        return time.perf_counter() - begin

    def peak_kib(self):
        """The most memory that this connection's backend held, touched shared buffers included."""
        status = "\n".join(self.run("SELECT pg_read_file('/proc/self/status')"))
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1])
