"""How much of what was found an answer tells: every element, segments only, or no more than each message's verdict.

Some partners' translators stop at an AK4, and some want to hear no more than which message to send again.
"""

from typing import Any

DETAILS = ("elements", "segments", "messages")


def tell(content: dict[str, Any], detail: str) -> dict[str, Any]:
    """The content of a FunctionalAcknowledgement down to a level of DETAILS; verdicts, codes and counts stay."""
    messages = [_tell_message(message, detail) for message in content["messages"]]
    groups = [tell(group, detail) for group in content.get("groups", ())]
    return {**content, "messages": messages} | ({"groups": groups} if groups else {})


def _tell_message(message: dict[str, Any], detail: str) -> dict[str, Any]:
    if detail == "elements":
        return message
    segments = message["segments"] if detail == "segments" else ()
    return {**message, "segments": [{**note, "elements": []} for note in segments]}
