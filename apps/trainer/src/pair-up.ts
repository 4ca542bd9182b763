/** Two lists of one length, item by item. */
export function pairUp<A, B>(left: readonly A[], right: readonly B[]): [A, B][] {
  if (left.length !== right.length) {
    throw new RangeError(`${left.length} items cannot be paired with ${right.length}`);
  }
  const others = right.values();
  return left.map((item): [A, B] => {
    const { value, done } = others.next();
    if (done === true) throw new RangeError('the list became shorter meanwhile');
    return [item, value];
  });
}
