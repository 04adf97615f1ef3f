"""The machine that a guest runs on: its nodes, CPUs, distances and memory attributes."""

import re

LOCAL, REMOTE = 10, 20  # the firmware's words for 'here' and for 'elsewhere, nobody said how far'
MEBIBYTES = {"M": 1, "G": 1024}
MOST_CPUS = 64
MOST_NODES = 64


class Malformed(Exception):
    """One line that says what is wrong with the machine asked for."""


def numbers(text, option):
    """The members of a list as the kernel spells it, ascending."""
    members = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if not match or int(match[2] or match[1]) < int(match[1]):
            raise Malformed(f"{option}: {text!r} is not a list such as 0,2-3")
        members.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(members)


class Machine:
    """Nodes by number, ascending; `memory` and `cpus_of` have one entry a node, zero where none is."""

    def __init__(self, asked):
        self.nodes = self._numbered(asked.nodes, asked.sparse)
        memory_only = self._some_of("--memory-only", asked.memory_only)
        cpu_only = self._some_of("--cpu-only", asked.cpu_only)
        if set(memory_only) & set(cpu_only):
            raise Malformed("a node without CPUs and without memory is none: see --sparse")
        self.memory = self._memory(asked.memory, cpu_only)
        self.cpus_of = self._cpus(asked.cpus, memory_only)
        self.cpus = sum(self.cpus_of.values())
        self.cpus_each = max(self.cpus_of.values())
        self.distances = self._distances(asked.dist)
        self.attributes = self._attributes(asked.hmat)
        self._check_numbering()

    def require_nodes(self, members, option):
        for member in members:
            if member not in self.nodes:
                raise Malformed(f"{option}: there is no node {member}")

    def ghosts(self):
        """Numbers that get CPUs which are never plugged in. The kernel numbers nodes as the firmware
        names them, those of CPUs first. So where a number that has no CPUs, or a hole, comes before
        one that has, these CPUs take its place in the row; without memory it never comes online."""
        holes = [n for n in range(self.nodes[-1]) if n not in self.nodes]
        last = max(holes + [node for node in self.nodes if self.cpus_of[node]])
        return [number for number in range(last + 1) if not self.cpus_of.get(number)]

    def _check_numbering(self):
        if not self.cpus_of.get(0):
            raise Malformed("a guest has a node 0, and that has CPUs")
        if self.attributes is not None and self.ghosts():
            raise Malformed("--hmat: not with holes, and memory-only nodes must have the last numbers")

    @staticmethod
    def _numbered(count, sparse):
        if sparse not in (None, "even"):
            nodes = numbers(sparse, "--sparse")
            if count not in (None, len(nodes)):
                raise Malformed(f"--sparse names {len(nodes)} nodes, --nodes {count}")
        else:
            count = 2 if count is None else count
            nodes = list(range(0, 2 * count, 2) if sparse else range(count))
        if not nodes or nodes[-1] >= MOST_NODES:
            raise Malformed(f"a guest has at least one node, and none numbered {MOST_NODES} or more")
        return nodes

    def _some_of(self, option, text):
        if text is None:
            return []
        chosen = [self.nodes[-1]] if text == "last" else numbers(text, option)
        self.require_nodes(chosen, option)
        if len(chosen) == len(self.nodes):
            raise Malformed(f"{option}: one node at least must be otherwise")
        return chosen

    def _memory(self, text, cpu_only):
        count = len(self.nodes)
        sizes = [max(1024 // count, 128)]
        if text is not None:
            parts = [re.fullmatch(r"([1-9]\d{0,5})([MG])", part) for part in text.split(",")]
            if not all(parts):
                raise Malformed(f"--memory: {text!r} is not a list of sizes such as 256M,1G")
            sizes = [int(part[1]) * MEBIBYTES[part[2]] for part in parts]
        if len(sizes) not in (1, count):
            raise Malformed(f"--memory: {len(sizes)} sizes for {count} nodes")
        if len(sizes) == 1:
            sizes *= count
        return {node: 0 if node in cpu_only else size for node, size in zip(self.nodes, sizes)}

    def _cpus(self, count, memory_only):
        having = [node for node in self.nodes if node not in memory_only]
        count = len(having) if count is None else count
        if not 0 < count <= MOST_CPUS or count % len(having):
            raise Malformed(f"--cpus: {count} cannot be spread evenly over {len(having)} nodes")
        return {node: count // len(having) if node in having else 0 for node in self.nodes}

    def _distances(self, text):
        if text is None:
            return None
        rows = [row.split(",") for row in text.split("/")]
        shaped = len(rows) == len(self.nodes) and all(len(row) == len(rows) for row in rows)
        if not shaped or not all(re.fullmatch(r"\d{2,3}", cell.strip()) for row in rows for cell in row):
            raise Malformed(f"--dist: {len(self.nodes)} rows of as many distances are needed, as '10,21/21,10'")
        table = {}
        for source, row in zip(self.nodes, rows):
            for target, cell in zip(self.nodes, row):
                value = int(cell)
                if (value != LOCAL) if source == target else not LOCAL < value < 255:
                    raise Malformed(f"--dist: {value} from node {source} to {target}; 10 to itself, 11 to 254 to others")
                table[source, target] = value
        return table

    def distance(self, source, target):
        if self.distances is not None and (source, target) in self.distances:
            return self.distances[source, target]
        return LOCAL if source == target else REMOTE

    def _attributes(self, text):
        """(CPU node, memory node): (nanoseconds, megabytes a second)."""
        if text is None:
            return None
        sources = [node for node in self.nodes if self.cpus_of[node]]
        targets = [node for node in self.nodes if self.memory[node]]
        if text == "auto":
            far = {(s, t): self.distance(s, t) for s in sources for t in targets}
            return {ends: (10 * value, 200000 // value) for ends, value in far.items()}
        table = {}
        for entry in text.split(","):
            match = re.fullmatch(r"(\d+):(\d+):([1-9]\d{0,5}):([1-9]\d{0,6})", entry)
            if not match:
                raise Malformed(f"--hmat: {entry!r} is not CPUNODE:NODE:NANOSECONDS:MEGABYTES_PER_SECOND")
            source, target, latency, bandwidth = map(int, match.groups())
            if source not in sources or target not in targets:
                raise Malformed(f"--hmat: {entry!r}: node {source} needs CPUs, node {target} memory")
            table[source, target] = (latency, bandwidth)
        return table
