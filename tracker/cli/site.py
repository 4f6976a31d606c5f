"""serve: the public site."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.common import clock, home_of, say
from tracker.errors import Located
from tracker.home import Home


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, default=8001, show_default=True)
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Show the public site (db/public/ is all it needs).

    Another address than this computer's own needs a privacy notice that is filled in (metadata.json).
    """
    from tracker.settings import privacy
    from tracker.site import serve as serving

    home = Home(Path(context.obj))
    if not home.public.is_dir():
        home = home_of(context)  # which says what is missing
    if not privacy.only_here(host) and (line := privacy.unfilled_line(home.settings())):
        raise Located(
            f"{line}. Until then 'tracker serve' listens on this computer alone (docs/operations.md, 'Going public')",
            home.metadata_file,
        )
    serving.check(home.public, host, port)
    say(f"The site: http://{host}:{port}/   (Ctrl-C ends it)")
    serving.serve(home.public, home.metadata(), host, port, clock=clock)


COMMANDS = (serve,)
