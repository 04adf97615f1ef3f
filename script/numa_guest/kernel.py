"""Debian's kernels for cloud machines: fetched with apt, never installed, kept unpacked."""

import os
import pathlib
import platform
import re
import struct
import subprocess
import tarfile
import tempfile

from numa_guest.options import Unavailable

# The release's own, and the newest that the same lists offer: what Linux learnt since (rseq's
# node_id in 6.3, weighted interleaving in 6.9) can be seen there alone.
PACKAGES = {"vmlinux": "linux-image-cloud-amd64", "vmlinux-newer": "linux-image-6.12-cloud-amd64"}
LZ4_LEGACY = b"\x02\x21\x4c\x18"
SHARED = pathlib.Path("/var/cache/nearmem/guest")


def own():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(cache, "nearmem/guest")


def find(newer=False):
    """The kernel that fetch() left, for this user or for all."""
    name = "vmlinux-newer" if newer else "vmlinux"
    for folder in (own(), SHARED):
        if folder.joinpath(name).is_file():
            return folder / name
    raise Unavailable(f"no guest kernel {name} here; `script/bootstrap guest` fetches it")


def output_of(*command, **more):
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, check=True, stdin=subprocess.DEVNULL, **more)
    except FileNotFoundError:
        raise Unavailable(f"no {command[0]} here; `script/bootstrap guest` installs it") from None
    except subprocess.CalledProcessError as failure:
        raise Unavailable(f"{command[0]} {command[1]} failed with status {failure.returncode}") from None
    return run.stdout


def unpacked(image, folder):
    """The bare kernel inside a bzImage: QEMU starts it at once, where the guest would take a second
    to unpack it. Offsets: the kernel's Documentation/arch/x86/boot.rst."""
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    begin = (setup_sectors + 1) * 512 + offset
    payload = image[begin : begin + length - 4]  # the last four bytes are the unpacked size
    if not payload.startswith(LZ4_LEGACY):
        return image  # packed otherwise: QEMU starts a bzImage too
    packed = pathlib.Path(folder, "payload.lz4")
    packed.write_bytes(payload)
    return output_of("lz4", "-dcq", packed)


def fetch():
    """Leaves the kernels where find() looks: for all users if root does it."""
    if platform.machine() != "x86_64":
        raise Unavailable(f"guests are x86-64, this is {platform.machine()}")
    for name, package in PACKAGES.items():
        if not any(folder.joinpath(name).is_file() for folder in (own(), SHARED)):
            fetch_one(name, package)


def fetch_one(name, package_name):
    listed = output_of("apt-cache", "depends", package_name).decode()
    versioned = re.search(r"Depends: (linux-image-\d\S+)", listed)
    if not versioned:
        raise Unavailable(f"apt knows no {package_name}")
    sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="nearmem-guest-") as folder:
        output_of("apt-get", "download", "-qq", *sandbox, versioned[1], cwd=folder)
        (package,) = pathlib.Path(folder).glob("*.deb")
        tree = pathlib.Path(folder, "tree.tar")
        tree.write_bytes(output_of("dpkg-deb", "--fsys-tarfile", package))
        with tarfile.open(tree) as members:
            image = next(m for m in members if m.name.startswith("./boot/vmlinuz-"))
            kernel = unpacked(members.extractfile(image).read(), folder)
    target = (SHARED if os.geteuid() == 0 else own()) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    # Complete or not there at all, however many fetch at once.
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(kernel)
    os.chmod(file.name, 0o644)
    os.replace(file.name, target)
