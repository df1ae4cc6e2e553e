"""What may have happened to text: another case, blanks, another form of numbers, a cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlgate.checks.skew._hypotheses import PROPOSED, Hypothesis, Pair, Subject
from mlgate.core.request import Aggregate, Op
from mlgate.core.view import Normalisation

_BLANKS = re.compile("[ \t\n\r\u00a0]+")
_FORMS: tuple[tuple[Normalisation, ...], ...] = (("case",), ("spaces",), ("unicode",), ("case", "spaces"), ("case", "spaces", "unicode"))
_WORDS = {"case": "upper and lower case", "spaces": "blanks", "unicode": "the form of Unicode"}


def text_hypotheses(subject: Subject, pairs: Sequence[Pair]) -> Iterator[Hypothesis]:
    """What almost all pairs of a sample fit, in the order in which it is preferred."""
    texts = [(str(left), str(right)) for left, right in pairs]
    need = PROPOSED * len(texts)
    differing = replace(subject.view, pairs=subject.how)
    for form in _FORMS:
        if sum(normal(left, form) == normal(right, form) for left, right in texts) >= need:
            how = replace(subject.how, normalise=tuple(dict.fromkeys((*subject.how.normalise, *form))))
            apart = " and ".join(_WORDS[word] for word in form)
            yield Hypothesis(f"equal {subject.theirs} apart from {apart}", Aggregate(Op.MISMATCHES, subject.column, how.args, differing))
            break
    if sum(_number(left) is not None and _number(left) == _number(right) for left, right in texts) >= need:
        sql = f"TRY_CAST({subject.served} AS DOUBLE) = TRY_CAST({subject.trained} AS DOUBLE)"
        yield Hypothesis(f"are the number of {subject.theirs} written otherwise", subject.holds(sql, when=subject.valued, view=differing))
    longest = max(len(left) for left, _ in texts)
    if longest and sum(left == right[:longest] for left, right in texts) >= need and len({left for left, _ in texts}) > 2:
        sql = f"{subject.served} = LEFT({subject.trained}, {longest})"
        yield Hypothesis(f"equal {subject.theirs} cut to {longest} characters", subject.holds(sql, when=subject.valued, view=differing))


def normal(text: str, form: Sequence[str]) -> str:
    """As an engine does it (see `Comparison`)."""
    if "unicode" in form:
        text = unicodedata.normalize("NFC", text)
    if "case" in form:
        text = text.lower()
    return _BLANKS.sub(" ", text).strip(" ") if "spaces" in form else text


def _number(text: str) -> float | None:
    if not re.fullmatch(r" *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *", text):
        return None
    return float(text)
