"""The routes of the admin listener, each in one form that can be asked for as it stands."""

SERVICE = "/api/v1/services/main"

# What GET answers with 200.
READABLE = [
    "/api/v1/status", "/api/v1/services", SERVICE, f"{SERVICE}/servers", f"{SERVICE}/servers/server-1",
    f"{SERVICE}/strategy", f"{SERVICE}/exchanges", f"{SERVICE}/exchanges?limit=1&after=0", f"{SERVICE}/history",
    "/api/v1/tests", "/api/v1/changes", "/api/v1/openapi.json", "/healthz", "/readyz", "/metrics",
]

# The files of the page, as far as their names are known from outside.
PAGES = ["/"]

# What changes something: method, path, body.
CHANGES = [
    ("PATCH", f"{SERVICE}/servers/server-1", {"weight": 7}),
    ("PATCH", f"{SERVICE}/servers/server-1", {"administrative_state": "disabled"}),
    ("PUT", f"{SERVICE}/strategy", {"strategy": "least_connections"}),
    ("POST", "/api/v1/metrics/reset", {}),
    ("POST", "/api/v1/tests", {"requests": 1}),
]

# Requests of every kind, those that end in an error among them.
ALL = [
    *(("GET", path, None) for path in [*READABLE, *PAGES]),
    *CHANGES,
    ("DELETE", "/api/v1/tests/1", None),
    ("GET", "/api/v1/events", None),
    ("GET", "/login", None),
    ("POST", "/logout", None),
    ("GET", "/assets/", None),
    ("GET", "/assets/nothing.js", None),
    ("GET", "/nothing", None),
    ("GET", "/api/v1/nothing", None),
    ("GET", "/favicon.ico", None),
    ("OPTIONS", "/api/v1/status", None),
]
