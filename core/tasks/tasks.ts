/** Everything there is to learn, a line a task. */
import type { Task } from '../task/task.ts';
import { BLOCKSWORLD } from './blocksworld/task.ts';
import { DRIVING } from './driving-task.ts';

const TASKS: readonly Task[] = [DRIVING, BLOCKSWORLD];

export const TASK_IDS: readonly string[] = TASKS.map(({ id }) => id);

/** Throws RangeError for a name that is none. */
export function taskOf(id: string): Task {
  const task = TASKS.find((one) => one.id === id);
  if (!task) throw new RangeError(`There is no task "${id}"; there are ${TASK_IDS.join(', ')}.`);
  return task;
}
