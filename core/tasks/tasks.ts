/** Everything there is to learn, a line a task. */
import type { Task } from '../task/task.ts';
import { DRIVING } from './driving-task.ts';

const TASKS: readonly Task[] = [DRIVING as unknown as Task];

/** Throws RangeError for a name that is none. */
export function taskOf(id: string): Task {
  const task = TASKS.find((one) => one.id === id);
  if (!task) throw new RangeError(`There is no task "${id}"; there are ${TASKS.map((one) => one.id).join(', ')}.`);
  return task;
}
