#!/usr/bin/env python3
"""script/numa-guest carries a program with its libraries and files in, and its output and exit status
out; the machine is the one asked for."""

import pathlib
import tempfile

import script_test

SHOW = """
cd /sys/devices/system/node
for node in node*; do
  echo "$node distance $(/guest/cat $node/distance)"
  echo "$node cpus $(/guest/cat $node/cpulist)"
done
echo "memory $(/guest/cat has_memory)"
while read -r word value; do
  case $word in Mems_allowed_list:|Cpus_allowed_list:) echo "$word $value";; esac
done < /proc/self/status
"""


class Carrying(script_test.ScriptTest):
    def test_output_error_and_status_come_back_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            every_byte = pathlib.Path(folder, "bytes")
            every_byte.write_bytes(bytes(range(256)) * 64)
            run = self.run_guest(
                "--env", "WORD=two words", "--file", str(every_byte), "--file", "/bin/cat",
                "--set", "/proc/sys/kernel/numa_balancing=0", "--",
                "/bin/sh", "-c",
                "./cat bytes; read -r balancing </proc/sys/kernel/numa_balancing;"
                'echo "$WORD, $1, $balancing" >&2; exit 42', "sh", "a 'quoted' argument",
            )  # fmt: skip
            self.assertEqual(run.stderr, b"two words, a 'quoted' argument, 0\n")
            self.assertEqual(run.stdout, every_byte.read_bytes())
            self.assertEqual(run.returncode, 42)

    def test_nodes_are_numbered_and_placed_as_asked(self):
        run = self.run_guest(
            "--sparse", "0-1,3", "--memory-only", "1", "--cpus", "4", "--dist", "10,11,12/13,10,14/15,16,10",
            "--cpuset-nodes", "0,3", "--cpuset-cpus", "1-2", "--file", "/bin/cat",
            "--", "/bin/sh", "-c", SHOW,
        )  # fmt: skip
        self.assertEqual(run.stderr, b"")
        self.assertEqual(
            run.stdout.decode().splitlines(),
            [
                "node0 distance 10 11 12",
                "node0 cpus 0-1",
                "node1 distance 13 10 14",
                "node1 cpus ",
                "node3 distance 15 16 10",
                "node3 cpus 2-3",
                "memory 0-1,3",
                "Cpus_allowed_list: 1-2",
                "Mems_allowed_list: 0,3",
            ],
        )
        self.assertEqual(run.returncode, 0)


if __name__ == "__main__":
    script_test.main()
