"""Reports: from the rows of delimited text to records, by the columns that a mapping names.

A mapping is `mappings/delimited/NAME.toml` over the layout `schemas/delimited/NAME.toml`: left the fields of our
record, right the column, `"sku"`. `"posted-date-time, posted-date"` is the first that is filled, `"'ItemFees'"` a
constant, `"order-status via status"` a code turned into our word by [lookup.status] (unknown words stay as they are,
and are reported). Where one row says several things each [[split]] is a record of its own, made when its `when` column
is filled. What columns alone cannot say is a `view`, a pure function over each record. The style of numbers and dates
is decided once a file. Rows are made one by one, so any size can be read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gateway.documents.reports import RECORDS
from gateway.errors import MappingError, SchemaError
from gateway.findings import Finding, find
from gateway.grammar.reports import Layout, folded, read_layout
from gateway.grammar.sources import Source
from gateway.grammar.styles import Preference, decide
from gateway.mapping.report_files import ReportFile
from gateway.mapping.report_records import Origin, Plan, ReportMapping
from gateway.mapping.report_views import VIEWS
from gateway.syntax.delimited import Chunks, TooLong, open_table


class Reports:
    """The layouts and mappings of all reports, read once each."""

    def __init__(self, fetch: Callable[[str], Source], names: Iterable[str]) -> None:
        """`names` are the names of the files, `settlement-v2`; nothing is read before it is needed."""
        self._fetch, self._names = fetch, tuple(sorted(names))
        self._layouts: tuple[Layout, ...] | None = None
        self._mappings: dict[str, ReportMapping] = {}

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """All layouts. Raises SchemaError."""
        if self._layouts is None:
            read = (read_layout(name, self._fetch(f"schemas/delimited/{name}.toml")) for name in self._names)
            self._layouts = tuple(read)
        return self._layouts

    @property
    def mappings(self) -> tuple[ReportMapping, ...]:
        """All of them, to see whether they are right. Raises SchemaError or MappingError."""
        return tuple(self.mapping(layout) for layout in self.layouts)

    def problems(self) -> Iterator[MappingError | SchemaError]:
        """What is wrong with the files of reports, the first of each."""
        for name in self._names:
            try:
                self.mapping(read_layout(name, self._fetch(f"schemas/delimited/{name}.toml")))
            except (MappingError, SchemaError) as wrong:
                yield wrong

    def mapping(self, layout: Layout) -> ReportMapping:
        """The mapping of a layout. Raises MappingError."""
        if layout.name not in self._mappings:
            self._mappings[layout.name] = self._read(layout)
        return self._mappings[layout.name]

    def open(self, chunks: Chunks, preferred: Preference) -> ReportFile | Finding:
        """The report in a file, or why it is none that can be read."""
        try:
            return self._open(chunks, preferred)
        except TooLong as wrong:
            return find("cell-unreadable", str(wrong))

    def _open(self, chunks: Chunks, preferred: Preference) -> ReportFile | Finding:
        table = open_table(chunks)
        if isinstance(table, Finding):
            return table
        mapping = self.recognise(table.columns)
        if mapping is None:
            shown = ", ".join(table.columns[:4])
            return find("report-unknown", f"no report we know has the columns {shown}, ...", segment=1)
        if missing := mapping.layout.missing(table.columns):
            said = f"a {mapping.layout.name} report without the column {', '.join(missing)}"
            return find("column-missing", said, segment=1, tag=missing[0])
        columns = mapping.layout.columns
        repeated = [name for name in table.columns if folded(name) in columns and _count(table.columns, name) > 1]
        if repeated:
            return find("column-missing", f"the column {repeated[0]} stands twice: either may be meant", segment=1)
        kinds = [columns[key].kind if (key := folded(name)) in columns else None for name in table.columns]
        amounts = [position for position, kind in enumerate(kinds) if kind == "amount"]
        dates = [position for position, kind in enumerate(kinds) if kind in ("instant", "moment", "day")]
        style = decide((cells for _, cells in table.rows()), amounts, dates, _preferred(preferred, mapping.layout))
        if isinstance(style, Finding):
            return style
        opened = ReportFile(mapping, table, style)
        for name in mapping.layout.unknown(table.columns):
            opened.note("column-unknown", f"the column {name!r} is new to us; it is kept, and not read", 1, tag=name)
        opened.of_header = len(opened.findings)
        return opened

    def recognise(self, header: tuple[str, ...]) -> ReportMapping | None:
        """The mapping of a header; of several the one that knows most of its columns."""
        known = [layout for layout in self.layouts if layout.knows(header)]
        layout = min(known, key=lambda layout: len(layout.unknown(header)), default=None)
        return None if layout is None else self.mapping(layout)

    def _read(self, layout: Layout) -> ReportMapping:
        source = self._fetch(f"mappings/delimited/{layout.name}.toml")
        table = source.parse(MappingError)
        record = RECORDS.get(str(table.get("record")))
        if record is None:
            raise MappingError(f"record: one of {', '.join(RECORDS)}", file=source.name, line=1)
        view = table.get("view")
        if view is not None and view not in VIEWS:
            raise MappingError(f"view: one of {', '.join(VIEWS)}", file=source.name, line=source.line_of_key("view"))
        common = table.get("row", {})
        plans = []
        for split in table.get("split", ({},)):
            rows = {**common, **{key: text for key, text in split.items() if key != "when"}}
            fields = {key: _parsed(str(text)) for key, text in rows.items()}
            plans.append(Plan(fields, split.get("when")))
        for plan in plans:
            for said in _problems(plan, layout, record, table.get("lookup", {})):
                raise MappingError(said, file=source.name, line=source.line_of_key("row") or 1)
        return ReportMapping(layout, record, tuple(plans), table.get("lookup", {}), VIEWS.get(view or ""))


def _preferred(preferred: Preference, layout: Layout) -> Preference:
    """What is configured comes before how the sender of this report usually writes dates."""
    day_first = layout.day_first if preferred.day_first is None else preferred.day_first
    return Preference(preferred.decimal, day_first)


def _parsed(text: str) -> Origin:
    if text.startswith("'") and text.endswith("'"):
        return Origin(constant=text[1:-1])
    where, _, lookup = text.partition(" via ")
    return Origin(tuple(part.strip() for part in where.split(",")), lookup or None)


def _problems(plan: Plan, layout: Layout, record: type[Any], lookups: Mapping[str, Any]) -> Iterator[str]:
    for name in plan.fields:
        if name not in record._fields[1:]:
            yield f"{name}: the record has no such field; it has {', '.join(record._fields[1:])}"
    for column in plan.columns:
        if folded(column) not in layout.columns:
            yield f"{column}: the layout has no such column"
    for source in plan.fields.values():
        if source.lookup and source.lookup not in lookups:
            yield f"there is no [lookup.{source.lookup}]"
        for column in source.columns if source.lookup else ():
            if folded(column) in layout.columns and layout.columns[folded(column)].kind != "word":
                yield f"{column}: only a column of the kind word is looked up"


def _count(header: tuple[str, ...], name: str) -> int:
    return sum(folded(name) == folded(other) for other in header)
