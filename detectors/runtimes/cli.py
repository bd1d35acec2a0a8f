"""`probity runtime`: how networks are run on this machine, and measuring what is best."""

from __future__ import annotations

import click

from foundation import terminal


@click.group("runtime", short_help="How networks are run here, and what is fastest.")
def runtime() -> None:
    """Networks run on a graphics card or on the processor, by torch or onnxruntime."""


@runtime.command("tune")
@click.argument("model")
@click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda:N.")
@click.option("--seconds", default=1.0, show_default=True, help="For each size of batch.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
@terminal.guard
def tune_command(model: str, *, device: str, seconds: float, as_json: bool) -> None:
    """Measure every way of running MODEL here and keep the best; workers use it from then on.

    Only ways whose outputs stay within the tolerance of every card that uses the network are
    chosen, and only precisions that those cards allow are tried.
    """
    from detectors.runtimes.devices import pick
    from detectors.runtimes.sources import name_here, source_of
    from detectors.runtimes.tuning import tune

    record = tune(source_of(name_here(model)), device=pick(device), seconds=seconds)
    if as_json:
        terminal.emit_json(record.to_dict())
        return
    terminal.table(
        ("way", "batch", "items/s", "strays by", "note"),
        [
            (row.choice.words, str(row.batch or ""), f"{row.items_per_second:.1f}",
             f"{row.difference:.1e}", row.note)
            for row in record.rows
        ],
    )  # fmt: skip
    terminal.emit(
        f"{model}: {record.choice.words} in batches of {record.batch}, "
        f"{record.items_per_second:.1f} items/s ({record.device_name})"
    )


@runtime.command("show")
@click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda:N.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
@terminal.guard
def show_command(*, device: str, as_json: bool) -> None:
    """How each network that is ready would be run here."""
    from detectors.runtimes import records
    from detectors.runtimes.devices import name_of, pick
    from detectors.runtimes.sources import names_here, source_of

    found = pick(device)
    rows = [records.known(source_of(name), device=found) for name in names_here()]
    if as_json:
        for row in rows:
            terminal.emit_json({**row.to_dict(), "rows": len(row.rows), "size": row.size})
        return
    terminal.emit(f"{found}: {name_of(found)}")
    terminal.table(
        ("network", "way", "batch", "items/s", "measured"),
        [
            (row.name, row.choice.words, str(row.size), f"{row.items_per_second:.1f}",
             row.measured or "never: probity runtime tune " + row.name.partition("@")[0])
            for row in rows
        ],
    )  # fmt: skip
