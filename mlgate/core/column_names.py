"""Names of columns: whether there is such a one, which one was meant, and what tells two that look alike apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from mlgate.core.errors import MeasurementError

SHOWN = 40  # names in one message
_COMPARED = 200  # names that a spelling is compared with: those that begin most alike
# Letters of other scripts that look like Latin ones in most fonts (Unicode Technical Standard 39, confusables.txt, the ones of whole words).
_LATIN = dict(
    zip(
        "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d"
        "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7\u0131\u2010\u2011\u2012\u2013\u2014\u2212",
        "abekmhopctyxsijhdqwaeikvopuxi------",
        strict=True,
    )
)


def no_column(where: str, name: str, names: Iterable[str]) -> MeasurementError:
    """That `where` ("dataset 'train'") has no such column: with the one that looks the same or is spelled nearly so, and what there is."""
    known = tuple(names)
    return MeasurementError(f"{where} has no column {visible(name)}", fix=f"{meant(name, known)}columns are {listed_names(known)}")


def meant(name: str, names: Collection[str]) -> str:
    """`did you mean 'x'? ` with the difference where both look the same; what is wrong with a part of a nested column; else empty."""
    near = nearest(name, names)
    head = max((one for one in names if name.startswith(f"{one}.")), key=len, default=None)
    if head is not None and (near is None or skeleton(near) != skeleton(name)):
        field = visible(name[len(head) + 1 :])
        return f"{visible(head)} has no field {field}; parts of lists and maps have no name: write them as columns; "
    if near is None:
        return ""
    said = difference(name, near)
    return f"did you mean {visible(near)}?{f' {said[:1].upper()}{said[1:]};' if said else ''} "


def listed_names(names: Collection[str]) -> str:
    """The first names, and how many more there are."""
    return ", ".join(map(told, list(names)[:SHOWN])) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def nearest(name: str, names: Collection[str]) -> str | None:
    """The name that looks the same, else the one spelled most alike, else None."""
    own = skeleton(name)
    for other in names:
        if skeleton(other) == own:
            return other
    likely = sorted(names, key=lambda other: (-_common_start(name, other), abs(len(name) - len(other))))[:_COMPARED]
    close = get_close_matches(name, likely, n=1)
    return close[0] if close else None


def _common_start(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def skeleton(name: str) -> str:
    """Equal for names that look the same: without case, spaces at the ends, invisible characters, widths and foreign look-alikes."""
    if name.isascii():
        return name.strip().casefold()
    seen = "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) not in ("Cf", "Cc"))
    return "".join(_LATIN.get(char, char) for char in unicodedata.normalize("NFKC", seen.strip().casefold()))


def difference(one: str, other: str) -> str:
    """What tells two names apart that look the same, as a sentence; empty where they are equal or look different."""
    if one == other or skeleton(one) != skeleton(other):
        return ""
    if one.strip() == other.strip():
        return f"only spaces at the ends tell {visible(one)} and {visible(other)} apart"
    if one.casefold() == other.casefold():
        return f"only the case of letters tells {visible(one)} and {visible(other)} apart"
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        first, second = _form(one), _form(other)
        return f"the same letters are composed in two ways: {first} ({visible(one)}) and {second} ({visible(other)})"
    place = _common_start(one, other)
    return f"they look alike, but character {place + 1} is {_point(one, place)} in the one and {_point(other, place)} in the other"


def told(name: str) -> str:
    """A name as part of a sentence: as it is where it can be read, else visibly."""
    return name if _plain(name) else visible(name)


def visible(name: str) -> str:
    """A name in quotes, with every character that is no printable ASCII written out, so that look-alikes can be told apart."""
    if _plain(name):
        return repr(name)
    return f"{name!r} ({name!a})" if ascii(name) != repr(name) else repr(name)


def _plain(name: str) -> bool:
    return bool(name) and name.isascii() and name.isprintable() and name == name.strip() and "," not in name


def _form(name: str) -> str:
    return next((form for form in ("NFC", "NFD") if unicodedata.is_normalized(form, name)), "mixed")


def _point(name: str, place: int) -> str:
    if place >= len(name):
        return "missing"
    return f"U+{ord(name[place]):04X} {unicodedata.name(name[place], 'without a name')}"
