"""SAP's shore: documents as IDocs under our own numbers, and what SAP's IDocs say, one by one.

What is written is checked against the segment catalogue and read back before it leaves: an IDoc that SAP would refuse
for its form never does. A file may hold several IDocs; what is wrong with one keeps none of the others back.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from gateway.catalogue.gaps import Gap
from gateway.documents.erp_file import ErpDocument
from gateway.documents.sap import SapControl, SapOrder, SapParty
from gateway.findings import Finding, Severity
from gateway.mapping.idocs import Idocs
from gateway.sap.converting import Said, ToSap, from_sap, kinds_of, to_sap
from gateway.sap.gaps import gap, unusable
from gateway.sap.known import Known, Origin
from gateway.sap.profile import SapProfile

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # while nothing is written, no day is past
_NUMBER = "0" * 15 + "1"
CONTROL = "EDI_DC40"
OUT = {
    "sales-order": "ORDERS",
    "sales-order-change": "ORDERS",
    "journal-entry": "ACC_DOCUMENT",
    "goods-movement": "MBGMCR",
    "stock-transport": "PORDCR1",
}
"""The kind of an IDoc that we write -> its mapping."""
IN = frozenset({"ORDRSP", "DESADV", "INVOIC", "PROACT", "MATMAS", "ALEAUD", "STATUS"})
"""The messages that SAP sends us; the mapping of each has its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file for SAP."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SapRead:
    """One IDoc of a file. `place` says which one of several; `content` is a hash of all that stands in it.

    `said` is what it means. Findings that reject are about the whole IDoc where nothing is said, else about those parts
    of it (single deliveries) that are not: it is `partial` then.
    """

    docnum: str = ""
    message_type: str = ""
    sender: str = ""
    place: str = ""
    content: str = ""
    created: str = ""
    said: tuple[Said, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether parts of it are understood and others are not."""
        return bool(self.said) and any(finding.severity is Severity.REJECT for finding in self.findings)

    def refused(self, finding: Finding) -> "SapRead":
        """The same IDoc, refused for one reason more."""
        return replace(self, said=(), findings=(*self.findings, finding))


@dataclass(frozen=True, slots=True)
class _Made:
    """An IDoc that may go."""

    root: Any
    control: SapControl


class SapShore:
    """Writes and reads IDocs by a profile. `idocs` is the segment catalogue with the mappings of all types."""

    def __init__(self, profile: SapProfile, idocs: Idocs) -> None:
        """Nothing is read before it is needed."""
        self.profile, self._idocs = profile, idocs
        self.kinds = kinds_of(profile)

    # To SAP

    def gaps(self, document: ErpDocument, known: Known) -> tuple[Gap, ...]:
        """What keeps a document from being an IDoc: nothing, or what to do about it."""
        made = self._made(document, _NUMBER, _LONG_AGO, known)
        return made if isinstance(made, tuple) else ()

    def write(self, document: ErpDocument, docnum: str, at: datetime, known: Known) -> Written:
        """The file of a document that has no gaps, under a number of ours (16 digits).

        Raises ValueError where it has gaps all the same.
        """
        made = self._made(document, docnum, at, known)
        if isinstance(made, tuple):
            raise ValueError("; ".join(each.message for each in made))
        return self.file_of(made.root, made.control, at)

    def _made(self, document: ErpDocument, docnum: str, at: datetime, known: Known) -> "_Made | tuple[Gap, ...]":
        converted = to_sap(document, self.profile, known, at)
        if isinstance(converted, tuple):
            return converted
        control = self._control(converted, docnum, at, known.origin(document))
        root, wrong = self.make(converted.document, control, OUT[converted.kind])
        return tuple(wrong) or _Made(root, control)

    def file_of(self, root: Any, control: SapControl, at: datetime) -> Written:
        """An IDoc as a file of the port: `ORDERS_0000000000000017_20261120101500.xml`, or .idoc for a flat one."""
        from gateway.syntax.idoc import write_xml
        from gateway.syntax.idoc_flat_writing import write_flat

        stem = f"{control.message}_{control.number}_{at.astimezone(UTC):%Y%m%d%H%M%S}"
        if self.profile.form == "xml":
            return Written(name=f"{stem}.xml", data=write_xml(root))
        layout = self._layouts(control.idoc_type or "", control.message or "")
        return Written(name=f"{stem}.idoc", data=write_flat(root, layout, self.profile.encoding))

    @property
    def _layouts(self) -> Any:
        return self._idocs.catalogue.layouts(dict(self.profile.segments), self.profile.release)

    def _control(self, converted: ToSap, docnum: str, at: datetime, origin: Origin) -> SapControl:
        """The control record: orders come from the customer, all else from our system."""
        profile = self.profile
        message = profile.message_of(converted.kind)
        sender = SapParty(port=profile.port, kind="LS", number=profile.system)
        if isinstance(converted.document, SapOrder):
            customer = next(each.number for each in converted.document.partners if each.role == "AG")
            sender = SapParty(port=profile.port, kind="KU", function="AG", number=customer)
        moment = at.astimezone(UTC)
        return SapControl(
            client=profile.client,
            number=docnum,
            release=profile.release or None,
            direction="2",
            test="X" if profile.test else None,
            idoc_type=message.idoc_type,
            extension=message.extension,
            message=message.message,
            variant=message.variant,
            function=message.function,
            sender=sender,
            receiver=SapParty(port=profile.sap_port, kind="LS", number=profile.sap_system),
            created_on=moment.date(),
            created_time=f"{moment:%H%M%S}",
            interchange=origin.interchange[-14:] or None,
            group=origin.group[-14:] or None,
            reference=origin.message[-14:] or None,
            archive=origin.journal[:70] or None,
            serial=f"{moment:%Y%m%d%H%M%S}",
        )

    def make(self, document: Any, control: SapControl, name: str) -> tuple[Any, list[Gap]]:
        """The tree of an IDoc, and everything about it that SAP would not take, or that would not come back."""
        from gateway.grammar.idoc import check
        from gateway.grammar.idoc_order import arrange
        from gateway.mapping.xml import read_element, write_element

        mapping = self._idocs.mapping(name)
        body = write_element(document, mapping)
        head = write_element(control, self._idocs.mapping(CONTROL))
        body.root[0].insert(0, head.root)
        body.root.tag = control.extension or control.idoc_type or body.root.tag
        root = arrange(body.root, self._idocs.catalogue)
        wrong = [_unsayable(f"{each.field}: {each.why}", each.value) for each in (*body.unsaid, *head.unsaid)]
        wrong += [_unsayable(each.message, each.value or "") for each in check(root, self._idocs.catalogue)]
        if not wrong:
            again, _ = _split(root, mapping.elements[0])
            if read_element(again, mapping).document != document:
                wrong.append(_unsayable("it would not be read as it was written", ""))
        return root, wrong

    # From SAP

    def read(self, data: bytes, known: Known) -> Iterator[SapRead]:
        """What each IDoc of a file says, in their order; a file that is none says nothing, and why."""
        from gateway.syntax.idoc import canonical, read

        found = read(data, self._layouts, self.profile.encoding)
        if isinstance(found, Finding):
            yield SapRead(findings=(found,))
            return
        for count, idoc in enumerate(found, 1):
            head = SapRead(
                docnum=idoc.control("DOCNUM"),
                message_type=idoc.control("MESTYP"),
                sender=idoc.control("SNDPRN"),
                place=f"IDoc {count} of {len(found)}" if len(found) > 1 else "",
                content=sha256(canonical(idoc.root)).hexdigest(),
                created=f"{idoc.control('CREDAT')}{idoc.control('CRETIM')}",
            )
            said, findings = self._heard(idoc, known)
            yield replace(head, said=said, findings=findings)

    def _heard(self, idoc: Any, known: Known) -> tuple[tuple[Said, ...], tuple[Finding, ...]]:
        from gateway.grammar.idoc import check
        from gateway.mapping.xml import read_element

        findings = [*idoc.findings, *check(idoc.root, self._idocs.catalogue, idoc.record)]
        if any(finding.severity is Severity.REJECT for finding in findings):
            return (), tuple(findings)
        message = idoc.control("MESTYP")
        if message not in IN:
            known_ones = ", ".join(sorted(IN))
            return (), (*findings, unusable(f"{message} messages never come from SAP; those that do: {known_ones}"))
        mapping = self._idocs.mapping(message)
        body, head = _split(idoc.root, mapping.elements[0])
        control = read_element(head, self._idocs.mapping(CONTROL))
        reading = read_element(body, mapping)
        findings += [*control.findings, *reading.findings]
        if reading.document is None or not isinstance(control.document, SapControl):
            return (), tuple(findings)
        findings += self._strange(control.document)
        if any(finding.severity is Severity.REJECT for finding in findings):
            return (), tuple(findings)
        said, wrong = from_sap(reading.document, control.document, self.profile, known)
        return said, (*findings, *wrong)

    def _strange(self, control: SapControl) -> Iterator[Finding]:
        """What does not belong to this system: another sender, another client, or a test among what is live."""
        profile = self.profile
        sender = control.sender.number if control.sender else None
        if control.direction != "1":
            yield unusable("it is addressed to SAP (DIRECT 2), and does not come from it", control.direction)
        if sender != profile.sap_system:
            yield unusable(f"it comes from {sender}, the profile's system is {profile.sap_system} (SNDPRN)", sender)
        if control.client not in (None, profile.client):
            yield unusable(f"it comes from client {control.client}, not {profile.client} (MANDT)", control.client)
        if bool(control.test) is not profile.test:
            what = "a test, and this system is live" if control.test else "live, and this system is for tests"
            yield unusable(f"it is {what} (TEST)", control.test)


def _split(root: Any, tag: str) -> tuple[Any, Any]:
    """A copy of an IDoc without its control record, under the name that its mapping has, and the control record."""
    body = deepcopy(root)
    body.tag = tag
    head = body[0].find(CONTROL)
    body[0].remove(head)
    return body, head


def _unsayable(message: str, value: str) -> Gap:
    remedy = "shorten or correct the value where it comes from; SAP's field takes no more"
    return gap("cannot-be-said", message, remedy, value=value)
