import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

export type SizeName = 'small' | 'large';
/** The documents of the measurement, in bytes: as a scan of one page is, and as a careless scan of many. */
export const sizes: Record<SizeName, number> = { small: 1_000_000, large: 20_000_000 };

export function makeDocument(name: SizeName): Buffer {
  const block = createHash('sha256').update(name).digest();
  return Buffer.alloc(sizes[name], block);
}

/** `inFlight` readers, who together read `count` documents; `bytesPerSecond` slows each of them down. */
export type Order = { size: SizeName; inFlight: number; count: number; bytesPerSecond?: number };
export type Figures = { ms: number; bytes: number };

export async function drive(order: Order, open: () => Promise<Readable>): Promise<Figures> {
  const startedAt = performance.now();
  let begun = 0;
  let bytes = 0;
  const work = async () => {
    while (begun < order.count) {
      begun += 1;
      const openedAt = performance.now();
      let own = 0;
      for await (const part of await open()) {
        own += (part as Buffer).length;
        const aheadMs = order.bytesPerSecond
          ? (own / order.bytesPerSecond) * 1_000 - (performance.now() - openedAt)
          : 0;
        if (aheadMs > 1) await wait(aheadMs);
      }
      if (own !== sizes[order.size]) throw new Error(`${own} bytes came of a document of ${sizes[order.size]}`);
      bytes += own;
    }
  };
  await Promise.all(Array.from({ length: order.inFlight }, work));
  return { ms: performance.now() - startedAt, bytes };
}
