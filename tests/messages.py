"""Every sentence a user can see has a Chinese translation, kept beside the room that says it.

    python -m tests.messages refresh      rewrite every partner_center/<room>/locale/zh_Hans/LC_MESSAGES/django.po
    python -m tests.messages check        fail where a catalogue lacks an entry, keeps an unused one, or breaks a {fact}

Sentences are found in Python by Babel and in templates by Django's own reader. Refreshing keeps what is translated,
drops what is no longer said, and takes over what another room has already translated.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "partner_center"
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
KEYWORDS = {
    "_": None,
    "_now": None,
    "say": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = {
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
FACT = re.compile(r"\{[a-z_][a-z0-9_.]*[^{}]*\}|%\([a-z_][a-z0-9_]*\)[sd]|%[sd]")

Key = tuple[str, str]
"""Context ("" for none) and English sentence."""


@dataclass(slots=True)
class Said:
    """One sentence as the source says it."""

    plural: str = ""
    places: set[str] = field(default_factory=set)


def main(what: str) -> int:
    return refresh() if what == "refresh" else check()


def refresh() -> int:
    known = _all_translations()
    for room in _rooms():
        said = _said_in(room)
        path = room / CATALOGUE
        if not said:
            path.unlink(missing_ok=True)
            continue
        before = {_key(entry): entry for entry in _read(path)}
        after = polib.POFile(wrapwidth=110)
        after.metadata = HEADER
        for key, sentence in said.items():
            after.append(_entry(key, sentence, before.get(key), known.get(key, "")))
        path.parent.mkdir(parents=True, exist_ok=True)
        text = str(after).rstrip() + "\n"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        missing = sum(not _is_translated(entry) for entry in after)
        print(f"{room.name}: {len(after)} sentences" + (f", {missing} to translate" if missing else ""))
    return 0


def check() -> int:
    problems = [problem for room in _rooms() for problem in _problems(room)]
    problems += _disagreements()
    for problem in problems:
        print(problem)
    if problems:
        print(
            f"{len(problems)} problems; `make messages` refreshes the catalogues, then translate what is empty."
        )
    return 1 if problems else 0


def _problems(room: Path) -> Iterator[str]:
    said = _said_in(room)
    entries = {_key(entry): entry for entry in _read(room / CATALOGUE)}
    for key in said.keys() - entries.keys():
        yield f"{room.name}: missing: {key[1]!r}"
    for key in entries.keys() - said.keys():
        yield f"{room.name}: no longer said: {key[1]!r}"
    for key, entry in entries.items():
        if entry.fuzzy or entry.obsolete:
            yield f"{room.name}: fuzzy or obsolete: {key[1]!r}"
        elif key in said and not _is_translated(entry):
            yield f"{room.name}: not translated: {key[1]!r}"
        elif key in said and not _keeps_facts(entry):
            yield f"{room.name}: the translation has other {{facts}}: {key[1]!r}"


def _disagreements() -> Iterator[str]:
    """Django merges all catalogues into one: two rooms may not translate one sentence in two ways."""
    seen: dict[Key, tuple[str, str]] = {}
    for room in _rooms():
        for entry in _read(room / CATALOGUE):
            word = _translation(entry)
            first_room, first_word = seen.setdefault(_key(entry), (room.name, word))
            if word and first_word and word != first_word:
                yield f"{first_room} and {room.name} differ: {entry.msgid!r} is {first_word!r} and {word!r}"


def _said_in(room: Path) -> dict[Key, Said]:
    found: dict[Key, Said] = {}
    for path in sorted(room.rglob("*")):
        parts = path.relative_to(room).parts
        if (
            "tests" in parts
            or "migrations" in parts
            or "static" in parts
            or path.suffix not in {".py", ".html", ".txt"}
        ):
            continue
        place = str(path.relative_to(PACKAGE.parent))
        for context, sentence, plural in _sentences(path):
            said = found.setdefault((context, sentence), Said())
            said.plural = said.plural or plural
            said.places.add(place)
    return found


def _sentences(path: Path) -> Iterator[tuple[str, str, str]]:
    source = path.read_text()
    if path.suffix != ".py":
        if "{%" not in source and "{{" not in source:
            return
        source = re.sub(r"(?m)^[ \t]+", "", templatize(source))
    for _line, words, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS, (), {}):
        if isinstance(words, str):
            words = (words,)
        words = tuple(word for word in words if isinstance(word, str))
        if words and words[0]:
            yield context or "", words[0], words[1] if len(words) > 1 else ""


def _entry(key: Key, said: Said, before: polib.POEntry | None, elsewhere: str) -> polib.POEntry:
    context, sentence = key
    entry = polib.POEntry(msgctxt=context or None, msgid=sentence)
    entry.occurrences = [(place, "") for place in sorted(said.places)]
    translation = (_translation(before) if before is not None and not before.fuzzy else "") or elsewhere
    if said.plural:
        entry.msgid_plural = said.plural
        entry.msgstr_plural = {0: translation}
    else:
        entry.msgstr = translation
    if "{" in sentence:
        entry.flags = ["python-brace-format"]
    elif "%(" in sentence:
        entry.flags = ["python-format"]
    return entry


def _keeps_facts(entry: polib.POEntry) -> bool:
    wanted = set(FACT.findall(entry.msgid)) | set(FACT.findall(entry.msgid_plural or ""))
    return set(FACT.findall(_translation(entry))) == wanted


def _is_translated(entry: polib.POEntry) -> bool:
    return bool(_translation(entry))


def _translation(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid)


def _all_translations() -> dict[Key, str]:
    return {
        _key(entry): _translation(entry)
        for room in _rooms()
        for entry in _read(room / CATALOGUE)
        if _translation(entry) and not entry.fuzzy
    }


def _rooms() -> list[Path]:
    return sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


def _read(path: Path) -> list[polib.POEntry]:
    return list(polib.pofile(str(path))) if path.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
