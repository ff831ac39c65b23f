"""The quick check of a message against the whole grammar: whether nothing at all is wrong, without a word of what.

A segment of the standard is one regular expression. The structure is a graph of states that is found as messages go
through it: where a tag leads from a state is worked out once. Whatever is unusual is a doubt, and the explaining reader
says what it is, if anything (messages.py). X12 only; hierarchies (HL) and bounded loops (LS) are doubts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product

from gateway.grammar.elements import Composite, Element, check_value
from gateway.grammar.schema import Grammar, Loop
from gateway.grammar.segments import Segment
from gateway.mapping.mapping import Mapping
from gateway.mapping.patterns import Marks

Match = Callable[[str], object]

_STATES_AT_MOST = 5_000  # a hostile file could make any number of them; real ones go through some dozens
_COUNTED_TO = 1_000  # what may stand more often than this is not counted: no message that is so long is judged here
_NO_LIMIT = 1 << 62
_CLOCK = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?"
# The 29th of February is a doubt.
_DAY = "[12][0-9]{3}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
_BOUNDS = ("LS", "LE")


@dataclass(frozen=True, slots=True)
class _Turn:
    """An open turn of a loop: the member it has come to, and how often each of its members was used."""

    loop: Loop
    at: int = 0
    uses: tuple[tuple[int, int], ...] = ()

    def used(self, at: int) -> int:
        return dict(self.uses).get(at, 0)

    def is_full(self, at: int) -> bool:
        limit = _limit(self.loop, at)
        return limit is not None and self.used(at) >= limit

    def has_all(self, until: int) -> bool:
        """Whether no mandatory member before that place is missing."""
        members = enumerate(self.loop.members[:until])
        return all(member.requirement != "M" or self.used(at) for at, member in members)

    def entered(self, at: int) -> "_Turn":
        count = min(self.used(at) + 1, _limit(self.loop, at) or 1)
        return _Turn(self.loop, at, tuple(sorted({**dict(self.uses), at: count}.items())))


@dataclass(slots=True)
class _State:
    """The loops that are open, outermost first; whether the message may end here; where each segment leads.

    The ways are known by the first three characters of a segment, which tell its tag, or it does not match.
    """

    stack: tuple[_Turn, ...]
    is_end: bool
    ways: dict[str, tuple[Match, "_State"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Soundness:
    """A grammar made ready for one set of delimiters."""

    grammar: Grammar
    marks: Marks
    states: dict[tuple[object, ...], _State] = field(default_factory=dict)
    matches: dict[str, Match | None] = field(default_factory=dict)

    def is_sound(self, segments: Sequence[str]) -> bool:
        """Whether a message, ST to SE, keeps the grammar; False as well where that is not easily told."""
        if len(segments) > self._most or not segments[-1].startswith("SE" + self.marks.element):
            return False
        state = self._start
        for text in segments[1:-1]:
            way = state.ways.get(text[:3]) or self._way(state, text)
            if way is None or way[0](text) is None:
                return False
            state = way[1]
        return state.is_end

    @cached_property
    def _start(self) -> _State:
        return self._state((_Turn(self.grammar.root),))

    @cached_property
    def _most(self) -> int:
        """How many segments there may be so that no member that is not counted stands too often."""
        limits = (member.limit for loop in self.grammar.root.walk() for member in loop.members)
        return min((limit for limit in limits if limit is not None and limit > _COUNTED_TO), default=_NO_LIMIT)

    def _state(self, stack: tuple[_Turn, ...]) -> _State:
        key = tuple((id(turn.loop), turn.at, turn.uses) for turn in stack)
        if key not in self.states:
            self.states[key] = _State(stack, all(turn.has_all(len(turn.loop.members)) for turn in stack))
        return self.states[key]

    def _way(self, state: _State, text: str) -> tuple[Match, _State] | None:
        """Where a segment leads and what it must match; None for a doubt."""
        tag = text.partition(self.marks.element)[0]
        if tag not in self.grammar.tags:
            return None
        if tag not in self.matches:
            self.matches[tag] = _match(self.grammar.segments[tag], self.marks)
        match, stack = self.matches[tag], _next(state.stack, tag)
        if match is None or stack is None:
            return None
        if len(self.states) >= _STATES_AT_MOST:
            self.states.clear()
            self._start.ways.clear()
        state.ways[text[:3]] = way = match, self._state(stack)
        return way


@lru_cache(maxsize=256)
def ready(mapping: Mapping, marks: tuple[str, str, str, str]) -> Soundness | None:
    """The quick check by the grammar of a mapping; None for EDIFACT, and where the delimiters are too odd."""
    element, component, _, repetition = marks
    used = Marks(element, component, repetition)
    return Soundness(mapping.grammar, used) if mapping.grammar.name.startswith("x12/") and used.are_plain else None


def _limit(loop: Loop, at: int) -> int | None:
    limit = loop.members[at].limit
    return None if limit is None or limit > _COUNTED_TO else limit


def _next(stack: tuple[_Turn, ...], tag: str) -> tuple[_Turn, ...] | None:
    """The loops that are open behind a segment, which goes to the innermost place that takes it; None for a doubt."""
    for depth in reversed(range(len(stack))):
        turn = stack[depth]
        ranks, members = turn.loop.ranks, turn.loop.members
        # What opened a loop never stands in it again: it opens the next turn.
        for at in range(max(ranks[turn.at], depth > 0), len(members)):
            member = members[at]
            if member.tag != tag or turn.is_full(at):
                continue
            if not turn.has_all(ranks[at]) or (isinstance(member, Loop) and member.qualifier):
                return None
            inner = (_Turn(member, 0, ((0, 1),)),) if isinstance(member, Loop) else ()
            return (*stack[:depth], turn.entered(at), *inner)
        if not turn.has_all(len(members)):
            return None
    return None


def _match(segment: Segment, marks: Marks) -> Match | None:
    """What a segment must match that nothing is wrong with; None where it is always a doubt."""
    if segment.opaque or segment.parent or segment.tag in _BOUNDS:
        return None
    has_tail = bool(segment.pairs) and segment.pairs[-1][1] == len(segment.elements)
    end = segment.pairs[0][0] - 1 if has_tail else len(segment.elements)
    cells = [(_cell(element, marks), element.requirement == "M") for element in segment.elements[:end]]
    refused = list(_refused(segment, cells, marks))
    if ("", True) in cells or None in refused:
        return None
    tail, needed = _tail(segment, marks) if has_tail else ("", False)
    ahead = "".join(filter(None, refused))
    text = f"{segment.tag}{ahead}{marks.sequence(cells, tail, needed=needed)}{marks.between}*+"
    return re.compile(text).fullmatch


def _cell(element: Element | Composite, marks: Marks) -> str:
    """What an element is, or some of what it may be; '' where a filled one is always a doubt."""
    if isinstance(element, Composite):
        inner = [(_cell(component, marks), component.requirement == "M") for component in element.components]
        is_told = ("", True) not in inner and (element.requirement != "M" or any(needed for _, needed in inner))
        return marks.composite(inner) if is_told else ""
    if element.type == "B":
        return ""
    if element.codes:
        codes = [code for code in element.codes.codes if marks.can_hold(code) and not check_value(code, element)]
        return f"(?:{'|'.join(_by_beginning(codes))})" if codes else ""
    if element.type in ("DT", "TM"):
        digits = f"(?=[0-9]{{{element.shortest},{element.longest}}}(?![0-9]))"
        return f"(?:{digits}{_DAY if element.type == 'DT' else _CLOCK})"
    return f"(?:{marks.element_pattern(element)})"


def _by_beginning(codes: Sequence[str]) -> Iterator[str]:
    """Codes as expressions, those in one that differ in their last character: EA and EB are E[AB]."""
    ends: dict[str, str] = {}
    for code in codes:
        ends[code[:-1]] = ends.get(code[:-1], "") + code[-1]
    return (f"{re.escape(beginning)}[{re.escape(last)}]" for beginning, last in ends.items())


def _tail(segment: Segment, marks: Marks) -> tuple[str, bool]:
    """The pairs at the end, each complete and none left out between; and whether there must be any."""
    qualifier, value = (marks.between + _cell(segment.elements[at - 1], marks) for at in segment.pairs[0])
    mandatory = sum(segment.elements[at - 1].requirement == "M" for at, _ in segment.pairs)
    return f"(?:{qualifier}{value}){{{max(mandatory, 1)},{len(segment.pairs)}}}+", mandatory > 0


def _refused(segment: Segment, cells: Sequence[tuple[str, bool]], marks: Marks) -> Iterator[str | None]:
    """Looks ahead that refuse what a relational condition forbids; None where one is broken anyway, or not told."""
    mark, inner = marks.between, f"[^{re.escape(marks.element)}]"
    looks = {True: f"{mark}{inner}++", False: f"(?:{mark}(?!{inner})|\\Z)", None: f"(?:{mark}{inner}*+|\\Z)"}
    for condition in segment.conditions:
        if max(condition.positions) > len(cells):
            if condition.positions not in segment.pairs:  # pairs are complete in the tail
                yield None
            continue
        open_ = [at for at in condition.positions if cells[at - 1][0] and not cells[at - 1][1]]
        for choice in product((True, False), repeat=len(open_)):
            there = dict(zip(open_, choice, strict=True))
            if condition.breach([there.get(at, required) for at, (_, required) in enumerate(cells, 1)]):
                yield f"(?!{''.join(looks[there.get(at)] for at in range(1, max(there) + 1))})" if there else None
