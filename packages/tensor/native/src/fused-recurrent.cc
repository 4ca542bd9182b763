// LSTM and GRU cells, all gates in one pass. Without cells of its own for the GPU: there libtorch's
// fused cells run, whose results have the same layout.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "arguments.h"
#include "fused.h"
#include "vector-math.h"

namespace capgrid {
namespace {

using at::Tensor;

struct LstmForward {
  const float* inputGates;
  const float* hiddenGates;
  const float* c;
  float* h;
  float* cNext;
  float* activations;
};

CAPGRID_VECTORISED void lstmRows(const LstmForward& t, std::int64_t size, std::int64_t begin,
                                 std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* x = t.inputGates + row * 4 * size;
    const float* y = t.hiddenGates + row * 4 * size;
    float* a = t.activations + row * 4 * size;
    const float* c = t.c + row * size;
    float* cNext = t.cNext + row * size;
    float* h = t.h + row * size;
#pragma omp simd
    for (std::int64_t j = 0; j < size; ++j) {
      const float i = fastSigmoid(x[j] + y[j]);
      const float f = fastSigmoid(x[size + j] + y[size + j]);
      const float g = fastTanh(x[2 * size + j] + y[2 * size + j]);
      const float o = fastSigmoid(x[3 * size + j] + y[3 * size + j]);
      const float next = f * c[j] + i * g;
      a[j] = i;
      a[size + j] = f;
      a[2 * size + j] = g;
      a[3 * size + j] = o;
      cNext[j] = next;
      h[j] = o * fastTanh(next);
    }
  }
}

struct LstmBackward {
  const float* dh;
  const float* dcNext;
  const float* c;
  const float* cNext;
  const float* activations;
  float* dGates;
  float* dc;
};

CAPGRID_VECTORISED void lstmGradRows(const LstmBackward& t, std::int64_t size, std::int64_t begin,
                                     std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* a = t.activations + row * 4 * size;
    const float* c = t.c + row * size;
    const float* cNext = t.cNext + row * size;
    const float* dh = t.dh + row * size;
    const float* dcNext = t.dcNext + row * size;
    float* dGates = t.dGates + row * 4 * size;
    float* dc = t.dc + row * size;
#pragma omp simd
    for (std::int64_t j = 0; j < size; ++j) {
      const float i = a[j];
      const float f = a[size + j];
      const float g = a[2 * size + j];
      const float o = a[3 * size + j];
      const float squashed = fastTanh(cNext[j]);
      const float total = dcNext[j] + dh[j] * o * (1 - squashed * squashed);
      dGates[j] = total * g * i * (1 - i);
      dGates[size + j] = total * c[j] * f * (1 - f);
      dGates[2 * size + j] = total * i * (1 - g * g);
      dGates[3 * size + j] = dh[j] * squashed * o * (1 - o);
      dc[j] = total * f;
    }
  }
}

// lstmCell(inputGates [R, 4H], hiddenGates [R, 4H], c [R, H]) -> h, cNext, activations
void lstmCell(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("LstmCell");
  const Tensor c = floatInput(engine, info, 2, "c", {-1, -1});
  const std::int64_t rows = c.size(0);
  const std::int64_t size = c.size(1);
  const Tensor inputGates = floatInput(engine, info, 0, "inputGates", {rows, 4 * size});
  const Tensor hiddenGates = floatInput(engine, info, 1, "hiddenGates", {rows, 4 * size});
  if (c.is_cuda()) {
    auto [h, cNext, activations] = at::_thnn_fused_lstm_cell(inputGates, hiddenGates, c);
    engine.give(h);
    engine.give(cNext);
    engine.give(activations.view({rows, 4 * size}));
    return;
  }
  const Tensor h = at::empty_like(c);
  const Tensor cNext = at::empty_like(c);
  const Tensor activations = at::empty_like(inputGates);
  const LstmForward t{inputGates.data_ptr<float>(), hiddenGates.data_ptr<float>(),
                      c.data_ptr<float>(),          h.data_ptr<float>(),
                      cNext.data_ptr<float>(),      activations.data_ptr<float>()};
  at::parallel_for(0, rows, grainFor(4 * size), [&](std::int64_t begin, std::int64_t end) {
    lstmRows(t, size, begin, end);
  });
  engine.give(h);
  engine.give(cNext);
  engine.give(activations);
}

// lstmCellGrad(dh, dcNext, c, cNext, activations) -> dGates [R, 4H], dc [R, H]
void lstmCellGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("LstmCellGrad");
  const Tensor c = floatInput(engine, info, 2, "c", {-1, -1});
  const std::int64_t rows = c.size(0);
  const std::int64_t size = c.size(1);
  const Tensor dh = floatInput(engine, info, 0, "dh", {rows, size});
  const Tensor dcNext = floatInput(engine, info, 1, "dcNext", {rows, size});
  const Tensor cNext = floatInput(engine, info, 3, "cNext", {rows, size});
  const Tensor activations = floatInput(engine, info, 4, "activations", {rows, 4 * size});
  if (c.is_cuda()) {
    auto [dGates, dc, bias] =
        at::_thnn_fused_lstm_cell_backward_impl(dh, dcNext, c, cNext, activations, false);
    engine.give(dGates.view({rows, 4 * size}));
    engine.give(dc);
    return;
  }
  const Tensor dGates = at::empty_like(activations);
  const Tensor dc = at::empty_like(c);
  const LstmBackward t{dh.data_ptr<float>(),          dcNext.data_ptr<float>(),
                       c.data_ptr<float>(),           cNext.data_ptr<float>(),
                       activations.data_ptr<float>(), dGates.data_ptr<float>(),
                       dc.data_ptr<float>()};
  at::parallel_for(0, rows, grainFor(4 * size), [&](std::int64_t begin, std::int64_t end) {
    lstmGradRows(t, size, begin, end);
  });
  engine.give(dGates);
  engine.give(dc);
}

