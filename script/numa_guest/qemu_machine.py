"""How QEMU is told of a machine."""

# With more possible CPUs than this the kernel addresses them by their physical ids. It has to where
# ids have gaps: QEMU 7.2 loses interrupts that are sent to a logical id beyond a gap.
MOST_LOGICAL_IDS = 8


def arguments(machine):
    """For a machine.Machine."""
    return [
        *("-machine", "pc,hmat=on" if machine.attributes is not None else "pc"),
        *("-m", f"{sum(machine.memory.values())}M"),
        *_nodes_and_cpus(machine),
        *_distances(machine),
        *_attributes(machine),
    ]


def _initiator(machine, node):
    """The nearest node with CPUs, as the firmware states it for each node's memory."""
    having = [source for source in machine.nodes if machine.cpus_of[source]]
    return min(having, key=lambda source: (machine.distance(source, node), source))


def _nodes_and_cpus(machine):
    """One socket a node; ghosts' sockets stay empty (see Machine.ghosts)."""
    ghosts = machine.ghosts()
    socketed = sorted({*ghosts, *(node for node in machine.nodes if machine.cpus_of[node])})
    cores = machine.cpus_each
    if ghosts:
        cores = max(cores, MOST_LOGICAL_IDS // len(socketed) + 1)
    described = []
    # QEMU wants every number up to the last. One that has nothing does not exist for the guest.
    for node in range(machine.nodes[-1] + 1):
        description = f"node,nodeid={node}"
        if machine.memory.get(node):
            described += ["-object", f"memory-backend-ram,id=memory{node},size={machine.memory[node]}M"]
            description += f",memdev=memory{node}"
        if node in socketed:
            first = socketed.index(node) * cores
            description += f",cpus={first}-{first + cores - 1}"
        if machine.attributes is not None:
            description += f",initiator={_initiator(machine, node)}"
        described += ["-numa", description]
    shape = f"maxcpus={len(socketed) * cores},sockets={len(socketed)},cores={cores},threads=1"
    if not ghosts:
        return ["-smp", f"{machine.cpus},{shape}", *described]
    plugged = [
        f"max-x86_64-cpu,socket-id={socket},core-id={core},thread-id=0"
        for socket, node in enumerate(socketed)
        if node not in ghosts
        for core in range(machine.cpus_each)
    ]
    plugs = [word for cpu in plugged[1:] for word in ("-device", cpu)]
    return ["-smp", f"1,{shape}", *described, *plugs]


def _distances(machine):
    if machine.distances is None:
        return []
    every = range(machine.nodes[-1] + 1)
    pairs = [(source, target) for source in every for target in every]
    words = [f"dist,src={s},dst={t},val={machine.distance(s, t)}" for s, t in pairs]
    return [argument for word in words for argument in ("-numa", word)]


def _attributes(machine):
    words = []
    for (source, target), (latency, bandwidth) in (machine.attributes or {}).items():
        common = f"hmat-lb,initiator={source},target={target},hierarchy=memory"
        words += ["-numa", f"{common},data-type=access-latency,latency={latency}"]
        words += ["-numa", f"{common},data-type=access-bandwidth,bandwidth={bandwidth}M"]
    return words
