"""The measures that `make house` prints of the source tree."""

import os
import pathlib
import re
import runpy
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).parents[2]
HOUSE = REPOSITORY / "Support/house"

sys.path.insert(0, str(HOUSE.parent))

from measures import source  # noqa: E402

# A and B name each other. A calls what only AEnding has, and names nothing of it but that function. User needs Leaf,
# and Leaf knows User from a comment alone.
FILES = {
    "A.swift": "final class A {\n    var partner: B?\n    func go() { finish() }\n}\n",
    "B.swift": "final class B {\n    let owner: A\n    init(owner: A) { self.owner = owner }\n}\n",
    "AEnding.swift": "extension A {\n    func finish() {}\n}\n",
    "Leaf.swift": "/// For ``User``, not for User.\nstruct Leaf {}\n",
    "User.swift": "struct User { let leaf = Leaf() }\n",
}
LIST = """# Life

## The files of a GET

1. `Fixture/A.swift`, `Fixture/B.swift`.
2. `Fixture/A.swift`.

## Next

`No.swift`
"""


@pytest.fixture
def tree(tmp_path):
    """Writes a tree with one module, and compiles it as a debug build does."""

    def made(files=None, listed=LIST):
        module = tmp_path / "Sources/Fixture"
        module.mkdir(parents=True)
        for name, text in (files or FILES).items():
            (module / name).write_text(text)
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs/lifetime-of-a-connection.md").write_text(listed)
        (tmp_path / "objects").mkdir()
        subprocess.run(
            ["swiftc", "-c", "-parse-as-library", "-module-name", "Fixture", "-index-store-path",
             tmp_path / ".build/debug/index/store", *sorted(module.glob("*.swift"))],
            cwd=tmp_path, check=True, timeout=50)
        return tmp_path

    return made


def measured(root, *options):
    return subprocess.run(
        [HOUSE, "--root", root, *options], capture_output=True, text=True, timeout=30, check=False)


def functions(text):
    return {function.name: function.lines for function in source.read(text).functions}


def test_a_circle_is_files_that_need_one_another_by_a_type_or_by_a_function_alone(tree):
    run = measured(tree())
    assert run.returncode == 0, run.stderr
    assert [line.split() for line in run.stdout.splitlines() if re.match(r"Fixture +\d+ +A ", line)] == [
        ["Fixture", "3", "A", "AEnding", "B"]]
    assert "Leaf" not in run.stdout.split("Circles of files")[1]


def test_what_a_file_needs_is_named(tree):
    assert measured(tree(), "--needs", "Fixture").stdout.split("\n\n")[0].splitlines() == [
        "A.swift -> AEnding.swift: finish()",
        "A.swift -> B.swift: B",
        "AEnding.swift -> A.swift: A",
        "B.swift -> A.swift: A",
    ]


def test_the_check_passes_a_tree_that_meets_all_targets(tree):
    run = measured(tree(), "--check")
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "All targets are met.")


def test_the_check_names_each_target_that_is_missed(tree):
    properties = "".join(f"    var p{number} = 0\n" for number in range(15))
    files = FILES | {
        "A.swift": FILES["A.swift"].replace("{ finish() }", "{ finish(); partner?.end() }"),
        "Fourth.swift": "extension B { func end() {} }\n",
        "Open.swift": f"struct Open {{\n{properties}}}\n",
    }
    names = ["A", *(f"F{number}" for number in range(14))]
    listed = "## The files of a GET\n" + "".join(f"`Fixture/{name}.swift`\n" for name in names)
    run = measured(tree(files, listed), "--check")
    assert run.returncode == 1
    missed = run.stdout.split("Targets missed:\n")[1]
    assert "Open (Open.swift:1) has 15 open stored properties, not 14 at most" in missed
    assert "a circle of Fixture has 4 files, not 3 at most" in missed
    assert "a GET goes through 15 files, not 14 at most" in missed
    assert "lists Fixture/F13.swift, which is not there" in missed


def test_a_document_without_the_list_misses_the_target(tree):
    run = measured(tree(listed="# Life\n"), "--check")
    assert run.returncode == 1
    assert 'lists no file below "## The files of a GET"' in run.stdout


def test_a_file_counts_once_for_a_get_and_only_below_its_heading(tree):
    assert "Files that a GET goes through: 2 (" in measured(tree()).stdout


