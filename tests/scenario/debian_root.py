"""A Debian system of its own for one test, and the package to install in it. Both are made once and shared by the modules that run
beside each other."""

import contextlib
import fcntl
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from lantai_server import TOP

SUITE = "bookworm"
MADE = TOP / "build/release/package"
PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}


def run(*command, check=True, **more):
    done = subprocess.run(command, capture_output=True, check=False, timeout=900, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout.decode()[-3000:]}\n{done.stderr.decode()[-3000:]}")
    return done


def mirror():
    """Where this machine gets its packages from."""
    for source in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        text = source.read_text() if source.is_file() else ""
        found = re.search(r"(?m)^(?:URIs:|deb(?: \[[^]]*\])?) *(https?://\S+/debian)/?(?:\s|$)", text)
        if found:
            return found[1]
    return "http://deb.debian.org/debian"


@contextlib.contextmanager
def alone(what):
    MADE.mkdir(parents=True, exist_ok=True)
    with open(MADE / f"{what}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def package():
    """What tools/package/build does with what has been built."""
    with alone("package"):
        run("cpack", "--config", "CPackConfig.cmake", cwd=TOP / "build/release")
    return max(MADE.glob("lantai_*.deb"), key=lambda one: one.stat().st_mtime)


def newer_package(folder):
    """The same under a later version."""
    unpacked = folder / "unpacked"
    run("dpkg-deb", "-R", package(), unpacked)
    control = unpacked / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 99.0", control.read_text()))
    run("dpkg-deb", "-b", unpacked, folder / "newer.deb")
    return folder / "newer.deb"


def archive_of_root():
    """A minimal system as a tar archive, with this machine's own way to the mirror."""
    archive = MADE / f"{SUITE}.tar"
    with alone(SUITE):
        if not archive.exists():
            with tempfile.TemporaryDirectory(prefix="lantai-debian-") as folder:
                root = Path(folder) / "root"
                run("debootstrap", "--variant=minbase", SUITE, root, mirror())
                shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
                for conf in Path("/etc/apt/apt.conf.d").glob("*"):
                    shutil.copy(conf, root / "etc/apt/apt.conf.d")
                part = archive.with_suffix(".part")
                run("tar", "-C", root, "-cf", part, ".")
                part.rename(archive)
    return archive


class DebianRoot:
    """Such a system unpacked; commands run in it by chroot, or once it is booted beside its service manager."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lantai-root-"))
        self.path = self.folder / "root"
        self.path.mkdir()
        run("tar", "-C", self.path, "-xf", archive_of_root())
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")
        self.container, self.first_process = None, None

    def inside(self, *command, check=True):
        if self.first_process:
            entered = ["nsenter", "-t", self.first_process, "-m", "-p", "-u", "-i", "-r", "-w", "--"]
        else:
            entered = ["chroot", self.path]
        return run(*entered, *command, check=check, env=PATH)

    def install(self, *packages):
        self.inside("apt-get", "update", "-qq")
        self.inside("apt-get", "install", "-y", "-qq", "--no-install-recommends", "--allow-downgrades", "-o", "Dpkg::Options::=--force-confold",
                    *packages)

    def copy(self, file, where):
        shutil.copy(file, self.path / where)
        return "/" + where

    def boot(self):
        """Starts its service manager, which must be installed; what keeps it from that on this machine, or nothing."""
        confined = ["systemd-nspawn", "--quiet", "--directory", str(self.path), "--register=no", "--keep-unit", "--console=pipe"]
        tried = run(*confined, "true", check=False, stdin=subprocess.DEVNULL)
        if tried.returncode != 0:
            return tried.stderr.decode()
        told = self.folder / "told"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
            heard.bind(str(told))
            heard.settimeout(120)
            # What a real machine lets its services do, and a container's own filter does not.
            self.container = subprocess.Popen(
                [*confined, "--boot", "--notify-ready=yes",
                 "--system-call-filter=seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NOTIFY_SOCKET": str(told)})
            said = ""
            try:
                while "READY=1" not in said:
                    said += heard.recv(4096).decode() + "\n"
            except TimeoutError:
                return f"no service manager within two minutes: {said}"
        self.first_process = re.search(r"X_NSPAWN_LEADER_PID=(\d+)", said)[1]
        return ""

    def remove(self):
        if self.container:
            if self.first_process:
                os.kill(int(self.first_process), signal.SIGRTMIN + 4)  # power off
            try:
                self.container.wait(60)
            except subprocess.TimeoutExpired:
                self.container.kill()
                self.container.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
