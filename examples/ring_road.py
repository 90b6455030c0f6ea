"""A simulator to serve (serve_environment.py): a kinematic bicycle in one lane of a ring road, counter-clockwise, without dependencies.

Action: acceleration m/s², steering rad (left positive). Observation: offset from the lane's centre (m, outwards), heading error rad,
speed / 10 m/s. The reward is the distance driven along the lane, m.
"""

import math
import random
import struct

RADIUS = 50.0  # m
HALF_WIDTH = 2.0  # m
WHEELBASE = 2.7  # m
DT = 0.1  # s
MAX_STEPS = 300
MAX_SPEED = 20.0  # m/s
STATE = struct.Struct("<dddddI")


class RingRoad:
    observation_space = {"shape": [3]}
    action_space = {"shape": [2], "low": [-8.0, -0.5], "high": [3.0, 0.5]}
    step_seconds = DT
    scenario_ids = ()
    snapshots = True

    def reset(self, seed, _scenario=""):
        """The same seed gives the same start."""
        draw = random.Random(seed)
        radius = RADIUS + draw.uniform(-0.3, 0.3)
        self.x, self.y, self.heading = radius, 0.0, math.pi / 2 + draw.uniform(-0.05, 0.05)
        self.speed, self.driven, self.steps = draw.uniform(2.0, 5.0), 0.0, 0
        return self._observation()

    def step(self, action):
        """Observation, reward, terminated (it left its lane), truncated (time is up)."""
        acceleration, steering = action
        ahead = self.speed * math.cos(self._heading_error()) * DT
        self.x += self.speed * math.cos(self.heading) * DT
        self.y += self.speed * math.sin(self.heading) * DT
        self.heading += self.speed * math.tan(steering) / WHEELBASE * DT
        self.speed = min(MAX_SPEED, max(0.0, self.speed + acceleration * DT))
        self.driven += ahead
        self.steps += 1
        return self._observation(), ahead, self._off_road(), self.steps >= MAX_STEPS

    def info(self):
        """Fields of StepInfo; those that are left out say nothing."""
        completion = min(1.0, max(0.0, self.driven / (2 * math.pi * RADIUS)))
        infractions = [2] if self._off_road() else []  # INFRACTION_OFF_ROAD
        return {
            "progress": self.driven,
            "route_completion": completion,
            "infractions": infractions,
            "success": completion == 1.0,
            "time_to_collision": math.inf,
        }

    def snapshot(self):
        return STATE.pack(self.x, self.y, self.heading, self.speed, self.driven, self.steps)

    def restore(self, state):
        """Raises ValueError for bytes that are no snapshot; then nothing has changed."""
        if len(state) != STATE.size or not all(map(math.isfinite, STATE.unpack(state))):
            raise ValueError("This is no snapshot of a ring road.")
        self.x, self.y, self.heading, self.speed, self.driven, self.steps = STATE.unpack(state)
        return self._observation()

    def close(self):
        """Nothing to let go of."""

    def _observation(self):
        return [self.offset(), self._heading_error(), self.speed / 10]

    def offset(self):
        """From the lane's centre outwards, m."""
        return math.hypot(self.x, self.y) - RADIUS

    def _heading_error(self):
        lane = math.atan2(self.y, self.x) + math.pi / 2
        return math.remainder(self.heading - lane, 2 * math.pi)

    def _off_road(self):
        return abs(self.offset()) > HALF_WIDTH
