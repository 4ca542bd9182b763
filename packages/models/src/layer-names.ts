/** What the weights of layers are called by. */
export function layerNames({ layers }: { readonly layers: number }): string[] {
  return Array.from({ length: layers }, (_, layer) => `layers.${layer}`);
}
