"""The page from its source folder in place of the one in the binary: what was edited is tested without a build."""

import mimetypes
import os
import pathlib
import urllib.parse

from support.admin import SECURITY_FIELDS

mimetypes.add_type("text/javascript", ".js")


def folder():
    """`$EVENKEEL_PAGE`, such as `Sources/DashboardPage/page`; None for the page in the binary."""
    named = os.environ.get("EVENKEEL_PAGE")
    return pathlib.Path(named) if named else None


def serve(context, page):
    """Answers a browser context's requests for the page's files from the folder `page`."""
    def answer(route):
        path = urllib.parse.urlsplit(route.request.url).path.removeprefix("/assets/").lstrip("/") or "index.html"
        file = page / path
        if not file.is_file():
            return route.fallback()
        # What the page may do is as limited as it is there.
        headers = {**SECURITY_FIELDS, "content-type": mimetypes.guess_type(path)[0] or "text/plain"}
        return route.fulfill(body=file.read_bytes(), headers=headers)

    context.route(lambda url: urllib.parse.urlsplit(url).path == "/" or "/assets/" in url, answer)
