"""How goods travel: the words of ERPs for it, and the four ways that partners know."""

from collections.abc import Mapping

from gateway.catalogue.gaps import RULES, Gap

MODES: Mapping[str, str] = {
    word: mode
    for mode, words in {
        "road": "road parcel small-parcel courier express ltl ftl tl truck truckload lorry van",
        "sea": "sea ocean vessel ship fcl lcl",
        "rail": "rail train",
        "air": "air airfreight",
    }.items()
    for word in words.split()
}
"""The ERP's word -> road, sea, rail or air (EDIFACT 8067). A parcel leaves by road, whatever it does later."""


def mode_of(word: str | None) -> str | None:
    """The way that the ERP's word means, in capitals or not; None where it means none."""
    return MODES.get((word or "").strip().lower().replace(" ", "-").replace("_", "-"))


def mode_gaps(word: str | None) -> tuple[Gap, ...]:
    """A warning where the ERP's word means no way to travel; a partner that needs one misses it by itself."""
    if word is None or mode_of(word) is not None:
        return ()
    warning = Gap(
        rule="mode-unknown",
        severity="warn",
        message=f"the ERP's shipment travels by {word!r}, which means no way to travel",
        remedy=f"give one of {', '.join(MODES)} as mode of the ERP's shipment",
        owner=RULES["mode-unknown"],
        evidence={"mode": word},
    )
    return (warning,)
