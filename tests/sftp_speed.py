"""`python -m tests.sftp_speed -n 1000`: many small files taken from a real OpenSSH server, by us and by its own client.

Both log in, list or name the files, and read them whole; ours in memory, OpenSSH's `sftp` in batch mode into a folder.
They take turns, and the median of the rounds counts. It ends with 1 where we are the slower.
"""

import argparse
import getpass
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from gateway.transports import Arrival
from gateway.transports.sftp import SftpTransport
from tests.sshd import Server, serving

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
_SIZE = 1_500


def run(count: int, rounds: int = 5) -> tuple[float, float]:
    """Files a second: ours, and OpenSSH's. Raises RuntimeError where there is no server or a file is not whole."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        for number in range(count):
            (server.inbox / f"{number:06}.edi").write_bytes(b"%06d" % number * (_SIZE // 6))
        pairs = [(_ours(server), _theirs(server)) for _ in range(rounds)]
        return count / median(ours for ours, _ in pairs), count / median(theirs for _, theirs in pairs)


def _ours(server: Server) -> float:
    sftp = SftpTransport(server.channel())
    started = perf_counter()
    found = [sftp.fetch(entry, NOW) for entry in sftp.list()]
    seconds = perf_counter() - started
    sftp.close()
    taken = {each.label: each.data for each in found if isinstance(each, Arrival)}
    if taken != {path.name: path.read_bytes() for path in server.inbox.iterdir()}:
        raise RuntimeError("not every file came whole")
    return seconds


def _theirs(server: Server) -> float:
    target = server.home / "fetched"
    target.mkdir(exist_ok=True)
    names = sorted(path.name for path in server.inbox.iterdir())
    batch = f"lcd {target}\ncd {server.inbox}\n" + "".join(f"get {name}\n" for name in names)
    options = [f"-oUserKnownHostsFile={server.pin()}", "-oIdentitiesOnly=yes", "-P", str(server.port)]
    login = ["-F", "/dev/null", "-i", str(server.home / "down.key"), *options, "-b", "-"]
    started = perf_counter()
    subprocess.run(
        ["sftp", *login, f"{getpass.getuser()}@127.0.0.1"], input=batch, text=True, check=True, capture_output=True
    )
    seconds = perf_counter() - started
    if sorted(path.name for path in target.iterdir()) != names:
        raise RuntimeError("sftp did not fetch every file")
    return seconds


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=1000, help="files of 1,500 bytes")
    ours, theirs = run(parser.parse_args().n)
    print(f"ours {ours:.0f} files/s, sftp {theirs:.0f} files/s, ratio {ours / theirs:.2f}")
    return int(ours < theirs)


if __name__ == "__main__":
    sys.exit(main())
