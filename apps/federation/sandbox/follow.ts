import { join } from 'node:path';
import { followTime } from '#kernel/moved-time';
import { readFollowedTime } from '../config.ts';

// node --import <jisr>/apps/federation/sandbox/follow.ts app.js: a maker's program lives in the time of the sandbox.
followTime(readFollowedTime(join(import.meta.dirname, '..', '..', '..')));
