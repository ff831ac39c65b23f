"""The few files that pages need beside their text. They are read once, at the start, and found by their name alone."""

from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FILES = {
    each.name: each.read_bytes()
    for each in (files("gateway.web") / "static").iterdir()
    if each.name.rpartition(".")[2] in _KINDS
}
_VERSIONS = {name: sha256(data).hexdigest()[:12] for name, data in _FILES.items()}


def static_url(name: str) -> str:
    """The address of a file, another one for other bytes, so that browsers may keep it. Raises KeyError."""
    return f"/static/{name}?v={_VERSIONS[name]}"


async def serve_file(request: Request) -> Response:
    """A file by its name."""
    name = request.path_params["name"]
    data = _FILES.get(name)
    if data is None:
        return PlainTextResponse("There is no such file.\n", 404)
    keep = "public, max-age=31536000, immutable" if request.query_params.get("v") == _VERSIONS[name] else "no-cache"
    return Response(data, media_type=_KINDS[name.rpartition(".")[2]], headers={"cache-control": keep})
