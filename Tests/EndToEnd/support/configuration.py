"""Configurations for tests. JSON is YAML, so no YAML library is needed to write them."""

import json

# Every server counts as up: for tests of what traffic alone does.
NO_CHECKS = {"type": "none"}

# The same quick checks, by the path of the demo backends.
HTTP_CHECK = {"type": "http", "path": "/health"}

# Checks that decide within a test's patience; a test of checks itself says its own.
QUICK_HEALTH = {"interval": "200ms", "fast_interval": "50ms", "timeout": "500ms"}


def service(servers, *, listen="127.0.0.1:0", mode="http", health=None, **more):
    """The settings of one service. `servers` are addresses, or (name, address) pairs."""
    named = [pair if isinstance(pair, tuple) else (f"server-{n}", pair) for n, pair in enumerate(servers, 1)]
    return {
        "listen": listen,
        "mode": mode,
        "servers": [{"name": name, "address": address} for name, address in named],
        "health": health if health == NO_CHECKS else {**QUICK_HEALTH, **(health or {})},
        **more,
    }


# The admin listener's usual port is one for the whole machine, and many balancers run at once here.
NO_ADMIN = {"listen": "off"}


def text(settings, name="main", admin=NO_ADMIN, **top):
    """The text of a configuration file with one service; `admin` is off unless a test gives it."""
    return json.dumps({"services": {name: settings}, "admin": admin, **top}, indent=2)
