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
        console = asked.console or pathlib.Path(folder, "console")
        with open(f"{folder}/initrd", "wb") as file:
            archive.write(file, asked, init)
        console.write_bytes(b"")
        report = []
        lines = {"stdout": Line(writer_to(sys.stdout)), "stderr": Line(writer_to(sys.stderr)), "report": Line(report.append)}
        command = [
            qemu, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-accel", "tcg,thread=multi", "-cpu", PROCESSOR, *qemu_machine.arguments(asked.machine),
            "-kernel", str(image), "-initrd", f"{folder}/initrd",
            "-append", " ".join([KERNEL_ARGUMENTS, *asked.kernel_argument]),
            "-chardev", f"file,id=console,path={console}", "-serial", "chardev:console",
            *(word for name, line in lines.items() for word in line.arguments(name)),
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        ]  # fmt: skip
        metered = pathlib.Path(folder, "metered")
        if asked.meter:
            command += meter.arguments(asked, metered)
        complaints = pathlib.Path(folder, "complaints")
        timed_out = False
        with open(complaints, "wb") as errors:
            process = subprocess.Popen(
                command,
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
                    process.wait(asked.timeout)
                except subprocess.TimeoutExpired:
                    timed_out = True
            for line in lines.values():
                line.finish()
        status = verdict(b"".join(report), timed_out, asked.timeout, console, complaints)
        if asked.meter and status not in (TIMED_OUT, DIED):
            if unknown := meter.report(metered.read_text(), asked):
                print(f"numa-guest: {unknown} accesses to memory that no node has", file=sys.stderr)
                return DIED
        return status


def verdict(report, timed_out, seconds, console, complaints):
    found = re.search(rb"^(exit|signal) (\d+)$", report, re.MULTILINE)
    if found:
        return int(found[2]) + (128 if found[1] == b"signal" else 0)
    reason = f"not done after {seconds:g} s" if timed_out else "the guest ended without a status"
    print(f"numa-guest: {reason}; the end of its console:", file=sys.stderr)
    said = console.read_bytes() + report + complaints.read_bytes()
    for line in said.decode(errors="replace").splitlines()[-CONSOLE_LINES:]:
        print(f"  {line}", file=sys.stderr)
    return TIMED_OUT if timed_out else DIED
