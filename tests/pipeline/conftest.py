"""The pipeline on a journal of its own, without folders: what comes in, what goes out, and what is open then.

Whatever a test did, at its end all that was sent is read by our own readers: without a finding, and with interchange
numbers of which none is skipped or used twice.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Config, read_example
from gateway.findings import Finding
from gateway.instance import mappings_of, open_instance
from gateway.journal import Journal
from gateway.journal.records import Case, Document
from gateway.mapping.library import Mappings
from gateway.mapping.messages import explain_message
from gateway.pipeline import Catalogue, Desk, Receipt, dispatch, receive
from gateway.syntax.envelope import InterchangeOpened, Message, findings_of
from gateway.syntax.files import read
from gateway.transports.base import Arrival, Entry
from tests.conftest import House
from tests.pipeline.saps_word import PROFILE

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
X12_SERVICE = ("ISA", "GS", "ST", "SE", "GE", "IEA")
EDIFACT_SERVICE = ("UNB", "UNH", "UNT", "UNZ")


class Wire:
    """The pipeline between a partner and us. Answers are lists of the segments that say something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Config = read_example()
        self.mappings: Mappings = mappings_of(folder)
        self.journal = Journal.create(folder / "journal.db", NOW)
        self.repeats_what_came = False  # an answer to a malformed number has that number in it

    def guide(self, name: str, **changes: tuple[str, str]) -> None:
        """Give the instance a guide of its own: in a file (`guide`, dots as `__`) one text becomes another."""
        own = self.folder / "mappings" / "guides" / name
        if not own.exists():
            shutil.copytree(ROOT / "mappings" / "guides" / name, own)
        for file, (old, new) in changes.items():
            path = own / f"{file.replace('__', '.')}.toml"
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
        self.mappings = mappings_of(self.folder)
        assert self.mappings.problems([name]) == []

    def receive(self, data: str | bytes, at: datetime = NOW) -> Receipt:
        """Take one file."""
        content = data.encode() if isinstance(data, str) else data
        entry = Entry(name=b"file.edi", size=len(content), mtime_ns=int(NOW.timestamp()) * 10**9)
        arrival = Arrival(entry=entry, data=content, channel="amazon", seen_at=at)
        with self.journal.transaction(at) as tx:
            return receive(arrival, Desk(self.config, self.mappings, Catalogue(), tx, at))

    @property
    def sent(self) -> list[bytes]:
        """The interchanges in the outbox, in order; sales orders are left out."""
        dispatches = (each for each in self.journal.dispatches() if each.channel != "erp")
        return [self.journal.bytes_of(each.file_id) for each in dispatches]

    @property
    def answers(self) -> list[str]:
        """What was answered: the segments of each interchange, its service segments left out."""
        return [" ".join(segments_of(data)) for data in self.sent]

    @property
    def segments(self) -> list[str]:
        """All that was answered, segment by segment."""
        return [segment for data in self.sent for segment in segments_of(data)]

    @property
    def cases(self) -> list[Case]:
        """The open cases."""
        return self.journal.open_cases()

    def documents(self, kind: str) -> list[Document]:
        """The documents of a message type."""
        return self.journal.documents(type=kind)

    def reads_without_a_flaw(self) -> None:
        """What we sent has no finding in our own readers, and its numbers follow on each other."""
        numbers: dict[str, list[int]] = {}
        for data in self.sent:
            found: list[Finding] = []
            for event in read([data]):
                found += findings_of(event)
                if isinstance(event, InterchangeOpened):
                    numbers.setdefault(event.receiver, []).append(int(event.control_number))
                    guide = next(p.guide for p in self.config.partners.values() if p.id == event.receiver)
                elif isinstance(event, Message):
                    found += explain_message(event, self.mappings.guided(guide, event.type)).findings
            assert self.repeats_what_came or not found
        for drawn in numbers.values():
            assert drawn == list(range(1, len(drawn) + 1))


def segments_of(data: bytes) -> list[str]:
    """The segments of an interchange as text, its service segments left out."""
    text = data.decode("latin-1")
    is_x12 = text.startswith("ISA")
    segments = [segment.strip() for segment in (text.split("~") if is_x12 else re.split(r"(?<!\?)'", text))]
    service = X12_SERVICE if is_x12 else EDIFACT_SERVICE
    return [segment for segment in segments if segment and re.split(r"[*+]", segment)[0] not in service]


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """The pipeline with the partners of the shipped example."""
    wire = Wire(tmp_path)
    yield wire
    wire.reads_without_a_flaw()
    wire.journal.close()


