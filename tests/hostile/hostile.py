"""What a hostile file is, and the sound interchanges that hostile ones are made of."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Outcome = Literal["quarantined", "neutralised", "either", "ignored"]
PARTNER, ERP = "amazon/in", "erp/in"

X12_HEAD = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*{n:09}*0*P*>~\n"
X12_TEXTS = {
    "number": "GOOD{n}",
    "promotion": "AUTUMN26",
    "contact": "DANA REYES",
    "phone": "8045550134",
    "packaging": "PALLETIZE",
    "name": "PHOENIX SIX",
    "street": "1200 DEPOT LANE",
    "city": "PHOENIX",
    "item": "614141000012",
    "description": "KETTLE STEEL",
}
X12_BODY = (
    "ST*850*0001~\nBEG*00*NE*{number}**20261120~\nREF*CR*ACME1~\nREF*PD*{promotion}~\nPER*BD*{contact}*TE*{phone}~\n"
    "FOB*CC~\nCSH*Y~\nDTM*064*20261125~\nDTM*063*20261202~\nPKG*F*CS***{packaging}~\nN1*ST*{name}*92*PHX6~\n"
    "N3*{street}~\nN4*{city}*AZ*85001*US~\nPO1*1*24*EA*7.25*PE*UP*{item}~\nPID*F****{description}~\nCTT*1~\n"
    "SE*17*0001~\n"
)
X12_GROUP = "GS*PO*AMAZON*5551234567*20261120*2101*{n}*X*004010~\n"
X12_TAIL = "GE*1*{n}~\nIEA*1*{n:09}~\n"

EDIFACT_HEAD = "UNB+UNOC:3+5450534000000:14+4012345000009:14+261120:2101+{n}++++1+EANCOM'\n"
EDIFACT_TEXTS = {
    "number": "GOOD{n}",
    "text": "CALL BEFORE DELIVERY",
    "name": "LEIPZIG",
    "street": "AM RING 5",
    "city": "LEIPZIG",
    "item": "4012345000016",
    "description": "KETTLE",
}
EDIFACT_BODY = (
    "UNH+1+ORDERS:D:96A:UN:EAN008'\nBGM+220+{number}+9'\nDTM+137:20261120:102'\nDTM+63:20261201:102'\n"
    "DTM+64:20261124:102'\nFTX+DEL+++{text}'\nRFF+CR:ACME5'\nNAD+BY+5450534000017::9'\nNAD+SU+4012345000009::9'\n"
    "NAD+DP+5450534000086::9++{name}+{street}+{city}++04109+DE'\nCUX+2:EUR:9'\nLIN+1++{item}:EN'\n"
    "IMD+F++:::{description}'\nQTY+21:40'\nPRI+AAA:7.25'\nUNS+S'\nCNT+2:1'\nUNT+18+1'\n"
)
EDIFACT_TAIL = "UNZ+1+{n}'\n"


def x12(n: int, **texts: str) -> str:
    """One order in an interchange of its own, numbered n; `texts` stand in its free-text fields."""
    filled = {name: text.format(n=n) for name, text in X12_TEXTS.items()} | texts
    return (X12_HEAD + X12_GROUP).format(n=n) + X12_BODY.format(**filled) + X12_TAIL.format(n=n)


def edifact(n: int, **texts: str) -> str:
    """The same in EDIFACT."""
    filled = {name: text.format(n=n) for name, text in EDIFACT_TEXTS.items()} | texts
    return EDIFACT_HEAD.format(n=n) + EDIFACT_BODY.format(**filled) + EDIFACT_TAIL.format(n=n)


def changed(n: int, *changes: tuple[str, str], base: Callable[..., str] = x12) -> str:
    """A sound interchange in which one text after another became another, where it first stands."""
    text = base(n)
    for old, new in changes:
        stands = old.format(n=n)
        assert stands in text, stands
        text = text.replace(stands, new.format(n=n), 1)
    return text


@dataclass(frozen=True)
class Hostile:
    """One entry: what it stands for, where it is put under which name, how it must end and, if known, by which code.

    `make` gives the bytes; `plant` instead puts something that is no plain file at the path it is given. `%` in the
    name is the number of the entry, so that no two share one; `%%` is a per cent sign.
    """

    rule: str
    make: Callable[[int], str | bytes] | None = None
    outcome: Outcome = "quarantined"
    codes: tuple[str, ...] = ()
    folder: str = PARTNER
    name: bytes = b"%.edi"
    plant: Callable[[Path], object] | None = None

    def data(self, n: int) -> bytes:
        """The bytes; surrogates in a text stand for bytes that are not UTF-8."""
        assert self.make is not None
        made = self.make(n)
        return made.encode("utf-8", errors="surrogateescape") if isinstance(made, str) else made

    def put(self, root: Path, n: int) -> Path:
        """Put it where it belongs; where that is."""
        name = b"%".join(part.replace(b"%", b"%d" % n) for part in self.name.split(b"%%"))
        path = root / self.folder / os.fsdecode(name)
        if self.plant is not None:
            self.plant(path)
            return path
        unfinished = path.with_name(".unfinished")
        unfinished.write_bytes(self.data(n))
        return unfinished.rename(path)
