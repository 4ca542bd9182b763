/** A list of 32-bit integers that grows: 4 bytes an entry, where an array of numbers takes 8. */

export interface Int32List {
  /** Valid up to `length`; replaced when the list grows. */
  values: Int32Array;
  length: number;
}

export function createInt32List(capacity = 1024): Int32List {
  return { values: new Int32Array(capacity), length: 0 };
}

export function pushInt32(list: Int32List, value: number): void {
  if (list.length === list.values.length) {
    const grown = new Int32Array(Math.ceil(list.length * 1.5));
    grown.set(list.values);
    list.values = grown;
  }
  list.values[list.length] = value;
  list.length += 1;
}
