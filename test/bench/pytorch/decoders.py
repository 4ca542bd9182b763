"""The captioners of captioners.py one word at a time, for decoding.

`encode` computes once per batch what does not depend on the words. `step` takes what `encode` gave,
a state and the previous words [rows], and returns logits [rows, vocabulary] and the next state.
Encoded images and states are dictionaries of tensors with the rows (images or hypotheses) as first
axis, so that a search can repeat and reorder them.
"""

import math

import torch
from torch.nn import functional as F

from captioners import weight_norm_parameters


class ArnnDecoder:
    def __init__(self, model):
        self.model = model
        # Normalised once, not at each word.
        scale, weight = weight_norm_parameters(model.output)
        self.output = scale * weight / weight.norm(dim=1, keepdim=True)

    def encode(self, features):
        regions = self.model.regions(features)
        return {"regions": regions, "keys": self.model.keys(regions)}

    def begin(self, images):
        zeros = torch.zeros_like(images["regions"][:, 0])
        return {"h": zeros, "c": zeros, "attentional": zeros}

    def step(self, images, state, words, _position):
        model, regions = self.model, images["regions"]
        inputs = [model.embedding(words), regions[:, -1], state["attentional"]]
        h, c = model.cell(torch.cat(inputs, 1), (state["h"], state["c"]))
        scores = model.score(torch.tanh(images["keys"] + model.query(h).unsqueeze(1)))
        alpha = F.softmax(scores.squeeze(2), 1)
        context = torch.bmm(alpha.unsqueeze(1), regions).squeeze(1)
        attentional = torch.tanh(model.hidden(torch.cat([h, context], 1)))
        logits = F.linear(attentional, self.output, model.output.bias)
        return logits, {"h": h, "c": c, "attentional": attentional}


class SatDecoder:
    """Keys and values of the regions, and of the words so far, are kept by head."""

    def __init__(self, model):
        self.model = model
        self.heads = model.own.num_heads

    def encode(self, features):
        regions = self.model.regions(features)
        width = regions.shape[2]
        both = F.linear(regions, self.model.image.in_proj_weight[width:])
        keys, values = both.chunk(2, 2)
        return {"keys": self.by_head(keys), "values": self.by_head(values)}

    def begin(self, images):
        rows, heads, _, width = images["keys"].shape
        empty = images["keys"].new_zeros(rows, heads, 0, width)
        return {"keys": empty, "values": empty}

    def step(self, images, state, words, position):
        model = self.model
        width = model.embedding.embedding_dim
        x = model.embedding(words) * math.sqrt(width) + model.positions[position]
        projected = F.linear(x, model.own.in_proj_weight).unsqueeze(1)
        query, key, value = (self.by_head(part) for part in projected.chunk(3, 2))
        keys = torch.cat([state["keys"], key], 2)
        values = torch.cat([state["values"], value], 2)
        x = model.own_norm(x + model.own.out_proj(self.attend(query, keys, values)))
        query = F.linear(x, model.image.in_proj_weight[:width]).unsqueeze(1)
        seen = self.attend(self.by_head(query), images["keys"], images["values"])
        x = model.image_norm(x + model.image.out_proj(seen))
        x = model.outer_norm(x + model.outer(F.relu(model.inner(x))))
        return model.output(x), {"keys": keys, "values": values}

    def by_head(self, x):
        """[rows, n, width] to [rows, heads, n, width / heads]"""
        rows, count, width = x.shape
        return x.view(rows, count, self.heads, width // self.heads).transpose(1, 2)

    def attend(self, query, keys, values):
        scores = query @ keys.transpose(2, 3) / math.sqrt(query.shape[3])
        context = F.softmax(scores, 3) @ values
        return context.transpose(1, 2).flatten(1)


class FcnDecoder:
    """The state is what the convolution read last, [rows, kernel - 1, hidden]."""

    def __init__(self, model):
        self.model = model
        # One window per word: a product is all that a convolution is here.
        kernel = model.convolution.weight  # [out, in, kernel]
        self.kernel = kernel.permute(0, 2, 1).flatten(1).contiguous()

    def encode(self, features):
        return {"regions": self.model.regions(features)}

    def begin(self, images):
        rows, _, width = images["regions"].shape
        return {"window": images["regions"].new_zeros(rows, self.model.kernel - 1, width)}

    def step(self, images, state, words, position):
        model, regions = self.model, images["regions"]
        x = model.input(model.embedding(words) + model.positions[position])
        window = torch.cat([state["window"], x.unsqueeze(1)], 1)
        unit = F.glu(F.linear(window.flatten(1), self.kernel, model.convolution.bias), 1)
        alpha = F.softmax(torch.bmm(regions, unit.unsqueeze(2)).squeeze(2), 1)
        context = torch.bmm(alpha.unsqueeze(1), regions).squeeze(1)
        return model.output(x + unit + context), {"window": window[:, 1:]}


DECODERS = {"arnn": ArnnDecoder, "sat": SatDecoder, "fcn": FcnDecoder}
