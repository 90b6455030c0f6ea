/** Long lists of scenarios: the options of a <select>, grouped by stage of the curriculum, and the words that find one. */
import { scenarioGroups, type GroupedScenario } from './scenario-groups.ts';

interface Props {
  readonly scenarios: readonly GroupedScenario[];
  /** Put before an id to make an option's value. */
  readonly prefix?: string;
}

export const ScenarioOptions = ({ scenarios, prefix = '' }: Props) =>
  scenarioGroups(scenarios).map(({ label, scenarios: members }) => (
    <optgroup key={label} label={label}>
      {members.map(({ id, title }) => (
        <option key={id} value={prefix + id}>
          {title}
        </option>
      ))}
    </optgroup>
  ));
