"""BLEU and METEOR in nltk, on captions that are tokenised already.

    python3 with_nltk.py '{"folder": FOLDER, "parts": ["BLEU"]}'

FOLDER holds tokenized.json (see src/metrics/write-captions.ts). Prints one line of JSON: milliseconds
of each part, scores and version. nltk's METEOR is that of 2007 with Porter's first stemmer, so its
score is another one. Its WordNet is a download that is not asked for here: it runs without synonyms.
"""

import json
import sys

from timing import answer, read_tokenized, timed

import nltk
from nltk.translate.bleu_score import corpus_bleu
from nltk.translate.meteor_score import meteor_score


class NoWordNet:
    def synsets(self, word):
        return []


def main():
    options = json.loads(sys.argv[1])
    captions = read_tokenized(options["folder"])
    candidates = [caption.split() for caption in captions["candidates"]]
    references = [[caption.split() for caption in of] for of in captions["references"]]
    ms, scores = {}, {}
    if "BLEU" in options["parts"]:
        with timed(ms, "BLEU"):
            # BLEU-1 to 4 at once, as coco-caption gives them.
            weights = [tuple(1 / n for _ in range(n)) for n in (1, 2, 3, 4)]
            scores["bleu4"] = float(corpus_bleu(references, candidates, weights=weights)[3])
    if "METEOR (exact, stem)" in options["parts"]:
        with timed(ms, "METEOR (exact, stem)"):
            values = [
                meteor_score(of, candidate, wordnet=NoWordNet())
                for candidate, of in zip(candidates, references)
            ]
        scores["meteor of 2007, mean"] = sum(values) / len(values)
    answer(f"nltk {nltk.__version__}", ms, scores)


main()
