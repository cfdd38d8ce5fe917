import { readChecked, runUntilStopped } from '#apps/state-node';
import { AnchorConfig, startAnchor } from './anchor.ts';

await runUntilStopped('node apps/federation/anchor-main.ts <node.json>', (file) =>
  startAnchor(readChecked(file, AnchorConfig)),
);
