"""Pictures of the console for docs/screens: `python -m tests.web.screenshots [FOLDER]`, or scripts/screenshots.

An instance is played to a morning in the middle of its work (seeding.py) and its pages are drawn by chromium: in light
and in dark, and as a phone shows them.
"""

import logging
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep
from typing import Any

import uvicorn

from gateway import logs
from gateway.config import load
from gateway.instance import fixed_clock
from gateway.queries import order
from gateway.web.app import make_app
from tests.web.seeding import MORNING, seed

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
SHOTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("today", "/", {"viewport": WIDE}),
    ("today-dark", "/", {"viewport": WIDE, "color_scheme": "dark"}),
    ("today-phone", "/", {"viewport": PHONE, "device_scale_factor": 2}),
    ("order", "/orders/{order}", {"viewport": WIDE}),
    ("order-dark", "/orders/{order}", {"viewport": WIDE, "color_scheme": "dark"}),
    ("order-phone", "/orders/{order}", {"viewport": PHONE, "device_scale_factor": 2}),
    ("document", "/documents/{document}", {"viewport": WIDE}),
    ("document-dark", "/documents/{document}", {"viewport": WIDE, "color_scheme": "dark"}),
    ("orders", "/orders", {"viewport": WIDE}),
    ("cases", "/cases", {"viewport": WIDE}),
)


def main() -> int:
    """Play, serve, draw."""
    from playwright.sync_api import sync_playwright

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS
    folder.mkdir(parents=True, exist_ok=True)
    logs.set_up(level=logging.ERROR)
    with TemporaryDirectory() as place:
        config = load(seed(Path(place) / "acme"))
        app = make_app(config, clock=fixed_clock(MORNING), local_name="Ada")
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            sleep(0.05)
        base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        named = _to_show(config)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, path, how in SHOTS:
                context = chromium.new_context(locale="en-GB", timezone_id="UTC", **how)
                page = context.new_page()
                page.goto(base + path.format(**named))
                page.wait_for_timeout(300)
                page.screenshot(path=folder / f"{name}.png")
                context.close()
                print(folder / f"{name}.png")
            chromium.close()
        server.should_exit = True
        thread.join(timeout=10)
    return 0


def _to_show(config: Any) -> dict[str, str]:
    """An order that is blocked with documents in most lanes, and a purchase order that was read."""
    from gateway.instance import mappings_of
    from gateway.journal import Journal
    from gateway.queries import find_order
    from gateway.register import Register

    with Journal.open(config.paths.journal, read_only=True) as journal:
        register = Register(config)
        register.make(journal)
        blocked = [row for row in register.orders(limit=200) if row["gaps"] and row["stage"] != "held"]
        number = max(blocked, key=lambda row: (row["stage"] == "shipped", row["lines"]))["purchase_order"]
        state = find_order(journal, config, number)
        shown = order(journal, config, mappings_of(config.folder), state)
        came = [each["id"] for each in shown["documents"] if each["type"] in ("850", "ORDERS")]
    return {"order": number, "document": came[0]}


if __name__ == "__main__":
    sys.exit(main())
