"""BLEU and its paired bootstrap in sacrebleu, on captions that are tokenised already.

    python3 with_sacrebleu.py '{"folder": FOLDER, "parts": ["BLEU"], "resamples": 1000}'

FOLDER holds tokenized.json (see src/metrics/write-captions.ts). Prints one line of JSON: milliseconds
of each part, scores and version. Captions of one image may have fewer references than others.
"""

import json
import sys

from timing import answer, read_tokenized, timed

import sacrebleu
from sacrebleu.metrics import BLEU
from sacrebleu.significance import PairedTest


def main():
    options = json.loads(sys.argv[1])
    captions = read_tokenized(options["folder"])
    most = max(len(of_image) for of_image in captions["references"])
    # Streams of references, None where an image has no more.
    streams = [
        [of_image[i] if i < len(of_image) else None for of_image in captions["references"]]
        for i in range(most)
    ]
    ms, scores = {}, {}
    # coco-caption's BLEU: the closest reference length and no smoothing to speak of.
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    if "BLEU" in options["parts"]:
        with timed(ms, "BLEU"):
            score = metric.corpus_score(captions["candidates"], streams)
        scores["bleu4"] = score.score / 100
    if "paired bootstrap of BLEU" in options["parts"]:
        systems = [("others", captions["others"]), ("candidates", captions["candidates"])]
        with timed(ms, "paired bootstrap of BLEU"):
            _, result = PairedTest(
                systems, {"BLEU": metric}, streams, test_type="bs", n_samples=options["resamples"]
            )()
        scores["bleu4"] = result["BLEU"][1].score / 100
        scores["p bleu4"] = result["BLEU"][1].p_value
    answer(f"sacrebleu {sacrebleu.__version__}", ms, scores)


main()
