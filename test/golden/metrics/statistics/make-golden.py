"""python make-golden.py captions.json expected.json"""
import json, random, sys
import numpy as np
import scipy, scipy.stats, statsmodels
from statsmodels.stats.multitest import multipletests
import sacrebleu
from sacrebleu.metrics import BLEU
from sacrebleu.significance import PairedTest

COLOURS = ['red', 'green', 'blue', 'grey', 'white']
THINGS = ['box', 'ring', 'lamp', 'kite', 'drum', 'cup']
PLACES = ['on a table', 'in a garden', 'near the wall', 'under a tree', 'beside a lake']

def captions(images, rng):
    items = []
    for image in range(images):
        colour, thing, place = rng.choice(COLOURS), rng.choice(THINGS), rng.choice(PLACES)
        refs = [f'a {colour} {thing} {place}', f'there is a {colour} {thing} {place}',
                f'one {colour} {thing} seen {place} from above']
        def guess(skill):
            words = [rng.choice(['a', 'one', 'there is a']),
                     colour if rng.random() < skill else rng.choice(COLOURS),
                     thing if rng.random() < skill else rng.choice(THINGS),
                     place if rng.random() < skill else rng.choice(PLACES)]
            return ' '.join(words)
        items.append({'imageId': f'image-{image:03d}', 'references': refs,
                      'baseline': guess(0.55), 'system': guess(0.63),
                      'baselineValue': round(rng.random(), 3), 'systemValue': round(rng.random() * 1.15, 3)})
    return items

items = captions(150, random.Random(4))
json.dump({'items': items}, open(sys.argv[1], 'w'), indent=1)
references = [[item['references'][k] for item in items] for k in range(3)]
baseline, system = ([item[k] for item in items] for k in ('baseline', 'system'))
out = {'versions': {'sacrebleu': sacrebleu.__version__, 'scipy': scipy.__version__, 'numpy': np.__version__, 'statsmodels': statsmodels.__version__}}

# sacrebleu
N = 20000
make = lambda: BLEU(tokenize='none', smooth_method='none', references=references)
for kind in ('ar', 'bs'):
    test = PairedTest([('baseline', baseline), ('system', system)], {'BLEU': make()}, None, test_type=kind, n_samples=N)
    _, scores = test()
    first, second = scores['BLEU']
    out[f'sacrebleu_{kind}'] = {'trials': N, 'baseline': first.score, 'system': second.score, 'p': second.p_value}

# scipy on the counts of sacrebleu
bleu = make()
counts = [np.array(bleu._extract_corpus_statistics(s, None)) for s in (baseline, system)]
score = lambda c: bleu._compute_score_from_stats(list(c)).score / 100
idx = np.arange(len(items))
def difference(i, axis=-1):
    if i.ndim == 1:
        return score(counts[1][i].sum(0)) - score(counts[0][i].sum(0))
    return np.array([difference(row) for row in i])
boot = scipy.stats.bootstrap((idx,), difference, n_resamples=N, method='percentile', vectorized=True, batch=500, rng=np.random.default_rng(1))
d, observed = boot.bootstrap_distribution, difference(idx)
out['bleu4_difference'] = {'resamples': N, 'difference': observed, 'lower': boot.confidence_interval.low, 'upper': boot.confidence_interval.high,
    'standardError': boot.standard_error, 'twoSidedShiftedP': (np.sum(np.abs(d - d.mean()) >= abs(observed)) + 1) / (N + 1), 'shareAbove': np.mean(d > 0)}
values = np.array([[item['baselineValue'], item['systemValue']] for item in items])
boot = scipy.stats.bootstrap((values[:, 1],), np.mean, n_resamples=N, method='percentile', rng=np.random.default_rng(2))
out['mean_value'] = {'score': values[:, 1].mean(), 'lower': boot.confidence_interval.low, 'upper': boot.confidence_interval.high, 'standardError': boot.standard_error}

# all 2^12 swaps of the first twelve images
few = values[:12]
exact = scipy.stats.permutation_test((few[:, 1], few[:, 0]), lambda a, b: np.mean(a - b), permutation_type='samples', n_resamples=np.inf, alternative='two-sided')
signs = np.array([[1 - 2 * (k >> i & 1) for i in range(12)] for k in range(4096)])
delta = few[:, 1] - few[:, 0]
out['exact_swaps'] = {'images': 12, 'p': exact.pvalue, 'countedP': float(np.mean(np.abs(signs @ delta) >= abs(delta.sum()) - 1e-12))}

families = [[0.01, 0.04, 0.03, 0.005], [0.02, 0.02, 0.02], [0.2, 0.001, 0.7, 0.0004, 0.05, 0.05, 0.011, 0.9]]
out['holm'] = [{'p': p, 'adjusted': multipletests(p, method='holm')[1].tolist()} for p in families]
json.dump(out, open(sys.argv[2], 'w'), indent=1, default=float)
print(json.dumps(out, indent=1, default=float))
