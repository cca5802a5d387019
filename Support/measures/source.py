"""Lines, functions and stored properties of one Swift file, as the text tells them.

Comments and the insides of literals are blanked first, so that a brace is a brace. The rest relies on what swift-format
holds the sources to: one property to a declaration, a declaration at the start of its line.
"""

import dataclasses
import re

TYPES = {"class", "struct", "enum", "actor", "protocol", "extension"}
FUNCTIONS = {"func", "init", "deinit", "subscript"}
MODIFIERS = {
    "public", "package", "internal", "fileprivate", "private", "open", "static", "class", "final", "override", "lazy",
    "weak", "unowned", "mutating", "nonmutating", "consuming", "borrowing", "required", "convenience", "indirect",
    "nonisolated", "isolated", "distributed", "dynamic", "optional", "prefix", "postfix", "infix",
}
DECLARATIONS = TYPES | FUNCTIONS | {"var", "let", "case", "typealias", "associatedtype", "import", "operator"}
HIDDEN = {"private", "fileprivate"}

TOKEN = re.compile(r'"+|`?[^\W\d]\w*`?|->|\d[\w.]*|\S')
PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclasses.dataclass
class Function:
    name: str
    line: int
    lines: int


@dataclasses.dataclass
class Type:
    """A type's instance properties that are stored."""

    name: str
    line: int
    open: int = 0
    """`var`s that another file may write: neither they, nor their setters, nor the type are (file)private."""
    visible: int = 0
    """`let`s, and `var`s with a (file)private setter, that another file may read."""
    stored: int = 0


@dataclasses.dataclass
class Source:
    lines: int
    code: int
    """Lines that hold more than blanks and comments."""
    functions: list[Function]
    types: list[Type]


@dataclasses.dataclass
class _Scope:
    function: Function | None = None
    type: Type | None = None
    is_protocol: bool = False
    is_hidden: bool = False
    """No other file can name what is declared here."""


def read(text: str) -> Source:
    bare = blanked(text)
    reader = _Reader(bare)
    reader.read()
    code = sum(1 for line in bare.splitlines() if line.strip())
    return Source(len(text.splitlines()), code, reader.functions, reader.types)


def blanked(text: str) -> str:
    """The text without comments, and with quotation marks for all that literals hold. Lines stay where they are."""
    out: list[str] = []
    place = 0
    while place < len(text):
        end = _comment_end(text, place)
        if end:
            out.append(re.sub(r"[^\n]", " ", text[place:end]))
        elif opening := re.compile(r'(#*)("""|")').match(text, place):
            end = _literal_end(text, opening)
            out.append(re.sub(r"[^\n]", '"', text[place:end]))
        else:
            end = place + 1
            out.append(text[place])
        place = end
    return "".join(out)


def _comment_end(text: str, place: int) -> int:
    """Where the comment that begins here ends; 0 where none begins."""
    if text.startswith("//", place):
        end = text.find("\n", place)
        return len(text) if end < 0 else end
    if not text.startswith("/*", place):
        return 0
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, place):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _literal_end(text: str, opening: re.Match) -> int:
    hashes, quotes = opening.groups()
    place = opening.end()
    while place < len(text):
        if text.startswith(quotes + hashes, place):
            return place + len(quotes + hashes)
        if text.startswith("\\" + hashes + "(", place):
            place = _interpolation_end(text, place + len(hashes) + 2)
        else:
            place += 2 if text[place] == "\\" and not hashes else 1
    return len(text)


def _interpolation_end(text: str, place: int) -> int:
    depth = 1
    while place < len(text) and depth:
        if opening := re.compile(r'(#*)("""|")').match(text, place):
            place = _literal_end(text, opening)
            continue
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        place += 1
    return place


