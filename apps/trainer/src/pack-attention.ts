/** What decoding returns of attention, as it lies in the predictions file. */
import { packAttention, type AttentionMaps, type TrainingSpec } from '@capgrid/contracts';

/** `regions`: of one image, as the decoder sees them. */
export function attentionPacker(
  { encoder, model }: TrainingSpec,
  regions: number,
): (attention: readonly Float32Array[] | null) => AttentionMaps | null {
  // Images are stretched to a square, and so is the feature map; a detector's boxes lie anywhere.
  const side = encoder.kind === 'features' ? Number.NaN : Math.sqrt(regions);
  const grid: AttentionMaps['grid'] = Number.isInteger(side) ? { rows: side, columns: side } : null;
  const hasSentinel = model.decoder === 'adaptive' && model.sentinel;
  return (attention) => {
    const [first] = attention ?? [];
    if (attention === null || first === undefined) return null;
    const hasGlobal = first.length - regions > (hasSentinel ? 1 : 0);
    return {
      grid,
      regions,
      beside: [
        ...(hasGlobal ? (['global'] as const) : []),
        ...(hasSentinel ? (['sentinel'] as const) : []),
      ],
      words: attention.map(packAttention),
    };
  };
}
