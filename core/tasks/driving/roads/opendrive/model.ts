/**
 * A road network as ASAM OpenDRIVE 1.4 to 1.8 describes it, typed and checked: what `parseOpenDrive` reads from a file and
 * what named pieces build. SI units, radians, right-handed; `s` runs along a road's reference line, `t` to its left.
 * Lane ids: 1, 2, … outwards on the left, −1, −2, … on the right; 0 is the lane reference line, without width.
 */

/** a + b·d + c·d² + d·d³ from `s` on, d = distance past `s`. */
export interface Cubic {
  readonly s: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export type CurveShape =
  | { readonly kind: 'line' }
  | { readonly kind: 'arc'; readonly curvature: number }
  /** Curvature grows linearly with arc length (Euler spiral, clothoid). */
  | { readonly kind: 'spiral'; readonly curvStart: number; readonly curvEnd: number }
  /** v(u) = a + b·u + c·u² + d·u³ in the local frame; u is found from the arc length. */
  | { readonly kind: 'poly3'; readonly v: readonly [number, number, number, number] }
  /** u(p), v(p) in the local frame; p = distance (`arcLength`) or distance / length (`normalized`). */
  | {
      readonly kind: 'paramPoly3';
      readonly u: readonly [number, number, number, number];
      readonly v: readonly [number, number, number, number];
      readonly normalized: boolean;
    };

/** One stretch of a reference line. */
export interface Geometry {
  readonly s: number;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly length: number;
  readonly shape: CurveShape;
}

export type ContactPoint = 'start' | 'end';
export interface RoadLink {
  readonly type: 'road' | 'junction';
  readonly id: string;
  /** Which end of the other road; undefined for a junction. */
  readonly contact?: ContactPoint;
}

export interface RoadMark {
  /** From where, past the section's start. */
  readonly s: number;
  /** "solid", "broken", "solid solid", … */
  readonly type: string;
  /** Towards which lane ids the mark may be crossed. */
  readonly laneChange: 'both' | 'increase' | 'decrease' | 'none';
  /** As the file says them; "standard" is white. Width in m, left out where the file gives none. */
  readonly color?: string;
  readonly width?: number;
  readonly bold?: boolean;
  /** The lines the mark consists of, where the file spells them out. */
  readonly lines?: readonly MarkLine[];
}

/** One painted line of a mark: `length` then `space`, repeated; space 0 = one line throughout. */
export interface MarkLine {
  readonly length: number;
  readonly space: number;
  /** From the lane's edge, left +, and past the mark's start. */
  readonly tOffset: number;
  readonly sOffset: number;
  readonly width: number | undefined;
}

export interface RoadLane {
  readonly id: number;
  readonly type: string;
  /** Width past the section's start; or, where empty, `borders` give the outer edge's t itself. */
  readonly widths: readonly Cubic[];
  readonly borders: readonly Cubic[];
  readonly predecessors: readonly number[];
  readonly successors: readonly number[];
  /** Marks on the lane's outer edge. */
  readonly marks: readonly RoadMark[];
  readonly speeds: readonly { readonly s: number; readonly mps: number }[];
}

export interface LaneSection {
  readonly s: number;
  /** Lanes 1, 2, … (inside out), lanes −1, −2, … (inside out), and the marks of lane 0. */
  readonly left: readonly RoadLane[];
  readonly right: readonly RoadLane[];
  readonly centre: readonly RoadMark[];
}

interface LaneRange {
  readonly from: number;
  readonly to: number;
}

/** A traffic light or sign; also a reference to one that stands on another road but holds here. */
export interface RoadSignal {
  readonly id: string;
  readonly s: number;
  readonly t: number;
  readonly orientation: '+' | '-' | 'none';
  /** Lanes it holds for; empty: all lanes of its orientation. */
  readonly validity: readonly LaneRange[];
  /** Undefined for a reference. */
  readonly sign?: {
    readonly name: string;
    readonly dynamic: boolean;
    readonly type: string;
    readonly subtype: string;
    readonly country: string;
    readonly value: number | undefined;
  };
}

/** A thing on or beside the road. `corners` are in road coordinates (s, t), in order; empty when the file gives only a box. */
export interface RoadObject {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly s: number;
  readonly t: number;
  /** Relative to the road's heading. */
  readonly headingRad: number;
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Corners in the object's own frame (u forward, v left), or in road coordinates (s, t). */
  readonly outline: readonly { readonly frame: 'local' | 'road'; readonly a: number; readonly b: number }[];
}

export interface Road {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  /** The junction it is a connecting road of. */
  readonly junction: string | undefined;
  readonly leftHandTraffic: boolean;
  readonly predecessor: RoadLink | undefined;
  readonly successor: RoadLink | undefined;
  readonly types: readonly { readonly s: number; readonly type: string; readonly mps: number | undefined }[];
  readonly planView: readonly Geometry[];
  readonly elevation: readonly Cubic[];
  readonly laneOffsets: readonly Cubic[];
  readonly sections: readonly LaneSection[];
  readonly signals: readonly RoadSignal[];
  readonly objects: readonly RoadObject[];
  /** Line in the file; 0 when built in memory. */
  readonly line: number;
}

export interface JunctionConnection {
  readonly incomingRoad: string;
  readonly connectingRoad: string;
  readonly contact: ContactPoint;
  readonly laneLinks: readonly LaneRange[];
}

export interface Junction {
  readonly id: string;
  readonly name: string;
  readonly connections: readonly JunctionConnection[];
  /** Ids of the signal controllers that run it. */
  readonly controllers: readonly string[];
  readonly line: number;
}

/** Signals that switch together. */
export interface Controller {
  readonly id: string;
  readonly name: string;
  readonly sequence: number | undefined;
  readonly signals: readonly string[];
}

/** Something the file has and the lab does not use, counted. */
export interface SkippedElement {
  readonly what: string;
  readonly count: number;
  readonly firstLine: number;
  readonly why: string;
}

export interface OpenDrive {
  readonly source: string;
  readonly version: string;
  readonly name: string;
  readonly roads: ReadonlyMap<string, Road>;
  readonly junctions: ReadonlyMap<string, Junction>;
  readonly controllers: readonly Controller[];
  readonly skipped: readonly SkippedElement[];
}
