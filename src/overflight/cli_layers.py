"""The commands about a case's own layers of zones: add a file, list them, remove one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from overflight.terminal import plain

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Add, list and remove zones of your own."
)

InCase = Annotated[
    Path,
    typer.Option("--case", metavar="CASE", exists=True, file_okay=False, help="A case folder."),
]

Kind = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="country, state, territorial_sea, contiguous_zone, eez, fir, adiz, restricted,"
        " controlled, airport or other. Without it, what a column says.",
    ),
]
Crs = Annotated[
    str, typer.Option(metavar="SYSTEM", help="Its reference system, such as EPSG:32635.")
]


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of zones.")],
    case: InCase,
    kind: Kind = "",
    name_field: Annotated[
        str, typer.Option(metavar="F", help="The column that holds the names.")
    ] = "",
    layer: Annotated[str, typer.Option(metavar="L", help="Which layer of the file.")] = "",
    label: Annotated[
        str, typer.Option("--as", metavar="NAME", help="What the layer is called in the case.")
    ] = "",
    crs: Crs = "",
    radius: Annotated[
        str, typer.Option(metavar="DISTANCE", help="How far around points, such as '20 km'.")
    ] = "",
    simplify: Annotated[
        str, typer.Option(metavar="DISTANCE", help="How far outlines may move, such as '200 m'.")
    ] = "",
    licence: Annotated[
        str, typer.Option(metavar="TEXT", help="Whom to name, and the licence.")
    ] = "",
    source: Annotated[
        str, typer.Option(metavar="ID", help="The row of sources.csv that the zones are from.")
    ] = "",
    swapped: Annotated[  # noqa: FBT002
        bool, typer.Option("--swapped", help="Its corners are latitude first.")
    ] = False,
    replace: Annotated[  # noqa: FBT002
        bool, typer.Option("--replace", help="Write over the layer of that name.")
    ] = False,
) -> None:
    """Add zones from GeoJSON, GeoPackage, KML or KMZ to a case.

    With the extra gis also from shapefiles and FlatGeobuf, zipped or not. Any projection becomes
    WGS84. What was mended is printed and kept; what cannot be mended is refused.

    Example: overflight layers add firs.gpkg --case my-case --kind fir --name-field ident
    """
    from overflight import units
    from overflight.case import zonekinds
    from overflight.case.layers.adding import Options
    from overflight.case.layers.adding import add as add_layer

    options = Options(
        kind=zonekinds.asked(kind) if kind else "",
        name_field=name_field,
        layer=layer,
        label=label,
        crs=crs,
        radius_m=units.parse(radius, "m") if radius else None,
        simplify_m=units.parse(simplify, "m") if simplify else None,
        licence=licence,
        source=source,
        swapped=swapped,
        replace=replace,
    )
    made = add_layer(case, file, options, datetime.now(UTC))
    for line in made.provenance["repairs"]:
        typer.echo(f"  {plain(line)}")
    typer.echo(
        f"{plain(case.resolve().name)}: layer {made.label} with {len(made.zones):,}"
        f" {'zone' if len(made.zones) == 1 else 'zones'} and {made.n_corners:,} corners;"
        " case.yaml names it"
    )


@app.command("list")
def list_(case: InCase) -> None:
    """List the layers of a case: zones, kinds, where each came from.

    Example: overflight layers list --case my-case
    """
    from overflight.case.layers.adding import layers

    found = layers(case)
    for one in found:
        told = {name: plain(value) for name, value in one.provenance.items()}
        counted = f"{len(one.zones):,} {'zone' if len(one.zones) == 1 else 'zones'}"
        typer.echo(f"{one.label}: {counted}, {one.n_corners:,} corners")
        for name, kind in one.zones[:20]:
            typer.echo(f"  {plain(name)} ({plain(kind) or 'other'})")
        if len(one.zones) > 20:
            typer.echo(f"  and {len(one.zones) - 20:,} more")
        if told:
            typer.echo(
                f"  from {told.get('file')} ({told.get('driver')}, {told.get('reference_system')}),"
                f" SHA-256 {told.get('sha256')}, added {told.get('added')}"
            )
            typer.echo(f"  licence: {told.get('licence') or 'not said'}")
        repairs = one.provenance.get("repairs")
        for line in repairs if isinstance(repairs, list) else ():
            typer.echo(f"  {plain(line)}")
    if not found:
        typer.echo("no layers; add one with: overflight layers add FILE --case CASE")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A layer, as 'list' calls it.")],
    case: InCase,
) -> None:
    """Remove a layer from a case: its file, and its line in case.yaml.

    Example: overflight layers remove firs --case my-case
    """
    from overflight.case.layers.adding import remove as remove_layer

    remove_layer(case, name)
    typer.echo(f"{plain(case.resolve().name)}: no layer {plain(name)} any more")
