import { readChecked, refuseMovedTime, runUntilStopped } from '#apps/state-node';
import { followTime } from '#kernel/moved-time';
import { AnchorConfig, startAnchor } from './anchor.ts';

await runUntilStopped('node apps/federation/anchor-main.ts <node.json>', async (file) => {
  const config = readChecked(file, AnchorConfig);
  refuseMovedTime({ ...config, anchorId: config.publicUrl, isMadeUp: true });
  if (config.movedTime) followTime(config.movedTime.file);
  return startAnchor(config);
});
