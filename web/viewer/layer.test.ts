/** Facts of putting shown things where they belong. */
import { Group, Mesh, type Object3D, Vector3 } from 'three';
import { expect, test } from 'vitest';
import { placeShown } from './layer.ts';

const at = (node: Object3D) => new Vector3().setFromMatrixPosition(node.matrixWorld).toArray();

test('what is shown stands where three puts it, what is hidden costs nothing until it is shown', () => {
  const [stage, car, wheel, still] = [new Group(), new Group(), new Mesh(), new Mesh()];
  stage.add(car.add(wheel, still));
  car.position.set(10, 0, 0);
  wheel.position.set(1, 2, 0);
  still.position.set(0, 0, 3);
  still.updateMatrix();
  still.matrixAutoUpdate = false;
  placeShown(stage);
  expect([at(wheel), at(still)]).toEqual([
    [11, 2, 0],
    [10, 0, 3],
  ]);

  car.visible = false;
  car.position.set(20, 5, 0);
  car.rotation.z = Math.PI / 2;
  placeShown(stage);
  expect(at(wheel)).toEqual([11, 2, 0]);

  car.visible = true;
  placeShown(stage);
  const ours = [at(wheel), at(still)];
  stage.updateMatrixWorld(true);
  expect(ours).toEqual([at(wheel), at(still)]);
  expect(at(wheel)[0]).toBeCloseTo(18, 12);
});
