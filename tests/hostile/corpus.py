"""Hostile files: what a careless or an ill-meaning hand may put into a folder, and what must come of each.

The whole table by name; each entry makes its bytes (or plants something that is no file), says what it stands for, and
how it must end: `quarantined` with a reason and a case, `neutralised` (taken, and harmless), or either of the two.
"""

from tests.hostile.envelopes import ENVELOPES
from tests.hostile.erp_files import ERP_FILES
from tests.hostile.hostile import Hostile
from tests.hostile.names import NAMES, PLANTED
from tests.hostile.sizes import SIZES
from tests.hostile.texts import MARKS, WORDS

CORPUS: dict[str, Hostile] = {**ENVELOPES, **SIZES, **ERP_FILES, **PLANTED, **NAMES, **MARKS, **WORDS}
"""Every hostile file; a number in the file names and control numbers comes from its place here."""

NUMBERS = {name: 1000 + number for number, name in enumerate(CORPUS)}
