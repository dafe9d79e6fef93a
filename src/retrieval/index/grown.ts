/** Typed arrays that grow. */

/** The array itself where it is long enough; else a copy of at least that length, the rest of it 0. */
export function grownUint32(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (array.length >= length) return array;
  const grown = new Uint32Array(capacityFor(length));
  grown.set(array);
  return grown;
}

/** See {@link grownUint32}. */
export function grownFloat32(array: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  if (array.length >= length) return array;
  const grown = new Float32Array(capacityFor(length));
  grown.set(array);
  return grown;
}

/** See {@link grownUint32}. */
export function grownUint8(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (array.length >= length) return array;
  const grown = new Uint8Array(capacityFor(length));
  grown.set(array);
  return grown;
}

/** See {@link grownUint32}. */
export function grownUint16(array: Uint16Array<ArrayBuffer>, length: number): Uint16Array<ArrayBuffer> {
  if (array.length >= length) return array;
  const grown = new Uint16Array(capacityFor(length));
  grown.set(array);
  return grown;
}

/** A quarter more than asked for, so that growing item by item copies each item a few times at most. */
const capacityFor = (length: number): number => Math.max(16, Math.ceil(length * 1.25));
