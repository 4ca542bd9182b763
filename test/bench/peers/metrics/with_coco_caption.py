"""coco-caption itself (pycocoevalcap and its Java tools), from raw captions.

    python3 with_coco_caption.py '{"folder": FOLDER}'

FOLDER holds references.json and candidates.json (see src/metrics/write-captions.ts). Prints one line of
JSON: milliseconds of each part, scores and version. The memory of the Java processes is counted by
the largest of them.
"""

import contextlib
import importlib.metadata
import json
import os
import sys

from timing import answer, timed

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer


def main():
    folder = json.loads(sys.argv[1])["folder"]
    # The scorers print; stdout belongs to the answer.
    with contextlib.redirect_stdout(sys.stderr):
        ms, scores = score(folder)
    answer(f"pycocoevalcap {version()}", ms, scores)


def version():
    try:
        return importlib.metadata.version("pycocoevalcap")
    except importlib.metadata.PackageNotFoundError:
        return "(not a package)"


def score(folder):
    raw_references, raw_candidates = {}, {}
    with open(os.path.join(folder, "candidates.json"), encoding="utf-8") as file:
        for result in json.load(file):
            raw_candidates[result["image_id"]] = [{"caption": result["caption"]}]
            raw_references[result["image_id"]] = []
    with open(os.path.join(folder, "references.json"), encoding="utf-8") as file:
        for annotation in json.load(file)["annotations"]:
            raw_references[annotation["image_id"]].append({"caption": annotation["caption"]})
    ms, scores = {}, {}
    with timed(ms, "tokenize"):
        references = PTBTokenizer().tokenize(raw_references)
        candidates = PTBTokenizer().tokenize(raw_candidates)
    with timed(ms, "BLEU"):
        values, _ = Bleu(4).compute_score(references, candidates)
        scores["bleu4"] = float(values[3])
    # With its paraphrase table, so another score than METEOR (exact, stem, synonym).
    with timed(ms, "METEOR, all modules"):
        scores["meteor, all modules"] = float(Meteor().compute_score(references, candidates)[0])
    with timed(ms, "ROUGE-L"):
        scores["rougeL"] = float(Rouge().compute_score(references, candidates)[0])
    with timed(ms, "CIDEr-D"):
        scores["ciderD"] = float(Cider().compute_score(references, candidates)[0])
    return ms, scores


main()