class _Reader:
    """Goes through the tokens once, and knows in which scope it is."""

    def __init__(self, bare: str):
        found = [(token, number) for number, line in enumerate(bare.splitlines(), 1) for token in TOKEN.findall(line)]
        self.tokens = [token for token, _ in found]
        self.numbers = [number for _, number in found]
        self.functions: list[Function] = []
        self.types: list[Type] = []
        self.scopes = [_Scope()]

    def token(self, at: int) -> str:
        return self.tokens[at] if 0 <= at < len(self.tokens) else ""

    def begins_line(self, at: int) -> bool:
        return at == 0 or self.numbers[at] != self.numbers[at - 1]

    def read(self) -> None:
        modifiers: list[str] = []
        opens: dict[int, _Scope] = {}
        first = at = 0
        while at < len(self.tokens):
            token = self.token(at)
            if not modifiers:
                first = at
            if end := self.modifier_end(at):
                modifiers.append("".join(self.tokens[at:end]))
                at = end
                continue
            if self.token(at - 1) != ".":
                self.declare(token, at, first, modifiers, opens)
            modifiers = []
            if token == "{":
                self.scopes.append(opens.pop(at, _Scope(is_hidden=self.scopes[-1].is_hidden)))
            elif token == "}" and len(self.scopes) > 1:
                self.close(self.scopes.pop(), at)
            at += 1

    def modifier_end(self, at: int) -> int:
        """Where the modifier or attribute that stands here ends; 0 where none does."""
        token = self.token(at)
        if token == "@":
            end = at + 2
        elif token in MODIFIERS and self.token(at - 1) != "." and not (
                token == "class" and self.token(at + 1) not in MODIFIERS | {"var", "let", "func", "subscript"}):
            end = at + 1
        else:
            return 0
        return self.skip(end) if self.token(end) == "(" else end

    def declare(self, token: str, at: int, first: int, modifiers: list[str], opens: dict[int, _Scope]) -> None:
        scope = self.scopes[-1]
        hidden = scope.is_hidden or bool(HIDDEN & set(modifiers))
        name = self.token(at + 1).strip("`")
        line = self.numbers[first]
        if token in TYPES and name.isidentifier() and (body := self.find(at + 1, "{")):
            outer = scope.type.name + "." if scope.type else ""
            made = Type(outer + self.full_name(at + 1), line)
            # Neither holds stored properties of its own.
            if token not in ("extension", "protocol"):
                self.types.append(made)
            opens[body] = _Scope(type=made, is_protocol=token == "protocol", is_hidden=hidden)
        elif token in FUNCTIONS:
            # In a protocol a function has no body.
            if body := self.find(at + 1, "{"):
                opens[body] = _Scope(Function(name if token == "func" else token, line, 0), is_hidden=True)
        elif token in ("var", "let") and (len(self.scopes) == 1 or scope.type) and not scope.is_protocol:
            self.declare_property(token, at, Function(name, line, 0), modifiers, hidden, opens)

    def declare_property(self, token, at, function, modifiers, hidden, opens) -> None:
        body, is_stored = self.accessors(at + 1)
        if body and not is_stored:
            opens[body] = _Scope(function, is_hidden=True)
            return
        owner = self.scopes[-1].type
        if owner is None or "static" in modifiers or "class" in modifiers:
            return
        # A tuple's pattern declares as many as it names.
        count = 1 if self.token(at + 1) != "(" else self.tokens[at + 1:self.skip(at + 1)].count(",") + 1
        owner.stored += count
        if hidden:
            return
        if token == "let" or {"private(set)", "fileprivate(set)"} & set(modifiers):
            owner.visible += count
        else:
            owner.open += count

    def close(self, scope: _Scope, at: int) -> None:
        if scope.function:
            scope.function.lines = self.numbers[at] - scope.function.line + 1
            self.functions.append(scope.function)

    def full_name(self, at: int) -> str:
        name = self.token(at)
        while self.token(at + 1) == "." and self.token(at + 2).isidentifier():
            at += 2
            name += "." + self.token(at)
        return name

    def skip(self, at: int) -> int:
        """Behind the bracket that opens here."""
        depth = 0
        while at < len(self.tokens):
            depth += (self.token(at) in PAIRS) - (self.token(at) in PAIRS.values())
            at += 1
            if depth == 0:
                break
        return at

    def find(self, at: int, wanted: str) -> int:
        """Where the wanted token is before this declaration ends; 0 where it is not."""
        begin = at
        while at < len(self.tokens):
            token = self.token(at)
            if token == wanted:
                return at
            if token in ("{", "}") or (
                    at > begin and self.begins_line(at) and (token in DECLARATIONS | MODIFIERS or token in "@#")):
                return 0
            at = self.skip(at) if token in PAIRS else at + 1
        return 0

    def accessors(self, at: int) -> tuple[int, bool]:
        """The brace behind a property's name and type, if there is one, and whether the property is stored."""
        start = at
        while at < len(self.tokens):
            token = self.token(at)
            if token in ("=", "}", ";"):
                return 0, True
            if token == "{":
                return at, self.token(at + 1) in ("willSet", "didSet", "@")
            is_amid = {token, self.token(at - 1)} & {":", "->", ".", "&", ",", "<", ">"}
            if at > start and self.begins_line(at) and not is_amid:
                return 0, True
            at = self.skip(at) if token in PAIRS else at + 1
        return 0, True