class Orders:
    """What partners write: orders of both standards, good and bad, in groups and interchanges."""

    @staticmethod
    def x12(number: str = "A1", quantity: str = "24", reference: str = "0001") -> str:
        """An 850, ST to SE; `quantity` decides whether it is a good one."""
        body = (
            *(f"ST*850*{reference}", f"BEG*00*NE*{number}**20261120", "REF*CR*ACME1", "FOB*CC", "CSH*Y"),
            *("DTM*064*20261125", "DTM*063*20261202", "N1*ST**92*PHX6"),
            *(f"PO1*1*{quantity}*EA*7.25*PE*UP*614141000012", "CTT*1"),
        )
        return "".join(f"{segment}~\n" for segment in (*body, f"SE*{len(body) + 1}*{reference}"))

    @staticmethod
    def edifact(number: str = "A1", quantity: str = "24", reference: str = "1") -> str:
        """An ORDERS, UNH to UNT; `quantity` decides whether it is a good one."""
        body = (
            *(f"UNH+{reference}+ORDERS:D:96A:UN:EAN008", f"BGM+220+{number}+9", "DTM+137:20261120:102"),
            *("DTM+63:20261127:102", "RFF+CR:ACME5", "NAD+DP+5450534000086::9+++++++DE", "CUX+2:EUR:9"),
            *("LIN+1++4012345000016:EN", f"QTY+21:{quantity}", "PRI+AAA:7.25", "UNS+S", "CNT+2:1"),
        )
        return "".join(f"{segment}'\n" for segment in (*body, f"UNT+{len(body) + 1}+{reference}"))

    @staticmethod
    def group(*messages: str, kind: str = "PO", number: int = 101, version: str = "004010") -> str:
        """A functional group, GS to GE."""
        head = f"GS*{kind}*AMAZON*5551234567*20261120*2101*{number}*X*{version}~\n"
        return f"{head}{''.join(messages)}GE*{len(messages)}*{number}~\n"

    @staticmethod
    def isa(*groups: str, number: int = 101, asks: str = "0", version: str = "00401", notes: str = "") -> str:
        """An X12 interchange, ISA to IEA; `notes` are TA1 segments."""
        head = (
            f"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*1200*"
            f"{'U' if version < '00402' else '^'}*{version}*{number:09}*{asks}*P*>~\n"
        )
        return f"{head}{notes}{''.join(groups)}IEA*{len(groups)}*{number:09}~\n"

    @staticmethod
    def ung(*messages: str, kind: str = "ORDERS", number: str = "G1") -> str:
        """An EDIFACT group, UNG to UNE."""
        head = f"UNG+{kind}+5450534000000:14+4012345000009:14+261120:1200+{number}+UN+D:96A:EAN008'\n"
        return f"{head}{''.join(messages)}UNE+{len(messages)}+{number}'\n"

    @staticmethod
    def unb(*parts: str, number: str = "901", asks: bool = True) -> str:
        """An EDIFACT interchange, UNB to UNZ, of messages or of groups."""
        tail = "++++1+EANCOM" if asks else ""
        head = f"UNB+UNOA:2+5450534000000:14+4012345000009:14+261120:1200+{number}{tail}'\n"
        return f"{head}{''.join(parts)}UNZ+{len(parts)}+{number}'\n"


@pytest.fixture
def orders() -> Orders:
    """What partners write."""
    return Orders()


Send = Callable[..., str]


@pytest.fixture
def send() -> Send:
    """Sends a document of our samples through an instance, as those will who have documents to send; its id."""

    def send(house: Any, sample: str, at: str, number: str = "X1", subjects: tuple[str, ...] = ()) -> str:
        file = next((ROOT / "samples").rglob(f"{sample}.json"))
        kind, instant = sample.split("-")[0], datetime.fromisoformat(at)
        with open_instance(house.config, clock=lambda: instant) as instance:
            partner = instance.config.partners["amazon-eu" if kind.isalpha() else "amazon-us"]
            model = instance.mappings.guided(partner.guide, kind).document
            document = model.model_validate_json(json.dumps(json.loads(file.read_text())))
            with instance.journal.transaction(instant) as tx:
                desk = Desk(instance.config, instance.mappings, Catalogue(), tx, instant)
                return dispatch(document, kind, partner, desk, business_number=number, subjects=subjects)

    return send


@pytest.fixture
def sap(house: House) -> House:
    """The shipped example over the file ports of SAP."""
    house.configure('kind = "files"  ', 'kind = "sap-idoc"')
    house.config.write_text(house.config.read_text() + PROFILE)
    return house


@pytest.fixture
def ordered(sap: House) -> House:
    """An order that has gone to SAP under number 4711."""
    sap.drop("850.edi", sap.interchange(sap.order()))
    sap.once()
    return sap
