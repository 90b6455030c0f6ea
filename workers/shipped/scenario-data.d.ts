/** What vite.config.ts makes of an import with `?scenario`. */
declare module '*?scenario' {
  import type { Scenario } from '../../core/tasks/driving/scenario/format/schema.ts';

  const scenario: Scenario;
  export default scenario;
}
