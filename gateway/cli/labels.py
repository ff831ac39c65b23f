"""Labels of cartons and pallets: what stands on them, printing them, and numbers for labels of one's own."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import counted, listing, print_rows
from gateway.errors import CannotCreate, InputError, NotFound

if TYPE_CHECKING:
    from gateway.labels import Label
    from gateway.pipeline.label_sheets import Sheet

_COLUMNS = ("pack", "type", "number", "count", "sscc", "within", "orders", "tracking", "printed_at")
_SERIES = ("company", "gs1_prefix", "extension_digit", "next", "last", "left")


@click.group()
def labels() -> None:
    """Labels of cartons and pallets, with SSCC."""


@labels.command()
@click.argument("shipment")
@click.option("--partner", help="Whose shipment, where several partners have one of this number.")
@click.option("--sscc", "only", multiple=True, help="Only this label; may be given several times.")
@click.option("--zpl", type=click.Path(path_type=Path), help="Write them as ZPL into this file, or - for stdout.")
@click.option("--pdf", type=click.Path(path_type=Path), help="Write them as PDF into this file, or - for stdout.")
@listing
@at_option
@pass_shell
def show(
    shell: Shell,
    shipment: str,
    partner: str | None,
    only: tuple[str, ...],
    zpl: Path | None,
    pdf: Path | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    at: datetime | None,
) -> None:
    """Show the labels of a shipment, or print them with --zpl or --pdf. The journal remembers which were printed."""
    from gateway.pipeline.label_sheets import sheet_of

    prints = zpl is not None or pdf is not None
    with shell.instance(read_only=not prints) as instance:
        sheet = sheet_of(shipment, partner, instance.journal, instance.config)
        if not prints:
            print_rows(_rows(sheet)[:limit], _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no packs")
            return
        chosen = _chosen(sheet, only)
        from gateway.instance import system_clock
        from gateway.labels import to_pdf, to_zpl
        from gateway.pipeline import Desk
        from gateway.pipeline.labelling import note_printed

        settings = instance.config.labels
        if zpl is not None:
            _write(zpl, to_zpl(chosen, settings.size, settings.resolution).encode())
        if pdf is not None:
            _write(pdf, to_pdf(chosen, settings.size))
        now = at or system_clock()
        with instance.journal.transaction(now) as tx:
            desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
            note_printed([label.sscc for label in chosen], sheet.shipment, sheet.document.id, who_am_i(), desk)
    missing = len(sheet.shipment.packs) - len(sheet.labels)
    click.echo(f"{counted(len(chosen), 'label')} of shipment {shipment}", err=True)
    if missing:
        click.echo(f"{counted(missing, 'pack')} without a right SSCC: `gateway labels show {shipment}`", err=True)


def _rows(sheet: "Sheet") -> list[dict[str, object]]:
    rows = []
    for position, pack in enumerate(sheet.shipment.packs):
        label = sheet.labels.get(position)
        rows.append(
            {
                "pack": position + 1,
                "type": pack.type or "carton",
                "number": label.number if label else None,
                "count": label.count if label else None,
                "sscc": pack.sscc,
                "within": pack.within,
                "orders": list(label.orders) if label else [],
                "tracking": pack.tracking,
                "printed_at": sheet.printed_at.get(label.sscc) if label else None,
            }
        )
    return rows


def _chosen(sheet: "Sheet", only: tuple[str, ...]) -> "list[Label]":
    """The labels to print. Raises NotFound for one that the shipment has not, InputError where it has none at all."""
    from gateway.documents.identifiers import sscc18

    wanted = [sscc18(each) for each in only]
    known = {label.sscc: label for label in sheet.labels.values()}
    for each in wanted:
        if each not in known:
            raise NotFound(
                f"shipment {sheet.shipment.shipment} has no label {each}; it has {', '.join(known) or 'none'}"
            )
    if not known:
        raise InputError(
            f"no pack of shipment {sheet.shipment.shipment} has a right SSCC: give them in the ERP, or set allot in "
            "[labels] of config.toml and send the shipment with a higher revision"
        )
    return [label for sscc, label in known.items() if not wanted or sscc in wanted]


def _write(file: Path, data: bytes) -> None:
    if str(file) == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        raise CannotCreate(f"{file}: {error.strerror or error}") from error


@labels.command()
@click.argument("count", type=click.IntRange(1, 10_000))
@click.option("--company", help="For this company, a row of locations.csv; left out, the numbers of all.")
@click.option("--reason", default="by hand", show_default=True, help="What for; kept in the journal.")
@listing
@dry_run_option
@at_option
@pass_shell
def allot(
    shell: Shell,
    count: int,
    company: str | None,
    reason: str,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    dry_run: bool,
    at: datetime | None,
) -> None:
    """Allot COUNT SSCCs, for labels that another system prints. None of them is ever given again."""
    from gateway.instance import system_clock
    from gateway.pipeline.labelling import allot as draw

    now = at or system_clock()
    with shell.instance(read_only=dry_run) as instance:
        settings = instance.config.labels
        if company is not None and company not in settings.company:
            companies = {
                account.company for each in instance.config.partners.values() for account in each.accounts.values()
            }
            if company not in companies:
                raise NotFound(f"no account is of a company {company}; there is {', '.join(sorted(companies))}")
        numbering = settings.numbering_of(company)
        if dry_run:
            following = instance.journal.numbers().get(numbering.series, numbering.start_at)
            click.echo(f"would allot {counted(count, 'SSCC')} from serial number {following} of {numbering.series}")
            return
        with instance.journal.transaction(now) as tx:
            found = draw(count, company, tx, {"who": who_am_i(), "reason": reason}, numbering)
    if as_json or as_csv:
        print_rows([{"sscc": each} for each in found][:limit], ("sscc",), as_json=as_json, as_csv=as_csv)
        return
    for each in found[:limit]:
        click.echo(each)


@labels.command("series")
@listing
@pass_shell
def list_series(shell: Shell, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the series that SSCCs are allotted from, with their next serial number and how many are left."""
    with shell.instance() as instance:
        settings, numbers = instance.config.labels, instance.journal.numbers()
        named = {"": settings, **settings.company}
        rows = []
        for company, numbering in named.items():
            if numbering.gs1_prefix is not None:
                following = max(numbers.get(numbering.series, 1), numbering.start_at)
                rows.append(
                    {
                        "company": company or None,
                        "gs1_prefix": numbering.gs1_prefix,
                        "extension_digit": numbering.extension_digit,
                        "next": following,
                        "last": numbering.last,
                        "left": max(0, numbering.last - following + 1),
                    }
                )
    print_rows(rows[:limit], _SERIES, as_json=as_json, as_csv=as_csv, empty="no gs1_prefix is set in [labels]")
