/** Ids of the scenarios that come with the lab, in the order in which they are offered. */
export const SCENARIO_IDS = [
  'straight_road',
  's_curve',
  'right_bend',
  'lead_brake',
  'crossing_pedestrian',
  'hidden_pedestrian',
  'signalled_crossing',
  'crossing_lead',
  'highway',
  'highway_lead',
] as const;
export type ScenarioId = (typeof SCENARIO_IDS)[number];
