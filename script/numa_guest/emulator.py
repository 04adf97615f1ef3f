"""QEMU as a child: started, listened to, and always ended."""

import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from numa_guest import archive, kernel, meter, qemu_machine
from numa_guest.options import DIED, TIMED_OUT, Unavailable

QEMU = "qemu-system-x86_64"
# Without a given lpj the kernel calibrates its delay loop on each CPU, which takes emulated ones
# seconds; the other words leave out what a guest that lives for seconds has no use for.
KERNEL_ARGUMENTS = (
    "console=ttyS0 quiet panic=-1 lpj=5000000 no_timer_check cryptomgr.notests mitigations=off "
    "nokaslr ipv6.disable=1 audit=0 nowatchdog"
)
# An Intel, since QEMU's own name makes the kernel take AMD's paths, which know fewer topologies.
PROCESSOR = "max,vendor=GenuineIntel"
CONSOLE_LINES = 25
# Up to QEMU 8.0 a CPU may run what another has just overwritten, as code is translated there without
# a lock on its page. The kernel that patches itself then meets a breakpoint it has already taken
# back, and dies, of some thousand boots once: no program can make it do that.
LOST_PATCH = re.compile(rb"\bint3: 0000 \[#1\]")
MOST_BOOTS = 3
ROOT = pathlib.Path(__file__).resolve().parents[2]


def find_init(asked):
    if asked.init:
        return asked.init
    built = sorted(ROOT.glob("build/*/tests/guest/guest_init"), key=os.path.getmtime)
    if not built:
        raise Unavailable("guest_init is not built; `cmake --build build/dev --target guest_init` builds it")
    return built[-1]


def die_with_parent():
    """Between fork and exec: whatever kills this script kills QEMU."""
    pr_set_pdeathsig = 1
    LIBC.prctl(pr_set_pdeathsig, signal.SIGKILL)


LIBC = ctypes.CDLL(None)


class Line:
    """One serial line of the guest's, read to its end by a thread."""

    def __init__(self, sink):
        self._source, self.inlet = os.pipe()
        self._sink = sink
        self._thread = threading.Thread(target=self._pump, daemon=True)

    def arguments(self, name):
        # By its path, so that QEMU needs no name in the file system for it.
        return ["-chardev", f"file,id={name},path=/dev/fd/{self.inlet}", "-serial", f"chardev:{name}"]

    def listen(self):
        os.close(self.inlet)
        self._thread.start()

    def _pump(self):
        while data := os.read(self._source, 1 << 16):
            self._sink(data)

    def finish(self):
        self._thread.join()
        os.close(self._source)


def writer_to(stream):
    """A reader that goes away must not leave QEMU waiting for room in a pipe."""
    broken = False

    def write(data):
        nonlocal broken
        if not broken:
            try:
                stream.buffer.write(data)
                stream.flush()
            except OSError:
                broken = True

    return write


@contextlib.contextmanager
def ended(process):
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def stop(number, _frame):
    sys.exit(128 + number)


def run(asked):
    """Boots, runs, and gives the program's exit status as the shell spells it."""
    qemu = shutil.which(QEMU)
    if not qemu:
        raise Unavailable(f"no {QEMU} here; `script/bootstrap guest` installs it")
    image, init = asked.kernel or kernel.find(asked.newer_kernel), find_init(asked)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with tempfile.TemporaryDirectory(prefix="numa-guest-") as folder:
        with open(f"{folder}/initrd", "wb") as file:
            archive.write(file, asked, init)
        guest = Guest(asked, qemu, image, pathlib.Path(folder))
        for _ in range(1, MOST_BOOTS):
            guest.boot(asked.boot_timeout)
            if not (reason := guest.why_not_started()):
                return guest.verdict()
            print(f"numa-guest: {reason}; booting again", file=sys.stderr)
        guest.boot()
        return guest.verdict()


class Guest:
    """A guest that boots from files in `folder`, and what was heard of it since it last booted."""

    def __init__(self, asked, qemu, image, folder):
        self._asked = asked
        self._deadline = time.monotonic() + asked.timeout
        self._console = asked.console or folder / "console"
        self._complaints = folder / "complaints"
        self._metered = folder / "metered"
        self._command = [
            qemu, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-accel", "tcg,thread=multi", "-cpu", PROCESSOR, *qemu_machine.arguments(asked.machine),
            "-kernel", str(image), "-initrd", f"{folder}/initrd",
            "-append", " ".join([KERNEL_ARGUMENTS, *asked.kernel_argument]),
            "-chardev", f"file,id=console,path={self._console}", "-serial", "chardev:console",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        ]  # fmt: skip
        if asked.meter:
            self._command += meter.arguments(asked, self._metered)

    def boot(self, boot_timeout=None):
        """Runs the guest to its end, or until its time is over, or that for starting the program."""
        self._console.write_bytes(b"")
        self._report = []
        self._written = []
        self._timed_out = self._stuck = False
        lines = {
            "stdout": Line(self._passed_on(sys.stdout)),
            "stderr": Line(self._passed_on(sys.stderr)),
            "report": Line(self._report.append),
        }
        with open(self._complaints, "wb") as errors:
            process = subprocess.Popen(
                [*self._command, *(word for name, line in lines.items() for word in line.arguments(name))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[line.inlet for line in lines.values()],
                preexec_fn=die_with_parent,
            )
            with ended(process):
                for line in lines.values():
                    line.listen()
                try:
                    self._wait(process, boot_timeout)
                except subprocess.TimeoutExpired:
                    self._timed_out = True
            for line in lines.values():
                line.finish()

    def _wait(self, process, boot_timeout):
        left = self._deadline - time.monotonic()
        if boot_timeout is not None and boot_timeout < left:
            try:
                return process.wait(boot_timeout)
            except subprocess.TimeoutExpired:
                if not self._started():
                    self._stuck = True
                    return None
        return process.wait(max(self._deadline - time.monotonic(), 0))

    def why_not_started(self):
        """What kept the kernel from starting the program, if it was the emulator's doing."""
        if self._stuck:
            return f"the kernel had not started the program after {self._asked.boot_timeout:g} s"
        # Before the program had written anything.
        if not self._status() and not self._written and LOST_PATCH.search(self._console.read_bytes()):
            return "the emulator lost what the kernel patched"
        return None

    def _started(self):
        return b"started\n" in b"".join(self._report)

    def verdict(self):
        status = self._status()
        if not status:
            return self._death()
        if self._asked.meter:
            if unknown := meter.report(self._metered.read_text(), self._asked):
                print(f"numa-guest: {unknown} accesses to memory that no node has", file=sys.stderr)
                return DIED
        return int(status[2]) + (128 if status[1] == b"signal" else 0)

    def _status(self):
        return re.search(rb"^(exit|signal) (\d+)$", b"".join(self._report), re.MULTILINE)

    def _passed_on(self, stream):
        write = writer_to(stream)

        def pass_on(data):
            self._written.append(len(data))
            write(data)

        return pass_on

    def _death(self):
        reason = f"not done after {self._asked.timeout:g} s" if self._timed_out else "the guest ended without a status"
        begun = "the program had started" if self._started() else "the program had not started"
        print(f"numa-guest: {reason}; {begun}; the end of its console:", file=sys.stderr)
        said = self._console.read_bytes() + b"".join(self._report) + self._complaints.read_bytes()
        for line in said.decode(errors="replace").splitlines()[-CONSOLE_LINES:]:
            print(f"  {line}", file=sys.stderr)
        return TIMED_OUT if self._timed_out else DIED