CAPGRID_VECTORISED void gruRows(const float* inputGates, const float* hiddenGates, const float* hidden,
                                float* next, float* workspace, std::int64_t size, std::int64_t begin,
                                std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* x = inputGates + row * 3 * size;
    const float* y = hiddenGates + row * 3 * size;
    const float* h = hidden + row * size;
    float* w = workspace + row * 5 * size;
    float* out = next + row * size;
#pragma omp simd
    for (std::int64_t j = 0; j < size; ++j) {
      const float r = fastSigmoid(x[j] + y[j]);
      const float z = fastSigmoid(x[size + j] + y[size + j]);
      const float n = fastTanh(x[2 * size + j] + r * y[2 * size + j]);
      out[j] = n + z * (h[j] - n);
      w[j] = r;
      w[size + j] = z;
      w[2 * size + j] = n;
      w[3 * size + j] = h[j];
      w[4 * size + j] = y[2 * size + j];
    }
  }
}

CAPGRID_VECTORISED void gruGradRows(const float* gradient, const float* workspace, float* dInput,
                                    float* dHidden, float* dh, std::int64_t size, std::int64_t begin,
                                    std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* dy = gradient + row * size;
    const float* w = workspace + row * 5 * size;
    float* dx = dInput + row * 3 * size;
    float* du = dHidden + row * 3 * size;
    float* dhRow = dh + row * size;
#pragma omp simd
    for (std::int64_t j = 0; j < size; ++j) {
      const float r = w[j];
      const float z = w[size + j];
      const float n = w[2 * size + j];
      const float h = w[3 * size + j];
      const float hiddenNew = w[4 * size + j];
      const float dn = dy[j] * (1 - z) * (1 - n * n);
      const float dz = dy[j] * (h - n) * z * (1 - z);
      const float dr = dn * hiddenNew * r * (1 - r);
      dx[j] = dr;
      dx[size + j] = dz;
      dx[2 * size + j] = dn;
      du[j] = dr;
      du[size + j] = dz;
      du[2 * size + j] = dn * r;
      dhRow[j] = dy[j] * z;
    }
  }
}

// gruCell(inputGates [R, 3H], hiddenGates [R, 3H], h [R, H]) -> hNext, workspace [R, 5H]
void gruCell(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("GruCell");
  const Tensor h = floatInput(engine, info, 2, "h", {-1, -1});
  const std::int64_t rows = h.size(0);
  const std::int64_t size = h.size(1);
  const Tensor inputGates = floatInput(engine, info, 0, "inputGates", {rows, 3 * size});
  const Tensor hiddenGates = floatInput(engine, info, 1, "hiddenGates", {rows, 3 * size});
  if (h.is_cuda()) {
    auto [next, workspace] = at::_thnn_fused_gru_cell(inputGates, hiddenGates, h);
    engine.give(next);
    engine.give(workspace.view({rows, 5 * size}));
    return;
  }
  const Tensor next = at::empty_like(h);
  const Tensor workspace = at::empty({rows, 5 * size}, h.options());
  at::parallel_for(0, rows, grainFor(3 * size), [&](std::int64_t begin, std::int64_t end) {
    gruRows(inputGates.data_ptr<float>(), hiddenGates.data_ptr<float>(), h.data_ptr<float>(),
            next.data_ptr<float>(), workspace.data_ptr<float>(), size, begin, end);
  });
  engine.give(next);
  engine.give(workspace);
}

// gruCellGrad(dhNext, workspace) -> dInputGates, dHiddenGates, dh
void gruCellGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("GruCellGrad");
  const Tensor dhNext = floatInput(engine, info, 0, "dhNext", {-1, -1});
  const std::int64_t rows = dhNext.size(0);
  const std::int64_t size = dhNext.size(1);
  const Tensor workspace = floatInput(engine, info, 1, "workspace", {rows, 5 * size});
  if (dhNext.is_cuda()) {
    auto [dInput, dHidden, dh, inputBias, hiddenBias] =
        at::_thnn_fused_gru_cell_backward(dhNext, workspace, false);
    engine.give(dInput.view({rows, 3 * size}));
    engine.give(dHidden.view({rows, 3 * size}));
    engine.give(dh);
    return;
  }
  const Tensor dInput = at::empty({rows, 3 * size}, dhNext.options());
  const Tensor dHidden = at::empty_like(dInput);
  const Tensor dh = at::empty_like(dhNext);
  at::parallel_for(0, rows, grainFor(3 * size), [&](std::int64_t begin, std::int64_t end) {
    gruGradRows(dhNext.data_ptr<float>(), workspace.data_ptr<float>(), dInput.data_ptr<float>(),
                dHidden.data_ptr<float>(), dh.data_ptr<float>(), size, begin, end);
  });
  engine.give(dInput);
  engine.give(dHidden);
  engine.give(dh);
}

}  // namespace

Methods recurrentMethods() {
  return {{"lstmCell", lstmCell},
          {"lstmCellGrad", lstmCellGrad},
          {"gruCell", gruCell},
          {"gruCellGrad", gruCellGrad}};
}

}  // namespace capgrid
