"""The two campaigns over SFTP in small: `python -m tests.sftp_cuts -n 1000`, and `python -m tests.sftp_speed`."""

from tests.sftp_cuts import KINDS, run
from tests.sftp_speed import run as speed
from tests.sshd import needs_sshd


@needs_sshd
def test_a_hundred_cuts_shorten_double_and_lose_nothing() -> None:
    outcome = run(50, seed=7)
    assert outcome.is_good, "\n".join(outcome.lines())
    assert sum(outcome.cuts.values()) + outcome.seen["never reached"] == 100
    assert sum(outcome.cuts.values()) >= 95
    assert {kind for kind, _ in outcome.cuts} == set(KINDS)
    assert outcome.seen["in doubt"] > 0


@needs_sshd
def test_both_clients_fetch_all_that_their_speed_is_measured_on() -> None:
    ours, theirs = speed(30, rounds=1)
    assert ours > 0
    assert theirs > 0