def test_sources_newer_than_the_index_are_refused(tree):
    root = tree()
    os.utime(root / "Sources/Fixture/B.swift", (2**32, 2**32))
    run = measured(root)
    assert (run.returncode, run.stderr) == (
        2, "error: Sources/Fixture/B.swift is newer than its index: run swift build\n")


def test_a_tree_that_was_never_built_is_refused(tmp_path):
    run = measured(tmp_path)
    assert run.returncode == 2
    assert "run swift build" in run.stderr


@pytest.mark.parametrize(("declaration", "counts"), [
    ("var a = 0", (1, 0, 1)),
    ("public var a: [String: Int] = [:]", (1, 0, 1)),
    ("var a: (in: Int, out: Int)", (1, 0, 1)),
    ("weak var a: T?", (1, 0, 1)),
    ("var a: Int { didSet { b() } }", (1, 0, 1)),
    ("lazy var a: Int = { 1 }()", (1, 0, 1)),
    ("@Option(help: \"{\") var a = 0", (1, 0, 1)),
    ("var a: Map<Key, Value>", (1, 0, 1)),
    ("let a = 0", (0, 1, 1)),
    ("private(set) var a = 0", (0, 1, 1)),
    ("public fileprivate(set) var a = 0", (0, 1, 1)),
    ("private var a = 0", (0, 0, 1)),
    ("fileprivate let a: Int", (0, 0, 1)),
    ("static var a = 0", (0, 0, 0)),
    ("var a: Int { 1 }", (0, 0, 0)),
    ("var a: Int {\n    get { 1 }\n    set { b(newValue) }\n}", (0, 0, 0)),
    ("func f() { var a = 0; let b = a }", (0, 0, 0)),
    ("// var a = 0\n/* var b = 0 /* nested */ var c = 0 */", (0, 0, 0)),
    ('let text = """\n    var a = 0 }\n    """', (0, 1, 1)),
])
def test_a_stored_property_is_open_visible_or_hidden(declaration, counts):
    (owner,) = source.read(f"final class Owner {{\n{declaration}\n}}\n").types
    assert (owner.open, owner.visible, owner.stored) == counts


def test_what_is_in_a_private_type_is_open_to_nobody_else():
    outer, inner = source.read(
        "struct Outer {\n    private struct Inner {\n        var a = 0\n    }\n    var b = 0\n}\n").types
    assert (outer.name, outer.open) == ("Outer", 1)
    assert (inner.name, inner.open, inner.stored) == ("Outer.Inner", 0, 1)


def test_a_function_is_as_long_as_from_its_declaration_to_its_brace():
    assert functions("struct S {\n"
                     "    @inline(__always)\n    func long(\n        _ a: Int = { 1 }()\n    ) -> Int {\n        a\n"
                     "    }\n"
                     "    init?() { return nil }\n"
                     "    var computed: Int {\n        1\n    }\n"
                     "}\n") == {"long": 6, "init": 1, "computed": 3}


def test_braces_in_literals_and_comments_are_none():
    assert functions(
        'func f() {\n    print("} \\(g("}")) {", #"\\"}"#)\n    // }\n    /* } */\n}\nfunc g() {}\n'
    ) == {"f": 5, "g": 1}


def test_what_a_protocol_asks_for_is_no_function():
    assert functions(
        "protocol P {\n    var a: Int { get set }\n    func f() -> Int\n    init(b: Int)\n}\nfunc g() {}\n"
    ) == {"g": 1}


def test_a_call_of_an_initializer_is_no_function():
    assert functions(
        "extension S {\n    init(a: Int) {\n        self.init()\n        if a > 0 { b = .init(a) }\n    }\n}\n"
    ) == {"init": 4}


def test_code_is_lines_with_more_than_blanks_and_comments():
    read = source.read('// one\n\n/* two\n three */ let a = 1 // four\nlet b = """\n    // five\n    """\n')
    assert (read.lines, read.code) == (7, 4)


def test_each_file_that_the_document_lists_for_a_get_is_there():
    listed = runpy.run_path(str(HOUSE))["files_of_a_get"](REPOSITORY)
    assert listed
    assert [name for name in listed if not (REPOSITORY / "Sources" / name).exists()] == []
