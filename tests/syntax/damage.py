"""Files as they should not be: samples with damage done to them, and files that come in pieces."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st


@st.composite
def mutated(draw: st.DrawFn, samples: Sequence[bytes], marks: Sequence[bytes]) -> bytes:
    """One of the samples with pieces removed, doubled, replaced and thrown in, such as marks of its standard."""
    data = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(
            st.one_of(st.sampled_from(marks), st.binary(max_size=6), st.just(data[start:end] * 2), st.just(b""))
        )
        data = data[:start] + piece + data[end:]
    return data


def chunked(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]
