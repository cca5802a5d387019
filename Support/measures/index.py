"""What the compiler noted of each file: which symbols it defines, and which it names.

A debug build leaves an index store behind (.build/debug/index/store), and every Swift toolchain has the library that
reads it, libIndexStore. Its header is indexstore/indexstore.h; the functions used here are unchanged since 2018.
"""

import ctypes
import dataclasses
import json
import pathlib
import subprocess

# Of indexstore_unit_dependency_kind_t and indexstore_symbol_role_t.
RECORD = 2
DEFINITION, REFERENCE, CALL, IMPLICIT = 1 << 1, 1 << 2, 1 << 5, 1 << 8


class Unreadable(Exception):
    """The index is missing, older than the sources, or cannot be read."""


@dataclasses.dataclass
class Unit:
    """A source file as it was last compiled; symbols by their unified symbol resolution (USR), with their names."""

    module: str
    compiled: float
    """Seconds since 1970."""
    defined: dict[str, str] = dataclasses.field(default_factory=dict)
    named: dict[str, str] = dataclasses.field(default_factory=dict)


class _Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    def __str__(self):
        return ctypes.string_at(self.data, self.length).decode() if self.length else ""


_GIVES = {
    "indexstore_store_create": ctypes.c_void_p,
    "indexstore_error_get_description": ctypes.c_char_p,
    "indexstore_unit_reader_create": ctypes.c_void_p,
    "indexstore_unit_reader_get_main_file": _Text,
    "indexstore_unit_reader_get_module_name": _Text,
    "indexstore_unit_reader_get_working_dir": _Text,
    "indexstore_unit_dependency_get_name": _Text,
    "indexstore_unit_dependency_get_filepath": _Text,
    "indexstore_record_reader_create": ctypes.c_void_p,
    "indexstore_occurrence_get_symbol": ctypes.c_void_p,
    "indexstore_occurrence_get_roles": ctypes.c_uint64,
    "indexstore_symbol_get_name": _Text,
    "indexstore_symbol_get_usr": _Text,
}
_ON_NAME = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, _Text)
_ON_OBJECT = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)


class _Store:
    def __init__(self, path: pathlib.Path):
        self.library = ctypes.CDLL(str(_library()))
        self.store = self.opened("indexstore_store_create", str(path).encode())

    def call(self, name: str, *values):
        function = getattr(self.library, name)
        function.restype = _GIVES.get(name, ctypes.c_int)
        return function(*(ctypes.c_void_p(value) if isinstance(value, int) else value for value in values))

    def opened(self, name: str, *values) -> int:
        error = ctypes.c_void_p()
        made = self.call(name, *values, ctypes.byref(error))
        if not made:
            raise Unreadable(self.call("indexstore_error_get_description", error.value).decode())
        return made

    def unit_names(self) -> list[str]:
        names: list[str] = []
        self.library.indexstore_store_units_apply_f(
            ctypes.c_void_p(self.store), 1, None, _ON_NAME(lambda _, name: names.append(str(name)) or True))
        return names

    def each(self, name: str, of: int, do) -> None:
        getattr(self.library, name)(ctypes.c_void_p(of), None, _ON_OBJECT(lambda _, found: do(found) or True))

    def unit(self, name: str, root: pathlib.Path, compiled: float) -> tuple[pathlib.PurePath, Unit] | None:
        """The file of a unit, from the root, with what is in it; None for what is not below Sources."""
        reader = self.opened("indexstore_unit_reader_create", self.store, name.encode())
        try:
            main = pathlib.PurePath(str(self.call("indexstore_unit_reader_get_main_file", reader)))
            base = str(self.call("indexstore_unit_reader_get_working_dir", reader))
            # From where it was compiled, which need not be where the tree is now.
            file = main.relative_to(base) if main.is_relative_to(base) else main
            if file.parts[:1] != ("Sources",) or file.suffix != ".swift" or not (root / file).exists():
                return None
            unit = Unit(str(self.call("indexstore_unit_reader_get_module_name", reader)), compiled)
            records: list[str] = []

            def note(dependency):
                if self.call("indexstore_unit_dependency_get_kind", dependency) != RECORD:
                    return
                if str(self.call("indexstore_unit_dependency_get_filepath", dependency)) == str(main):
                    records.append(str(self.call("indexstore_unit_dependency_get_name", dependency)))

            self.each("indexstore_unit_reader_dependencies_apply_f", reader, note)
        finally:
            self.call("indexstore_unit_reader_dispose", reader)
        for record in records:
            self.read(record, unit)
        return file, unit

    def read(self, record: str, unit: Unit) -> None:
        reader = self.opened("indexstore_record_reader_create", self.store, record.encode())

        def note(occurrence):
            roles = self.call("indexstore_occurrence_get_roles", occurrence)
            symbol = self.call("indexstore_occurrence_get_symbol", occurrence)
            usr = str(self.call("indexstore_symbol_get_usr", symbol))
            name = str(self.call("indexstore_symbol_get_name", symbol))
            if roles & DEFINITION:
                unit.defined[usr] = name
            elif roles & (REFERENCE | CALL) and not roles & IMPLICIT:
                unit.named[usr] = name

        self.each("indexstore_record_reader_occurrences_apply_f", reader, note)
        self.call("indexstore_record_reader_dispose", reader)


def _library() -> pathlib.Path:
    try:
        told = subprocess.run(["swiftc", "-print-target-info"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unreadable(f"swiftc cannot be asked where its libraries are: {error}") from error
    return pathlib.Path(json.loads(told)["paths"]["runtimeResourcePath"]).parent / "libIndexStore.so"


def read(store: pathlib.Path, root: pathlib.Path) -> dict[pathlib.PurePath, Unit]:
    """Every Swift file below `root`/Sources, by its path from there. Throws Unreadable where one is missing or old."""
    if not store.is_dir():
        raise Unreadable(f"no index at {store}: run swift build, which makes it")
    opened = _Store(store)
    units: dict[pathlib.PurePath, Unit] = {}
    for name in opened.unit_names():
        (compiled,) = [path.stat().st_mtime for path in store.glob(f"v*/units/{name}")][:1] or [0]
        found = opened.unit(name, root, compiled)
        # A file that was compiled in two ways is as it was the last time.
        if found and compiled >= units.get(found[0], found[1]).compiled:
            units[found[0]] = found[1]
    for file in sorted((root / "Sources").rglob("*.swift")):
        unit = units.get(file.relative_to(root))
        if unit is None or unit.compiled < file.stat().st_mtime:
            raise Unreadable(f"{file.relative_to(root)} is newer than its index: run swift build")
    return units
