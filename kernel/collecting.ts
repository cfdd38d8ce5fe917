import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Has short-lived buffers freed while long streams pass: call it with the bytes that have passed. Buffers lie outside of V8's
 * heap, and V8 looks at them only when 64 MB have gathered; then it walks the whole heap, which for a node is a tenth of a
 * second each time. A scavenge of the young ones, every few megabytes, costs about a millisecond and frees the same.
 */
export function createCollecting(everyBytes = 8_388_608): (bytes: number) => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  // An engine without it does its own accounts: then this is nothing but what it always did.
  if (typeof collect !== 'function') return () => undefined;
  let passed = 0;
  return (bytes) => {
    passed += bytes;
    if (passed < everyBytes) return;
    passed = 0;
    collect({ type: 'minor' });
  };
}
