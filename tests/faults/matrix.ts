/** A fault, what it does, and the test that proves it. The table in docs/operations.md is drawn from this list. */
export type Fault = {
  id: string;
  fault: string;
  /** Where it happens. */
  side: string;
  /** What is done. */
  done: string;
  /** What the person or the asking program sees, and what holds. */
  outcome: string;
  /** What brings it back. */
  recovery: string;
  /** The file that runs the test, and its title where that is not made from this row. `writtenIn`: where else its text is. */
  proof: { file: string; test?: string; writtenIn?: string };
  /** What a machine must have for the test to run there. */
  needs?: 'PostgreSQL' | 'PostgreSQL programs' | 'mount';
};

const nodes = 'tests/faults/exchange.test.ts';
const server = 'tests/faults/postgres.test.ts';
const states = 'modules/exchange/test/exchange.test.ts';
const documents = 'modules/exchange/test/documents.test.ts';
const telling = 'modules/events/test/events.test.ts';
const stamping = 'tests/conformance/time-stamps/time-stamps.test.ts';
const casework = 'tests/faults/cases.test.ts';
const again = 'the office asks the same question again';

export const faults: readonly Fault[] = [
  {
    id: 'kill-any',
    fault: 'kill -9',
    side: 'both',
    done: 'at 8 random moments of 50 exchanges, some while the node starts',
    outcome: 'every question is answered; no acknowledged entry is lost or double',
    recovery: `a restart; ${again}`,
    proof: { file: nodes },
  },
  ...(
    [
      ['asking', 'unwritten', 'before the question is written', 'nothing happened'],
      ['asking', 'on-its-way', 'while the question is on its way', 'the answer is fetched, and counted once'],
      ['asking', 'answer-on-its-way', 'while the answer is on its way', 'the same answer comes again, counted once'],
      ['asking', 'answer-unwritten', 'before the answer is written', 'the same answer comes again, counted once'],
      [
        'asking',
        'answer-written',
        'after the answer is written, before it is told',
        'the answer stands, with its entries',
      ],
      ['holding', 'unread', 'before the question is judged', 'nothing happened'],
      ['holding', 'uncommitted', 'after the use is written, before the commit', 'the use is undone, then counted once'],
      ['holding', 'committed', 'after the commit, before the answer leaves', 'the kept answer is given, counted once'],
      ['holding', 'answered', 'while the answer is on its way', 'the kept answer is given, counted once'],
    ] as const
  ).map(([side, id, done, outcome]) => ({
    id: `kill-${id}`,
    fault: 'kill -9',
    side,
    done,
    outcome,
    recovery: `a restart; ${again}`,
    proof: { file: nodes },
  })),
  ...(
    [
      ['holding', 'log-numbered', 'entries of the log are numbered, before their tiles are written'],
      ['holding', 'log-tiled', 'the tiles of the log are written, before its checkpoint is kept'],
      ['asking', 'log-witnessed', 'as a witness, what is cosigned is kept, before the cosignature leaves'],
    ] as const
  ).map(([side, id, done]) => ({
    id: `kill-${id}`,
    fault: 'kill -9',
    side,
    done,
    outcome: 'no entry is lost or double, no other history is signed, and the checkpoint is cosigned',
    recovery: 'by itself, after a restart',
    proof: { file: nodes },
  })),
  {
    id: 'kill-integrator',
    fault: 'kill -9',
    side: 'both',
    done: 'of a node of several processes, the one that grows the log, under load; then it stands still',
    outcome:
      'another takes over within two seconds of its end; nothing is lost or double, every checkpoint shown is a beginning of the last',
    recovery: 'by itself',
    proof: {
      file: 'tests/workers/workers.test.ts',
      test: 'goes on when the process that grows the log is killed under load, or stands still: nothing is lost or double',
    },
    needs: 'PostgreSQL',
  },
  ...(
    [
      [
        'case-unsent',
        'an application is sent, before the commit',
        'it is the draft that it was, with its paid fee; sent again, it is sent once',
        'a restart; the person sends it again',
      ],
      [
        'case-sent',
        'an application is sent, after the commit, before the person hears',
        'it is sent and decided once, with one entry, fee, document and notice each; sent again, the person is told so',
        'a restart',
      ],
      [
        'case-told',
        'the person is told of it, before the queue knows',
        'one message in the mailbox, one e-mail',
        'by itself, within two minutes of a restart',
      ],
      [
        'decision-unmade',
        'an officer decides, before the commit',
        'the case is where it was, nobody is told; decided again, it is decided once',
        'a restart; the officer decides again',
      ],
      [
        'decision-made',
        'an officer decides, after the commit, before the officer hears',
        'one decision, with one document, credential and notice; decided again, the officer is refused',
        'a restart',
      ],
      [
        'credential-made',
        'between the credential of a decision and its document',
        'one credential, and the document with it inside',
        'by itself, within two minutes of a restart',
      ],
      [
        'document-kept',
        'the document of a decision is kept, before the queue knows',
        'one document',
        'by itself, within two minutes of a restart',
      ],
      [
        'refund-ordered',
        'a refund is ordered, before the provider is asked',
        'one refund at the provider, one entry and one notice; ordered again, the officer is refused',
        'a restart',
      ],
      [
        'refund-given',
        'the provider has given a refund, before it is written',
        'the provider is asked under the same key: one refund, one entry, one notice',
        'by itself, within two minutes of a restart',
      ],
      [
        'refund-written',
        'a refund is written, before the queue knows',
        'one refund, one entry, one notice',
        'by itself, within two minutes of a restart',
      ],
      [
        'source-back',
        'a source is seen to be back, before whoever waits for it is told',
        'the next look tells them, once',
        'by itself, within an hour of a restart',
      ],
      [
        'letter-unwritten',
        'the letter to a partner state is written, before the commit',
        'the partner sees the case as it stands, by one letter',
        'a restart',
      ],
      [
        'letter-waiting',
        'the letter is written, before it leaves',
        'the partner sees the case as it stands, by one letter',
        'a restart',
      ],
      [
        'letter-unnoted',
        'the partner has the letter, before its receipt is written',
        'the same letter again gets the same receipt, and counts once',
        'by itself, within two minutes of a restart',
      ],
    ] as const
  ).map(([id, done, outcome, recovery]) => ({
    id,
    fault: 'kill -9',
    side: 'deciding',
    done,
    outcome,
    recovery,
    proof: { file: casework },
  })),
  {
    id: 'postgres-restarted',
    fault: 'PostgreSQL restarted',
    side: 'both',
    done: 'crashed and started with questions under way',
    outcome:
      '`database-unavailable` (503, to come again) or `answer-invalid` until it is back; both nodes stay up, nothing is lost or double',
    recovery: `by itself; ${again}`,
    proof: { file: server },
    needs: 'PostgreSQL programs',
  },
  ...(
    [
      ['database-full', 'holding', '`answer-invalid`: the holder’s failure, unsigned; what was acknowledged stands'],
      ['database-full-asking', 'asking', '`internal-error`: nothing is asked, or used; what was acknowledged stands'],
    ] as const
  ).map(([id, side, outcome]) => ({
    id,
    fault: 'disk full',
    side,
    done: 'no space for the database',
    outcome,
    recovery: `space; ${again}`,
    proof: { file: server },
    needs: 'mount' as const,
  })),
  ...(
    [
      ['tiles-full', 'holding'],
      ['tiles-full-asking', 'asking'],
    ] as const
  ).map(([id, side]) => ({
    id,
    fault: 'disk full',
    side,
    done: 'no space for the tiles of the log',
    outcome: 'questions are answered; entries are durable and wait, which health and metrics show',
    recovery: 'space: the log catches up by itself',
    proof: { file: nodes },
    needs: 'mount' as const,
  })),
  ...(['asking', 'holding'] as const).flatMap((side) =>
    ([10, -10] as const).map((minutes) => ({
      id: `clock-${side}${minutes}`,
      fault: `clock ${minutes > 0 ? '+' : '−'}10 min`,
      side,
      done: 'the clock jumps while the node runs, and is set right',
      outcome: '`question-expired` or `answer-invalid`, nothing is used; the doctor names the clock',
      recovery: `the right time; ${again}`,
      proof: { file: nodes },
    })),
  ),
  {
    id: 'anchor-down',
    fault: 'anchor down',
    side: 'both',
    done: 'for 20 hours',
    outcome: 'questions are answered on the chains at hand; health says that they are stale',
    recovery: 'by itself, when the anchor is back',
    proof: { file: nodes },
  },
  {
    id: 'chain-expired',
    fault: 'trust chain expired',
    side: 'both',
    done: 'the anchor is down for longer than chains live, a day',
    outcome: '`entity-unreachable`, nothing is given',
    recovery: `by itself, when the anchor is back; ${again}`,
    proof: { file: nodes },
  },
  {
    id: 'chain-expired-restart',
    fault: 'trust chain expired',
    side: 'either',
    done: 'the node is restarted meanwhile',
    outcome: 'a kept chain is used, marked stale, until it expires, and then refused',
    recovery: 'by itself, when the anchor is back',
    proof: {
      file: 'modules/federation/test/federation.test.ts',
      test: 'a chain is used, marked stale, until it expires, also after a restart, and then refused',
    },
  },
  {
    id: 'key-asking',
    fault: 'key rolled',
    side: 'asking',
    done: 'the office has a new key while its question is on its way',
    outcome: 'the consent, bound to the old key, gives nothing any more; the person is asked again',
    recovery: 'a new consent',
    proof: { file: nodes },
  },
  {
    id: 'key-holding',
    fault: 'key rolled',
    side: 'holding',
    done: 'the office has a new key while a question is on its way',
    outcome: 'the answer is signed with the new key, looked up at once, and counts once',
    recovery: `by itself; ${again}`,
    proof: { file: nodes },
  },
  {
    id: 'key-state',
    fault: 'key rolled',
    side: 'either',
    done: 'the state changes its own key',
    outcome: 'chains hold without a gap; the former key stays readable',
    recovery: 'none needed',
    proof: {
      file: 'modules/federation/test/federation.test.ts',
      test: 'a state changes its key without a gap, and its former key stays readable with its end',
    },
  },
  {
    id: 'peer-slow',
    fault: 'peer slow',
    side: 'holding',
    done: 'the answer takes 4 seconds',
    outcome: 'the question is answered',
    recovery: 'none needed',
    proof: { file: nodes },
  },
  {
    id: 'peer-silent',
    fault: 'peer silent',
    side: 'holding',
    done: 'the question arrives and nothing comes back',
    outcome: '`peer-timeout` after 10 seconds; asked again, the same answer comes and counts once',
    recovery: again,
    proof: { file: nodes },
  },
  {
    id: 'peer-away',
    fault: 'peer away',
    side: 'holding',
    done: 'nobody listens',
    outcome: '`peer-unreachable`; asked again, answered',
    recovery: again,
    proof: { file: states, test: 'is told plainly when the other node is away' },
  },
  {
    id: 'peer-cut',
    fault: 'connection cut',
    side: 'network',
    done: 'after the question has arrived',
    outcome: 'sent again with the same bytes, answered, counted once',
    recovery: 'by itself',
    proof: { file: nodes },
  },
  {
    id: 'peer-lying',
    fault: 'peer lying',
    side: 'holding',
    done: 'one byte of an answer is changed',
    outcome: '`answer-invalid`, nothing is used; the true answer counts once',
    recovery: again,
    proof: { file: nodes },
  },
  {
    id: 'peer-lying-parts',
    fault: 'peer lying',
    side: 'holding',
    done: 'each covered part of an answer in turn',
    outcome: '`answer-invalid`, with the part that does not hold',
    recovery: again,
    proof: { file: states, test: 'refuses an answer of which any covered part was changed' },
  },
  {
    id: 'peer-lying-refusal',
    fault: 'peer lying',
    side: 'network',
    done: 'a refusal that nobody signed',
    outcome: '`answer-invalid`: the question stays open',
    recovery: again,
    proof: { file: states, test: 'refuses an unsigned refusal: anybody on the way could have made it' },
  },
  {
    id: 'peer-replaying-answer',
    fault: 'peer replaying',
    side: 'holding',
    done: 'an answer to an earlier question is given again',
    outcome: '`answer-invalid`, nothing is used; the true answer counts once',
    recovery: again,
    proof: { file: nodes },
  },
  {
    id: 'peer-replaying-question',
    fault: 'peer replaying',
    side: 'asking',
    done: 'the same question arrives five times at once',
    outcome: 'the same answer each time, counted once',
    recovery: 'none needed',
    proof: { file: nodes },
  },
  {
    id: 'peer-replaying-nonce',
    fault: 'peer replaying',
    side: 'asking',
    done: 'other content under an id or a nonce that served',
    outcome: '`question-replayed`, nothing is given',
    recovery: 'none needed',
    proof: { file: states, test: 'a nonce is good for one question' },
  },
  {
    id: 'peer-forking',
    fault: 'peer forking',
    side: 'either',
    done: 'its log signs two histories',
    outcome: 'it gets no answer, nothing is counted, and it is not asked',
    recovery: '[answer a breach](how-to/answer-a-breach.md)',
    proof: {
      file: 'modules/exchange/test/logs.test.ts',
      test: 'gets no answer, and nothing is counted against the consent',
    },
  },
  {
    id: 'peer-rewinding',
    fault: 'peer forking',
    side: 'either',
    done: 'its log loses entries, as after an old backup',
    outcome: 'its next checkpoint is refused, and it is not trusted until the entries are back',
    recovery: 'the lost entries',
    proof: {
      file: 'modules/ledger/test/breaches.test.ts',
      test: 'is refused at its first checkpoint, found out by its own mouth, and not trusted until it is back',
    },
  },
  {
    id: 'backup-restored',
    fault: 'old backup',
    side: 'either',
    done: 'the database of a node is put back from a backup',
    outcome:
      'its log signs nothing in the place of what it lost: its tiles are looked into, and the witnesses asked, first',
    recovery: 'the newest database',
    proof: {
      file: 'modules/ledger/test/put-back.test.ts',
      test: 'on a new disk the witnesses say so, and their word alone keeps a log from a second history',
    },
  },
  {
    id: 'witness-down',
    fault: 'witness down',
    side: 'either',
    done: 'another state does not cosign',
    outcome: 'entries are durable; proofs stay on the last cosigned checkpoint',
    recovery: 'by itself, when it is back',
    proof: {
      file: 'modules/ledger/test/witness.test.ts',
      test: 'an unreachable witness is passed over, the proof stays on the last cosigned checkpoint, and it is asked again',
    },
  },
  {
    id: 'witness-slow',
    fault: 'witness slow',
    side: 'either',
    done: 'another state takes its time to cosign',
    outcome: 'neither an append waits nor the checkpoint over it',
    recovery: 'none needed',
    proof: {
      file: 'modules/ledger/test/witness.test.ts',
      test: 'a witness that takes its time holds neither an append nor the checkpoint over it',
    },
  },
  {
    id: 'authority-down',
    fault: 'time-stamping authority down',
    side: 'either',
    done: 'it is silent',
    outcome: 'nothing waits: entries are appended, published and proved',
    recovery: 'by itself: the next stamp covers them',
    proof: {
      file: stamping,
      test: 'that is silent holds nothing: entries are appended, published and proved, and a later stamp covers them',
    },
  },
  {
    id: 'authority-limit',
    fault: 'time-stamping authority down',
    side: 'holding',
    done: 'longer than a class of evidence allows',
    outcome: '`stamp-overdue` for that class, before a registry is read; the others go on',
    recovery: `one stamp; ${again}`,
    proof: {
      file: 'tests/proofs/assurance.test.ts',
      test: 'is given while the authority is away, until the oldest entry has waited too long; then it is refused and the others go on',
    },
  },
  {
    id: 'document-cut',
    fault: 'connection cut',
    side: 'holding',
    done: 'a registry breaks off in the middle of a document',
    outcome: 'the document is broken off at the asker too, and the person sees that it was',
    recovery: 'the office fetches it again',
    proof: {
      file: documents,
      test: 'a store that breaks off midway breaks the document off, and the person sees that it did',
    },
  },
  {
    id: 'document-changed',
    fault: 'peer lying',
    side: 'network',
    done: 'a byte of a document is changed between the nodes',
    outcome: 'its last bytes are not given',
    recovery: 'the office fetches it again',
    proof: { file: documents, test: 'a byte changed between the nodes is found by the asking one' },
  },
  {
    id: 'event-subscriber-down',
    fault: 'peer away',
    side: 'subscribed',
    done: 'whoever hears of events is down',
    outcome: 'it gets everything in order when it is back; others are not kept waiting',
    recovery: 'by itself',
    proof: {
      file: telling,
      test: 'a subscriber that is down gets everything in order when it is back, and others are not kept waiting',
    },
  },
  {
    id: 'event-unheard',
    fault: 'connection cut',
    side: 'subscribed',
    done: 'the acknowledgement of an event is lost',
    outcome: 'the event comes again, with one effect',
    recovery: 'by itself',
    proof: { file: telling, test: 'an acknowledgement that got lost brings the event again, with one effect' },
  },
  {
    id: 'event-sender-dies',
    fault: 'process ends',
    side: 'announcing',
    done: 'while it sends an event',
    outcome: 'another, or the next, sends it',
    recovery: 'by itself, within a minute',
    proof: { file: telling, test: 'a process that dies while it sends lets go of the event after a minute' },
  },
  {
    id: 'registry-down',
    fault: 'registry down',
    side: 'holding',
    done: 'no answer, no record, or one that does not fit',
    outcome: 'a code that names the registry’s side; nothing is given or counted',
    recovery: again,
    proof: { file: states, test: 'when the registry has no record, holds one that does not fit, or is down' },
  },
  {
    id: 'registry-back',
    fault: 'registry down',
    side: 'holding',
    done: 'a service is away, its document included, and comes back',
    outcome: 'refused, then answered',
    recovery: 'by itself',
    proof: {
      file: 'modules/exchange/test/openapi.test.ts',
      test: 'is there again after an outage, its document included',
    },
  },
  {
    id: 'registry-slow',
    fault: 'registry slow',
    side: 'holding',
    done: 'it takes longer than three seconds',
    outcome: 'refused after three seconds',
    recovery: again,
    proof: {
      file: 'modules/exchange/test/openapi.test.ts',
      test: 'waits three seconds for a slow service and no longer',
    },
  },
  {
    id: 'registry-drift',
    fault: 'registry returns the wrong schema',
    side: 'holding',
    done: 'a field is gone, of another type, or of an unknown value',
    outcome: 'nothing is given; the operator reads registry, evidence type and field, never the value',
    recovery: 'the registry or its map, without a restart',
    proof: {
      file: 'modules/exchange/test/openapi.test.ts',
      test: 'reports drift with registry, evidence type and field, and never the value',
    },
  },
  {
    id: 'consent-withdrawn',
    fault: 'consent withdrawn',
    side: 'holding',
    done: 'between question and repeat',
    outcome: 'the next question is refused, and the repeat of an answered one',
    recovery: 'a new consent',
    proof: { file: states, test: 'withdrawn stops the next question, and the repeat of an answered one' },
  },
  {
    id: 'malformed',
    fault: '10,000 malformed requests',
    side: 'either',
    done: 'fuzzed from the OpenAPI descriptions and the pages, as strangers, persons, officers, systems and operator',
    outcome: 'never a 5xx, always a code, no echo; nothing is given, the nodes stay healthy',
    recovery: 'none needed',
    proof: {
      file: 'tests/access/access.test.ts',
      writtenIn: 'tests/access/fuzz.ts',
      test: 'malformed requests, made from the descriptions: nothing breaks, nothing is given',
    },
  },
];

export function titleOf({ fault, side, done, outcome, proof }: Fault): string {
  return proof.test ?? `${fault} (${side}; ${done}): ${outcome}`;
}
