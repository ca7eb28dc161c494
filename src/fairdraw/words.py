"""What is said to people (核验用语): one template per sentence, in English and Chinese."""

from __future__ import annotations

from typing import Mapping, NamedTuple

from fairdraw.words_zh import SENTENCES, TERMS

LANGUAGES = ("en", "zh")


class Words(NamedTuple):
    """A sentence (语句) whose values are filled in when it is said; ``what`` is a term itself."""

    template: str
    values: Mapping[str, object]

    def say(self, lang: str = "en") -> str:
        """Return the sentence (语句) in a language."""
        if lang == "en":
            return self.template.format(**self.values)
        values = dict(self.values)
        if "what" in values:
            values["what"] = term(str(values["what"]), lang)
        return SENTENCES[self.template].format(**values)


def term(word: str, lang: str) -> str:
    """Return a term (用语) in a language; a word of the files themselves stays as it is."""
    return word if lang == "en" else TERMS.get(word, word)


def placed(text: str, file: str, line: int) -> str:
    """Return a sentence with its place (位置) before it."""
    return f"{file}:{line}: {text}" if file and line else f"{file}: {text}" if file else text
