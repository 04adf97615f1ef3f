"""What a guest's program accessed, by node of the CPU and node of the memory: asked of node_meter, a
plugin of QEMU's, and set beside what it would have cost if all of it had been local."""

import json
import os
import pathlib

from numa_guest.machine import LOCAL
from numa_guest.options import Unavailable

LOCAL_NANOSECONDS = 100  # where the firmware states no latency; only ratios matter then
ROOT = pathlib.Path(__file__).resolve().parents[2]


def find(asked):
    if asked.meter_plugin:
        return asked.meter_plugin
    built = sorted(ROOT.glob("build/*/tests/guest/node_meter.so"), key=os.path.getmtime)
    if not built:
        raise Unavailable("node_meter is not built; `cmake --build build/dev --target node_meter` builds it")
    return built[-1]


def arguments(asked, output):
    """For QEMU."""
    machine = asked.machine
    cpus = ".".join(str(node) for node in _nodes_of_cpus(machine))
    memory = ".".join(f"{node}-{size}" for node, size in machine.memory.items() if size)
    return ["-plugin", f"file={find(asked)},out={output},cpus={cpus},memory={memory}"]


def _nodes_of_cpus(machine):
    return [node for node in machine.nodes for _ in range(machine.cpus_of[node])]


def latency(machine, source, target):
    """Nanoseconds from a node's CPUs to a node's memory: as stated, else the target's own times how
    much farther it is."""
    stated = machine.attributes or {}
    if (source, target) in stated:
        return stated[source, target][0]
    own = stated.get((target, target)) or stated.get((source, source))
    return (own[0] if own else LOCAL_NANOSECONDS) * machine.distance(source, target) / LOCAL


class Phase:
    def __init__(self, machine, number):
        self.machine, self.number = machine, number
        self.loads, self.stores = {}, {}
        self.shared = self.unknown = 0

    def add(self, source, target, loads, stores):
        ends = (source, target)
        self.loads[ends] = self.loads.get(ends, 0) + loads
        self.stores[ends] = self.stores.get(ends, 0) + stores

    def accesses(self, ends):
        return self.loads[ends] + self.stores[ends]

    def total(self):
        return sum(map(self.accesses, self.loads))

    def remote(self):
        return sum(self.accesses(ends) for ends in self.loads if ends[0] != ends[1])

    def remote_share(self):
        return self.remote() / self.total() if self.total() else 0.0

    def cost(self):
        """Time of all accesses over that of as many to the CPU's own, or nearest, memory."""
        real = ideal = 0.0
        for source, target in self.loads:
            count = self.accesses((source, target))
            having = [node for node, size in self.machine.memory.items() if size]
            real += count * latency(self.machine, source, target)
            ideal += count * min(latency(self.machine, source, node) for node in having)
        return real / ideal if ideal else 1.0

    def as_json(self):
        return {
            "phase": self.number,
            "matrix": [
                {"cpu_node": s, "memory_node": t, "loads": self.loads[s, t], "stores": self.stores[s, t]}
                for s, t in sorted(self.loads)
            ],
            "accesses": self.total(),
            "remote_share": self.remote_share(),
            "cost": self.cost(),
            "shared_lines": self.shared,
            "unknown": self.unknown,
        }

    def as_text(self):
        targets = [node for node, size in self.machine.memory.items() if size]
        lines = [f"phase {self.number}: accesses by node of the CPU (rows) and of the memory (columns)"]
        lines.append("     " + "".join(f"{target:>14}" for target in targets))
        for source in self.machine.nodes:
            if not self.machine.cpus_of[source]:
                continue
            row = [self.loads.get((source, t), 0) + self.stores.get((source, t), 0) for t in targets]
            lines.append(f"{source:>5}" + "".join(f"{count:>14}" for count in row))
        lines.append(f"  remote {100 * self.remote_share():.2f} %, cost {self.cost():.3f} of all-local")
        lines.append(f"  lines written by several CPUs: {self.shared}")
        return lines


def read(text, machine):
    """The phases of what node_meter wrote."""
    nodes_of_cpus, phases = _nodes_of_cpus(machine), []
    for line in text.splitlines():
        word, *values = line.split()
        numbers = [int(value) for value in values]
        if word == "phase":
            phases.append(Phase(machine, numbers[0]))
        elif word == "access":
            cpu, target, loads, stores = numbers
            phases[-1].add(nodes_of_cpus[cpu], target, loads, stores)
        elif word == "shared":
            phases[-1].shared = numbers[0]
        elif word == "unknown":
            phases[-1].unknown = numbers[0]
    return phases


def report(text, asked):
    """Writes it where it was asked to; the number of accesses that no node explains."""
    phases = read(text, asked.machine)
    if asked.meter == pathlib.Path("-"):
        print("\n".join(line for phase in phases for line in phase.as_text()), flush=True)
    else:
        asked.meter.write_text(json.dumps([phase.as_json() for phase in phases], indent=2) + "\n")
    return sum(phase.unknown for phase in phases)
