"""What can be set about the other shore: its folders, and in which form each document is written.

What the ERP may send is not chosen: a document is read in whatever form it comes.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, Strict

from gateway.config.values import Place, Settings, Size
from gateway.sap.profile import SapProfile

Written = Literal[
    "sales-order",
    "journal-entry",
    "credit-memo",
    "item-fulfilment",
    "stock-adjustment",
    "stock-transfer",
    "inventory-snapshot",
    "availability-update",
]
"""The documents that we write for the ERP."""

Form = Literal["json", "xml", "idoc"]
"""How a document is written: one file each, whatever the form."""

Forms = Mapping[Written, Form]


class Erp(Settings):
    """The other shore."""

    kind: Literal["files", "sap-idoc"] = Field(
        description="How the ERP is met: files, a pair of folders with a document a file; or sap-idoc, the same "
        "folders as file ports of SAP, where a file may have any name."
    )
    inbox: Place = Field(alias="in", description="The folder where the ERP puts documents and masters (CSV).")
    outbox: Place = Field(alias="out", description="The folder where it finds ours.")
    form: Form | None = Field(
        None,
        description="How documents are written for it: json, xml or idoc. Left out, json; with sap-idoc, idoc for what "
        "SAP has an IDoc for.",
    )
    forms: Forms = Field(
        default_factory=dict,
        description="Other forms for single documents.",
        examples=['{ "journal-entry" = "xml" }'],
    )
    sap: SapProfile | None = Field(None, description="What is known of the SAP system that IDocs are written for.")
    rate: Annotated[int, Strict()] | None = Field(
        None, ge=1, description="At most so many documents are handed to it a minute. Left out, there is no limit."
    )
    max_file: Size = Field(32_000_000, description="The largest file taken in; a larger one goes to quarantine unread.")

    def form_of(self, document: str, own: Forms) -> Form:
        """How a document is written: as a partner or seller has it (`own`), else as it is set for all."""
        usual: Form = self.form or ("idoc" if self.kind == "sap-idoc" else "json")
        return next((forms[kind] for forms in (own, self.forms) for kind in forms if kind == document), usual)
