"""The row about SFTP: a thousand small files from an OpenSSH server on this machine, beside OpenSSH's own client.

Both log in, list or name the files and read them whole. By the clock, for two processes and a server take part in it.
"""

from bench.measure import Figure, Row
from tests.sftp_speed import run


def sftp(quick: bool) -> Figure:
    """Files a second that we fetch, in times of `sftp` in batch mode."""
    ours, theirs = run(50 if quick else 1_000, rounds=1 if quick else 5)
    return Figure(ours / theirs, f"{ours:.0f} files/s, sftp {theirs:.0f} files/s, the login counted")


ROWS = (Row("sftp", "1,000 small files, times OpenSSH's sftp", sftp, goal=1, at_least=True, needs="sshd"),)
