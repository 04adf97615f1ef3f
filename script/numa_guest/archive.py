"""The guest's file system: an archive in the kernel's format (newc) with the init, the program, the
shared libraries of both, and the plan that the init follows."""

import os
import pathlib
import re
import stat
import subprocess

FOLDER = "/guest"


class Archive:
    """Files by their path in the guest, written once; folders come before what they hold."""

    def __init__(self, file):
        self._file = file
        self._seen = set()
        self._entry("/dev", stat.S_IFDIR | 0o755)
        # Where the init speaks until it has mounted /dev.
        self._entry("/dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    def _entry(self, path, mode, content=b"", device=(0, 0)):
        self._seen.add(path)
        name = path.lstrip("/").encode() + b"\0"
        numbers = [len(self._seen), mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name), 0]
        header = b"070701" + b"".join(b"%08X" % number for number in numbers)
        self._padded(header + name)
        self._padded(content)

    def _padded(self, data):
        self._file.write(data + b"\0" * (-len(data) % 4))

    def folder(self, path):
        parent = os.path.dirname(path)
        if path in self._seen or path == "/":
            return
        self.folder(parent)
        self._entry(path, stat.S_IFDIR | 0o755)

    def text(self, path, content):
        self.folder(os.path.dirname(path))
        self._entry(path, stat.S_IFREG | 0o644, content)

    def copy(self, source, path):
        """A file of the host's, with its shared libraries where they lie there."""
        if path in self._seen:
            return
        self.folder(os.path.dirname(path))
        mode = os.stat(source).st_mode
        content = pathlib.Path(source).read_bytes()
        self._entry(path, stat.S_IFREG | stat.S_IMODE(mode) | 0o400, content)
        if content.startswith(b"\x7fELF"):
            for library in shared_libraries(source):
                self.copy(library, library)

    def finish(self):
        self._entry("/TRAILER!!!", 0)


def shared_libraries(program):
    """Absolute paths; none for a static program."""
    run = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return re.findall(r"(?:^\s*|=> )(/\S+) \(0x", run.stdout, re.MULTILINE)


def plan(asked):
    """What the init does, one NUL-ended `word value` after the other."""
    program, *arguments = asked.command
    steps = [("set", f"{name} {text}") for name, text in asked.set]
    if asked.cpuset_nodes is not None:
        steps.append(("cpuset.mems", asked.cpuset_nodes))
    if asked.cpuset_cpus is not None:
        steps.append(("cpuset.cpus", asked.cpuset_cpus))
    environment = {"PATH": "/bin:/usr/bin", "HOME": "/tmp", "TMPDIR": "/tmp", **dict(asked.env)}
    steps += [("environment", f"{name}={value}") for name, value in environment.items()]
    steps += [("argument", word) for word in (f"{FOLDER}/{program.name}", *arguments)]
    return b"".join(os.fsencode(f"{word} {value}") + b"\0" for word, value in steps)


def write(file, asked, init):
    archive = Archive(file)
    archive.copy(init, "/init")
    archive.text("/plan", plan(asked))
    archive.copy(asked.command[0], f"{FOLDER}/{asked.command[0].name}")
    for path in asked.file:
        archive.copy(path, f"{FOLDER}/{path.name}")
    archive.finish()
