/** Moving by the stages of a thought, whoever thinks. */
import type { Player } from './player.ts';

/** First word of the next stage or of the one before; from a thought's last stage to the next thought, from its first to the one before. */
export function stageBy(player: Player, by: 1 | -1): void {
  const { decision, token } = player.cursor();
  const starts = player.words().map(({ heading, lines }) => (heading ?? lines[0][0]).index);
  const target = by > 0 ? starts.find((start) => start > token) : starts.findLast((start) => start < token);
  if (target !== undefined) player.wordAt(target);
  else if (by > 0) {
    player.leapBy(1);
    if (player.cursor().decision !== decision) player.wordAt(0);
  } else if (decision > 0) {
    player.wordBy(-1);
    stageBy(player, -1);
  }
}

/** To the end of this thought, where the action is known, or of the next one; backwards to its beginning. */
export function actionBy(player: Player, by: 1 | -1): void {
  const { token } = player.cursor();
  const end = player.words().at(-1)?.end ?? -1;
  if (by > 0 ? token >= end : token === 0) player.wordBy(by);
  player.wordAt(by > 0 ? Number.MAX_SAFE_INTEGER : 0);
}
