"""The AS2 server beside an instance, played by a test: it fills and empties its folders as OpenAS2 lays them out."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import House

OURS, THEIRS = "ACME", "AMAZON"
PROCESSED = "automatic-action/MDN-sent-automatically; processed"
REFUSED = "automatic-action/MDN-sent-automatically; processed/Error: decryption-failed"

CHANNEL = f"""[channels.amazon]
kind     = "as2"
partners = ["amazon-us", "amazon-eu"]
in       = "as2"
out      = "amazon/out"
mdn      = "as2/{OURS}-{THEIRS}/mdn"
our_as2_id   = "{OURS}"
their_as2_id = "{THEIRS}"
"""


def message_id(number: int) -> str:
    """A Message-ID as OpenAS2 makes them, without angle brackets."""
    return f"OPENAS2-20112026210100+0000-c23a02e9-e0cd-4d00-a134-{number:012}@{THEIRS}_{OURS}"


class As2Server:
    """The server's folders, and what it does in them."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.data, self.out = house.folder / "as2", house.folder / "amazon" / "out"
        (self.data / f"{THEIRS}-{OURS}" / "inbox").mkdir(parents=True)
        text = house.config.read_text()
        house.config.write_text(re.sub(r"(?ms)^\[channels\.amazon\]\n.*?^$", CHANNEL, text, count=1))

    # What the partner sends

    def receives(self, data: str, number: int, name: str = "po.edi") -> Path:
        """A message came from the partner: the file stands in the inbox."""
        return self.house.drop(f"{name}-{message_id(number)}", data, f"as2/{THEIRS}-{OURS}/inbox")

    @property
    def inbox(self) -> list[str]:
        """What stands in the inbox."""
        return sorted(path.name for path in (self.data / f"{THEIRS}-{OURS}" / "inbox").iterdir())

    # What becomes of what we give it

    @property
    def waiting(self) -> list[str]:
        """The files that we have given it and that it has not picked up."""
        return sorted(path.name for path in self.out.iterdir() if path.is_file())

    def picks_up(self, name: str) -> bytes:
        """It takes a file and begins to send it: whatever comes of that, the file is gone from the folder."""
        path = self.out / name
        data = path.read_bytes()
        path.unlink()
        return data

    def gets_receipt(self, name: str, number: int, disposition: str = PROCESSED) -> Path:
        """The partner's server answers: the receipt is kept as text, under the name of the file and its Message-ID."""
        return self._keep(
            self.data / f"{OURS}-{THEIRS}" / "mdn" / "2026-11-20" / f"{name}-{message_id(number)}",
            "Headers:\n"
            f"Message-ID: <AS2-5512-20112026@{THEIRS}>\n"
            f"AS2-From: {THEIRS}\n"
            f"AS2-To: {OURS}\n"
            "Disposition-Notification-Options: none\n"
            "\n"
            "Attributes:\n"
            f"REPORTING_UA: {THEIRS}\n"
            f"ORIGINAL_MESSAGE_ID: <{message_id(number)}>\n"
            f"DISPOSITION: {disposition}\n"
            "MIC: hl1rM7fPL2ZEG0xHTTPe8Q==, sha-256\n"
            "Text:\n"
            "The message was looked at. This is no guarantee that it has been understood.\n",
        )

    def keeps_copy(self, name: str, number: int, data: bytes) -> Path:
        """It keeps a copy of what it believes to have sent."""
        path = self.data / f"{OURS}-{THEIRS}" / "sent" / "2026" / "11" / f"{name}-{message_id(number)}"
        return self._keep(path, data)

    def gives_up(self, name: str, data: bytes) -> Path:
        """It has tried often enough: the file lies in its error folder."""
        return self._keep(self.out / "error" / name, data)

    @staticmethod
    def _keep(path: Path, data: str | bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path
