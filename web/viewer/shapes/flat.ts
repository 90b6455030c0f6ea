/**
 * Coloured flat pieces of ground gathered into one mesh, drawn in the order they were added: later ones lie on top, no depth
 * needed. One draw call for a whole road.
 */
import { BufferGeometry, Color, Float32BufferAttribute } from 'three';
import { paint } from '../layer.ts';
import type { Point } from '../road-line.ts';
import type { Rgb } from '../theme.ts';

export class FlatPieces {
  private readonly positions: number[] = [];
  private readonly colors: number[] = [];
  private readonly index: number[] = [];
  private readonly color = new Color();

  /** A strip between two lines of equally many points. */
  strip(left: readonly Point[], right: readonly Point[], color: Rgb): void {
    const first = this.positions.length / 3;
    left.forEach((point, i) => {
      this.vertex(point, color);
      this.vertex(right[i], color);
      if (i === 0) return;
      const row = first + 2 * i;
      this.index.push(row - 2, row - 1, row, row, row - 1, row + 1);
    });
  }

  /** A fan around `centre`: for convex corners and round things. */
  fan(centre: Point, rim: readonly Point[], color: Rgb): void {
    const first = this.positions.length / 3;
    this.vertex(centre, color);
    rim.forEach((point, i) => {
      this.vertex(point, color);
      if (i > 0) this.index.push(first, first + i, first + i + 1);
    });
  }

  geometry(): BufferGeometry {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new Float32BufferAttribute(this.positions, 3));
    geometry.setAttribute('color', new Float32BufferAttribute(this.colors, 3));
    geometry.setIndex(this.index);
    return geometry;
  }

  private vertex([x, y]: Point, color: Rgb): void {
    this.positions.push(x, y, 0);
    const { r, g, b } = paint(this.color, color);
    this.colors.push(r, g, b);
  }
}
