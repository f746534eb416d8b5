#!/usr/bin/env python3
"""Writes Sources/Similarity/Resources/common-characters.tsv: how common characters and pairs of them are.

    pip install jieba==0.42.1 && Scripts/generate-common-characters.py

Counts the characters, and the pairs within words, of the dictionary of the PyPI package jieba (MIT), each word as often
as the dictionary says. A line is a character or a pair, a tab, and its surprise in tenths of a bit.
"""

import math
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import jieba

CHARACTERS, PAIRS = 4000, 12000
TARGET = Path(__file__).parent.parent / "Sources/Similarity/Resources/common-characters.tsv"


def is_han(text):
    return all("\u4e00" <= character <= "\u9fff" for character in text)


def main():
    characters, pairs = Counter(), Counter()
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, *_ = line.split()
            for place, character in enumerate(word):
                characters[character] += int(count)
                if place:
                    pairs[word[place - 1:place + 1]] += int(count)
    total = sum(characters.values())
    out = [
        f"# source: dictionary of the PyPI package jieba {version('jieba')} (github.com/fxsjy/jieba)",
        "# licence: MIT",
        "# date: 2020-01-20",
        "# text\tsurprise in tenths of a bit",
    ]
    for counter, most in ((characters, CHARACTERS), (pairs, PAIRS)):
        common = [(text, count) for text, count in counter.most_common() if is_han(text)][:most]
        out += [f"{text}\t{round(-10 * math.log2(count / total))}" for text, count in sorted(common)]
    TARGET.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
