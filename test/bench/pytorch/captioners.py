"""The three captioners of the training benchmark as plain PyTorch modules.

Bazzani, Domhan & Hieber 2018: attentional RNN (ARNN), self-attentive transformer (SAT), fully
convolutional network (FCN). Every module takes features [batch, regions, channels] and word ids
[batch, words] and returns logits [batch, words, vocabulary]. `load` copies start values that are
shared with the other contenders; there matrices are stored [in, out], convolutions
[out, kernel * in].
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Regions(nn.Module):
    """ReLU of the projected regions, and one row for the whole image after them."""

    def __init__(self, channels, hidden):
        super().__init__()
        self.projection = nn.Linear(channels, hidden, bias=False)
        self.whole = nn.Linear(hidden, hidden, bias=False)

    def forward(self, features):
        local = F.relu(self.projection(features))
        whole = F.relu(self.whole(local.mean(1)))
        return torch.cat([local, whole.unsqueeze(1)], 1)

    def load(self, start):
        put(self.projection.weight, start["image.projection"].T)
        put(self.whole.weight, start["image.global"].T)


class Arnn(nn.Module):
    """LSTM with input feeding, additive attention, the global row at each step, weight norm."""

    def __init__(self, sizes):
        super().__init__()
        hidden, vocabulary = sizes["hidden"], sizes["vocabulary"]
        self.regions = Regions(sizes["channels"], hidden)
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.cell = nn.LSTMCell(3 * hidden, hidden)
        self.keys = nn.Linear(hidden, hidden, bias=False)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.hidden = nn.Linear(2 * hidden, hidden)
        self.output = weight_norm(nn.Linear(hidden, vocabulary))

    def forward(self, features, words):
        regions = self.regions(features)
        whole = regions[:, -1]
        keys = self.keys(regions)
        h = c = attentional = torch.zeros_like(whole)
        vectors = []
        for word in self.embedding(words).unbind(1):
            h, c = self.cell(torch.cat([word, whole, attentional], 1), (h, c))
            scores = self.score(torch.tanh(keys + self.query(h).unsqueeze(1)))
            alpha = F.softmax(scores.squeeze(2), 1)
            context = torch.bmm(alpha.unsqueeze(1), regions).squeeze(1)
            attentional = torch.tanh(self.hidden(torch.cat([h, context], 1)))
            vectors.append(attentional)
        return self.output(torch.stack(vectors, 1))

    def load(self, start):
        self.regions.load(start)
        put(self.embedding.weight, start["embedding"])
        put(self.cell.weight_ih, start["lstm.input"].T)
        put(self.cell.bias_ih, start["lstm.inputBias"])
        put(self.cell.weight_hh, start["lstm.recurrent"].T)
        put(self.cell.bias_hh, start["lstm.recurrentBias"])
        put(self.keys.weight, start["attention.regions"].T)
        put(self.query.weight, start["attention.query"].T)
        put(self.score.weight, start["attention.score"].T)
        put(self.hidden.weight, start["hidden.weight"].T)
        put(self.hidden.bias, start["hidden.bias"])
        scale, weight = weight_norm_parameters(self.output)
        put(weight, start["output.weight"])
        put(scale, start["output.scale"])
        put(self.output.bias, start["output.bias"])


class Sat(nn.Module):
    """One transformer decoder block: dropout 0, residual, layer norm after each part."""

    def __init__(self, sizes):
        super().__init__()
        hidden, vocabulary, heads = sizes["hidden"], sizes["vocabulary"], sizes["heads"]
        self.regions = Regions(sizes["channels"], hidden)
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.own = nn.MultiheadAttention(hidden, heads, bias=False, batch_first=True)
        self.own_norm = nn.LayerNorm(hidden, eps=1e-6)
        self.image = nn.MultiheadAttention(hidden, heads, bias=False, batch_first=True)
        self.image_norm = nn.LayerNorm(hidden, eps=1e-6)
        self.inner = nn.Linear(hidden, sizes["feedForward"])
        self.outer = nn.Linear(sizes["feedForward"], hidden)
        self.outer_norm = nn.LayerNorm(hidden, eps=1e-6)
        self.output = nn.Linear(hidden, vocabulary)
        self.register_buffer("positions", sinusoids(sizes["words"], hidden), persistent=False)
        ahead = torch.ones(sizes["words"], sizes["words"], dtype=torch.bool).triu(1)
        self.register_buffer("ahead", ahead, persistent=False)

    def forward(self, features, words):
        regions = self.regions(features)
        x = self.embedding(words) * math.sqrt(self.embedding.embedding_dim) + self.positions
        attended, _ = self.own(x, x, x, attn_mask=self.ahead, need_weights=False)
        x = self.own_norm(x + attended)
        attended, _ = self.image(x, regions, regions, need_weights=False)
        x = self.image_norm(x + attended)
        x = self.outer_norm(x + self.outer(F.relu(self.inner(x))))
        return self.output(x)

    def load(self, start):
        self.regions.load(start)
        put(self.embedding.weight, start["embedding"])
        put(self.own.in_proj_weight, start["layers.0.self.project"].T)
        put(self.own.out_proj.weight, start["layers.0.self.output"].T)
        image = torch.cat([start["layers.0.image.query"].T, start["layers.0.image.project"].T])
        put(self.image.in_proj_weight, image)
        put(self.image.out_proj.weight, start["layers.0.image.output"].T)
        put(self.inner.weight, start["layers.0.feedForward.inner"].T)
        put(self.inner.bias, start["layers.0.feedForward.innerBias"])
        put(self.outer.weight, start["layers.0.feedForward.outer"].T)
        put(self.outer.bias, start["layers.0.feedForward.outerBias"])
        for name, norm in (
            ("self", self.own_norm),
            ("image", self.image_norm),
            ("feedForward", self.outer_norm),
        ):
            put(norm.weight, start[f"layers.0.{name}.post.gamma"])
            put(norm.bias, start[f"layers.0.{name}.post.beta"])
        put(self.output.weight, start["output.weight"])
        put(self.output.bias, start["output.bias"])


class Fcn(nn.Module):
    """One block of causal convolution, gated linear unit and dot attention."""

    def __init__(self, sizes):
        super().__init__()
        hidden, vocabulary = sizes["hidden"], sizes["vocabulary"]
        self.kernel = sizes["kernel"]
        self.regions = Regions(sizes["channels"], hidden)
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.positions = nn.Parameter(torch.zeros(sizes["maxWords"] + 1, hidden))
        self.input = nn.Linear(hidden, hidden, bias=False)
        self.convolution = nn.Conv1d(hidden, 2 * hidden, self.kernel)
        self.output = nn.Linear(hidden, vocabulary)

    def forward(self, features, words):
        regions = self.regions(features)
        x = self.input(self.embedding(words) + self.positions[: words.shape[1]])
        padded = F.pad(x.transpose(1, 2), (self.kernel - 1, 0))
        unit = F.glu(self.convolution(padded), 1).transpose(1, 2)
        alpha = F.softmax(torch.bmm(unit, regions.transpose(1, 2)), 2)
        x = x + unit + torch.bmm(alpha, regions)
        return self.output(x)

    def load(self, start):
        self.regions.load(start)
        put(self.embedding.weight, start["embedding"])
        put(self.positions, start["positions"])
        put(self.input.weight, start["input.weight"].T)
        # [out, kernel * in], kernel before in -> [out, in, kernel]
        out, inner, kernel = self.convolution.weight.shape
        weight = start["layers.0.convolution.weight"].reshape(out, kernel, inner)
        put(self.convolution.weight, weight.permute(0, 2, 1))
        put(self.convolution.bias, start["layers.0.convolution.bias"])
        put(self.output.weight, start["output.weight"])
        put(self.output.bias, start["output.bias"])


CAPTIONERS = {"arnn": Arnn, "sat": Sat, "fcn": Fcn}


def weight_norm(linear):
    """PyTorch 2 has it as a parametrization, 1.x as a hook."""
    parametrizations = getattr(nn.utils, "parametrizations", None)
    apply = getattr(parametrizations, "weight_norm", nn.utils.weight_norm)
    return apply(linear)


def weight_norm_parameters(linear):
    if hasattr(linear, "parametrizations"):
        pair = linear.parametrizations.weight
        return pair.original0, pair.original1
    return linear.weight_g, linear.weight_v


def sinusoids(words, hidden):
    """All sines, then all cosines, frequencies 10000^(-2i / hidden); positions count from 0."""
    rates = 10000.0 ** (-2.0 * torch.arange(hidden // 2) / hidden)
    angles = torch.arange(words).unsqueeze(1) * rates
    return torch.cat([angles.sin(), angles.cos()], 1)


def put(parameter, values):
    if parameter.shape != values.shape:
        raise ValueError(f"start values {tuple(values.shape)} for {tuple(parameter.shape)}")
    with torch.no_grad():
        parameter.copy_(values)
