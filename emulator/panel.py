"""The service's own page: what it serves, what was asked, and every fault with a button that plays it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from emulator.faults import FAULTS
from emulator.reply import HTML, Reply

if TYPE_CHECKING:
    from emulator.service import PubMedService

STYLE = "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em} td{padding:.2em .8em .2em 0}"
SHOWN = 20


def show(service: PubMedService) -> Reply:
    """The page, without scripts."""
    rows = "".join(
        f'<tr><td><form method="post" action="/faults"><button name="fault" value="{name}">{name}</button>'
        f"</form></td><td>{escape(fault.does)} <small>({', '.join(fault.on)})</small></td></tr>"
        for name, fault in FAULTS.items()
    )
    waiting = [f"{rule.fault} ({rule.played} of {rule.times or 'every'})" for rule in service.faults.rules]
    log = "".join(
        f"<li>{asked.number}: {escape(asked.method)} {escape(asked.path)} {escape(_short(asked.form))}"
        f"{f' <strong>{asked.fault}</strong>' if asked.fault else ''}</li>"
        for asked in reversed(service.log[-SHOWN:])
    )
    text = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Demo services</title>'
        f"<style>{STYLE}</style></head><body><h1>Demo services</h1>"
        f"<p>A fictional PubMed on this machine only. Address: <code>{escape(service.url)}</code>. "
        f"Day: {service.day.isoformat()}. Articles: {len(service.entrez.articles()):,}.</p>"
        f"<p>Script of faults: {escape(', '.join(waiting)) or 'none'}</p>"
        f'<form method="post" action="/faults"><button name="fault" value="">No more faults</button></form>'
        f"<h2>Play a fault once</h2><table>{rows}</table><h2>The last requests</h2><ul>{log}</ul></body></html>"
    )
    return Reply(text.encode(), HTML)


def press(service: PubMedService, form: Mapping[str, str]) -> Reply:
    """A button was pressed: add the fault to the script, or clear it."""
    fault = form.get("fault", "")
    if fault and fault not in FAULTS:
        return Reply(b"no such fault", HTML, 400)
    if fault:
        service.faults.play(fault)
    else:
        service.faults.clear()
    return Reply(b"", HTML, 303, (("Location", "/"),))


def _short(form: Mapping[str, str]) -> str:
    kept = {name: value for name, value in form.items() if name not in ("api_key", "email")}
    text = ", ".join(f"{name}={value}" for name, value in kept.items())
    return text if len(text) <= 160 else f"{text[:160]}..."
