"""What a partner's AS2 server said of a message of ours: the disposition notification (MDN, RFC 4130, 7; RFC 3798).

OpenAS2 keeps an MDN as text: headers, attributes such as ORIGINAL_MESSAGE_ID and DISPOSITION, and the sentence for
people. A server that keeps the notification itself has the same as Original-Message-ID and Disposition. Both are read.
"""

import re
from dataclasses import dataclass

_SHOWN = 200
_READ = 1 << 16  # bytes; an MDN has some two thousand
_FIELD = r"(?im)^[ \t]*+{0}[ \t]*+:[ \t]*+(\S.*)"
_MESSAGE_ID = re.compile(_FIELD.format("original[-_]message[-_]id"))
_DISPOSITION = re.compile(_FIELD.format("disposition"))
_MIC = re.compile(_FIELD.format("(?:received[-_]content[-_])?mic"))


@dataclass(frozen=True, slots=True)
class Mdn:
    """An MDN: the Message-ID it is about without angle brackets, the disposition as it stands there, and the MIC."""

    message_id: str
    disposition: str
    mic: str

    @property
    def is_positive(self) -> bool:
        """Whether the message was processed; a warning says that it was (RFC 4130, 7.5.4), an error that it was not.

        A duplicate is mostly told by a warning: the partner has it.
        """
        _, _, said = self.disposition.lower().rpartition(";")
        kind, _, modifier = said.strip().partition("/")
        return kind.strip() == "processed" and not modifier.strip().startswith(("error", "failure"))


def read_mdn(data: bytes) -> Mdn | None:
    """Read an MDN as it is kept in a file; None where nothing in it says what became of a message."""
    text = data[:_READ].decode("utf-8", errors="replace")
    disposition = _DISPOSITION.search(text)
    if disposition is None:
        return None
    said, about, mic = disposition[1].strip(), _MESSAGE_ID.search(text), _MIC.search(text)
    return Mdn(
        message_id=about[1].strip().strip("<>")[:_SHOWN] if about else "",
        disposition=said[:_SHOWN],
        mic=mic[1].strip()[:_SHOWN] if mic else "",
    )
