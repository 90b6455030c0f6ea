/** A service over a real message channel: what is asked at one end is answered from the other, as between threads. */
import { MessageChannel } from 'node:worker_threads';
import { expose, proxy, transfer, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { afterEach, expect, test } from 'vitest';
import type { Result } from './failure.ts';
import { type Answers, answering, asking, inParts, type Throwing, throwing, transferring } from './service.ts';

interface Desk {
  early(question: string): Promise<Result<string>>;
  late(question: string): Promise<Result<string>>;
  rows(count: number): Promise<Result<{ readonly rows: Float64Array }>>;
  take(bytes: Uint8Array): Promise<number>;
  count(to: number, onStep: (at: number) => void): Promise<Result<number>>;
}
const desk: Answers<Desk> = {
  early: (question) => `early ${question}`,
  late: (question) => `late ${question}`,
  rows: (count) => ({ rows: new Float64Array(count) }),
  take: throwing((bytes) => bytes.length),
  async count(to, onStep) {
    for (let at = 1; at <= to; at++) await onStep(at);
    return to;
  },
};

const ports: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of ports.splice(0)) port1.close();
});
function over(service: Answers<Desk> | Throwing<Desk>): Desk {
  const channel = new MessageChannel();
  ports.push(channel);
  expose(answering<Desk>(service, { transfer }), nodeEndpoint(channel.port1));
  return asking<Desk>(wrap(nodeEndpoint(channel.port2)), { transfer, proxy });
}

test('a handle of the contract’s type asks, gives arguments and takes callbacks', async () => {
  const { early, count } = over(desk);
  expect(await early('?')).toEqual({ ok: true, value: 'early ?' });
  const steps: number[] = [];
  expect(await count(3, (at) => steps.push(at))).toEqual({ ok: true, value: 3 });
  expect(steps).toEqual([1, 2, 3]);
});

test('a part loads with the first question that needs it; questions before it wait, others do not', async () => {
  let loads = 0;
  let arrive = () => {};
  const { early, ...rest } = desk;
  const loading = new Promise<typeof rest>((resolve) => {
    arrive = () => resolve(rest);
  });
  const service = over(
    inParts({ early }, () => {
      loads++;
      return loading;
    }),
  );
  expect(await service.early('1')).toEqual({ ok: true, value: 'early 1' });
  expect(loads).toBe(0);
  const answers: string[] = [];
  const late = ['2', '3'].map(async (question) =>
    answers.push(((await service.late(question)) as { value: string }).value),
  );
  await service.early('4');
  expect([loads, answers]).toEqual([2, []]);
  arrive();
  await Promise.all(late);
  expect(answers).toEqual(['late 2', 'late 3']);
});

test('a part that cannot be loaded is said, and tried again with the next question', async () => {
  let there = false;
  const { early, ...rest } = desk;
  const load = async () => {
    if (!there) throw new Error('The network is down.');
    return rest;
  };
  const service = over(inParts({ early }, load));
  await expect(service.late('1')).rejects.toThrow('The network is down.');
  there = true;
  expect(await service.late('2')).toEqual({ ok: true, value: 'late 2' });
});

test('parts must make up the contract', () => {
  const { early, ...rest } = desk;
  const { late, ...lacking } = rest;
  const whole: Answers<Desk> = inParts({ early }, async () => rest);
  // @ts-expect-error -- `late` is in no part
  const partial: Answers<Desk> = inParts({ early }, async () => lacking);
  expect([whole, partial, late]).toHaveLength(3);
});

test('an error is a failure with its place; where the contract has no result it is thrown', async () => {
  class RowError extends Error {
    readonly where = 'row 17';
  }
  const fail = () => {
    throw new RowError('The row is short.');
  };
  const service = over({ ...desk, early: fail, take: throwing(() => fail()) });
  const failure = { message: 'The row is short.', where: 'row 17', detail: expect.stringContaining('service.test.ts') };
  expect(await service.early('')).toEqual({ ok: false, failure });
  await expect(service.take(new Uint8Array(1))).rejects.toThrow('The row is short.');
});

test('a whole service may throw: its values come as they are', async () => {
  const plain = { ...desk, early: async (question: string) => ({ ok: true, value: question }) };
  expect(await over(throwing(plain) as unknown as Throwing<Desk>).early('bare')).toEqual({ ok: true, value: 'bare' });
});

test('a method that is not there says so, one of every object’s among them', async () => {
  const service = over(desk) as unknown as Record<string, () => Promise<unknown>>;
  await expect(service.fly()).rejects.toThrow('The service has no method "fly".');
  await expect(service.toString()).rejects.toThrow('The service has no method "toString".');
  expect(await Promise.resolve(over(desk))).toBeTypeOf('object');
});

test('marked buffers move: a result’s away from the service, an argument’s away from who asks', async () => {
  const kept = new Float64Array(3);
  const moved = new Float64Array(3);
  let marked = false;
  const service = over({ ...desk, rows: () => (marked ? transferring({ rows: moved }) : { rows: kept }) });
  const rows = { ok: true, value: { rows: new Float64Array(3) } };
  expect(await service.rows(3)).toEqual(rows);
  expect(kept).toHaveLength(3);
  marked = true;
  expect(await service.rows(3)).toEqual(rows);
  expect(moved).toHaveLength(0);

  const bytes = new Uint8Array(5);
  expect(await service.take(bytes)).toBe(5);
  expect(bytes).toHaveLength(5);
  expect(await service.take(transferring(bytes))).toBe(5);
  expect(bytes).toHaveLength(0);
});

test('two views of one buffer move it once', async () => {
  const rows = new Float64Array(4);
  const service = over({ ...desk, rows: () => transferring({ rows, half: rows.subarray(2) }) });
  expect(await service.rows(4)).toMatchObject({ ok: true, value: { rows: new Float64Array(4) } });
  expect(rows).toHaveLength(0);
});
