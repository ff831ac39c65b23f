"""What is written for the ERP, and what its files say, whatever their form."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.documents import ErpDocument
from gateway.findings import Finding
from gateway.sap.masters import MasterRows

DOCNUMS = "docnum"
"""The series of the numbers of our IDocs."""


def nothing() -> None:
    """For what needs no word that it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document as a file: `number` is what its form numbers it by, such as the DOCNUM of an IDoc."""

    name: str
    data: bytes
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a file of the ERP says in one place: documents, rows of masters, or what is wrong.

    `place` is where in the file, nothing where the file says but one thing; `done` is called when all of it was taken.
    """

    documents: tuple[ErpDocument, ...] = ()
    rows: tuple[MasterRows, ...] = ()
    findings: tuple[Finding, ...] = ()
    place: str = ""
    done: Callable[[], None] = nothing
