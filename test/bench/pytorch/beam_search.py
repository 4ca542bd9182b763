"""Beam search over a batch of images, all of it on the device.

Hypotheses are ranked by the mean log-probability of their tokens at every step, the end mark included;
finished ones keep their place in the beam with their score. The search ends when all hypotheses have
finished or after `max_words` tokens; the best one wins, whether it has finished or was cut.
"""

import torch


# Images whose beam has finished are dropped when this share of the images, or less, still runs.
WORTH_DROPPING = 0.75


@torch.no_grad()
def beam_search(decoder, features, task, beam, max_words):
    """For each image the ids of the best caption, without marks, and its score."""
    end, never = task["endId"], task["neverWritten"]
    images = decoder.encode(features)
    state = decoder.begin(images)
    count, device = features.shape[0], features.device
    best = [None] * count
    held = torch.arange(count, device=device)  # the images that are still searched
    width = 1  # hypotheses of each image so far
    words = torch.full((count,), task["beginId"], device=device)
    sums = torch.zeros(count, 1, device=device)
    scores = torch.zeros(count, 1, device=device)
    ended = torch.zeros(count, 1, dtype=torch.bool, device=device)
    tokens = torch.zeros(count, 1, 0, dtype=torch.long, device=device)
    for position in range(max_words):
        logits, state = decoder.step(images, state, words, position)
        log_probs = torch.log_softmax(logits, 1)
        log_probs[:, never] = -torch.inf
        vocabulary = log_probs.shape[1]
        totals = sums.unsqueeze(2) + log_probs.view(len(held), width, vocabulary)
        # What has ended goes on with its end mark at no cost.
        totals.masked_fill_(ended.unsqueeze(2), -torch.inf)
        totals[:, :, end] = torch.where(ended, sums, totals[:, :, end])
        ranks = totals / (position + 1)
        ranks[:, :, end] = torch.where(ended, scores, ranks[:, :, end])
        scores, places = ranks.flatten(1).topk(beam, 1)
        sums = totals.flatten(1).gather(1, places)
        parents = torch.div(places, vocabulary, rounding_mode="floor")
        chosen = places % vocabulary
        ended = chosen == end
        history = tokens.gather(1, parents.unsqueeze(2).expand(-1, -1, position))
        tokens = torch.cat([history, chosen.unsqueeze(2)], 2)
        over = ended.all(1)
        running = int((~over).sum())
        is_last = running == 0 or position + 1 == max_words
        if is_last or running <= WORTH_DROPPING * len(held):
            done = torch.ones_like(over) if is_last else over
            collect(best, held[done], tokens[done], scores[done], end)
            if is_last:
                break
            rows = (~done).nonzero().squeeze(1)
        else:
            rows = torch.arange(len(held), device=device)
        if width == 1 or len(rows) < len(held):
            first = (rows * width).repeat_interleave(beam)
            if width > 1:
                first = first + torch.arange(beam, device=device).repeat(len(rows))
            images = reordered(images, first)
        continued = (rows * width).unsqueeze(1) + parents[rows]
        state = reordered(state, continued.flatten())
        held, sums, scores, ended, tokens = (
            x[rows] for x in (held, sums, scores, ended, tokens)
        )
        words = chosen[rows].flatten()
        width = beam
    return best


def reordered(tensors, rows):
    return {name: x.index_select(0, rows) for name, x in tensors.items()}


def collect(best, images, tokens, scores, end):
    """Writes the best captions of searches that are over."""
    score, place = scores.max(1)
    chosen = tokens.gather(1, place[:, None, None].expand(-1, 1, tokens.shape[2])).squeeze(1)
    for image, ids, value in zip(images.tolist(), chosen.tolist(), score.tolist()):
        words = ids[: ids.index(end)] if end in ids else ids
        best[image] = {"tokens": words, "score": value}
