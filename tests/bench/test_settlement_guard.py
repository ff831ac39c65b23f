"""What was won for settlements stays won: small reports, and limits far from the figures."""

from bench.settlements import settlement_booked, settlement_parsed, settlement_room


def test_a_settlement_is_parsed_and_booked_in_a_few_times_what_its_text_takes_to_split() -> None:
    assert settlement_parsed(True).value > 0.25
    assert settlement_booked(True).value > 0.12


def test_a_settlement_is_booked_in_little_room() -> None:
    assert settlement_room(True).value < 60
