/**
 * How large an episode may be. Readers of files, links and stored records refuse anything beyond these before they build it;
 * the recorder stays far below them (a 20 s drive is 200 steps, 40 decisions).
 */

/** Longest drive, the longest a scenario may run: 200 s at 10 Hz. */
export const MAX_STEPS = 2000;
/** Longest inline scenario, UTF-8 bytes (an imported 60 s log takes about 20 kB). */
export const MAX_INLINE_BYTES = 200 * 1024;
/** Longest name of an episode, a policy or a breakpoint value, characters. */
export const MAX_NAME = 120;
/** Longest scenario id, characters. */
export const MAX_ID = 64;
/** Token ids lie in [0, MAX_TOKEN_ID]; the vocabulary itself is checked where traces are read. */
export const MAX_TOKEN_ID = 4095;
/** No waypoint lies farther than this from the ego, m (2 s at 100 m/s). */
export const MAX_WAYPOINT = 200;
/** Largest episode file that is parsed, bytes. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** Breakpoints one view carries. */
export const MAX_BREAKPOINTS = 32;
/** The longest recording that is shown, steps: an hour. */
export const MAX_RECORDED_STEPS = 36_000;
/** Base64 characters of one file inside an episode: two of them fit an episode file. */
export const MAX_PACKED_CHARS = 7 * 1024 * 1024;
/** What a file inside an episode may inflate to, bytes. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
