"""Drives an environment of a Traceway proxy, whoever simulates it: plain grpcio, no generated code.

    pip install grpcio protobuf
    python examples/drive_environment.py --port 8090 --source embedded --scenario lead_brake --action 0.5,0
    python examples/drive_environment.py --port 8090 --source push-ring --episodes 3

Without --source it takes the first that offers environments, without --action it draws actions at random. A token, where the proxy
wants one, is read from TRACEWAY_PROXY_TOKEN.
"""

import argparse
import math
import random

import grpc
from traceway_api import Proxy, pack, unpack

UNBOUNDED = 1.0  # random actions of a space without bounds


class Environment:
    """Gymnasium's `reset` and `step` over the proxy, for a single environment."""

    def __init__(self, proxy, source=""):
        self._proxy = proxy
        self.opened = self._call("OpenEnvironment", source_id=source)
        self._id = {"environment_id": self.opened.environment_id}

    def _call(self, method, **fields):
        return self._proxy.call("EnvironmentService", method, **fields)

    def reset(self, seed, scenario=""):
        """Observation and info (a StepInfo)."""
        answer = self._call("Reset", seed=seed, options={"scenario_id": scenario}, **self._id)
        return unpack("f", answer.observation), answer.infos[0]

    def step(self, action):
        """Observation, reward, terminated, truncated, info."""
        answer = self._call("Step", action=pack("f", action), **self._id)
        (reward,) = unpack("d", answer.reward)
        ended = bool(answer.terminated[0]), bool(answer.truncated[0])
        return unpack("f", answer.observation), reward, *ended, answer.infos[0]

    def random_action(self, draw):
        """Within the action space."""
        box = self.opened.action_space
        size = math.prod(box.shape)
        low, high = (list(bounds) or [math.inf] * size for bounds in (box.low, box.high))
        bounded = [(a, b) if math.isfinite(a) and math.isfinite(b) else (-UNBOUNDED, UNBOUNDED) for a, b in zip(low, high)]
        return [draw.uniform(a, b) for a, b in bounded]

    def close(self):
        self._call("CloseEnvironment", **self._id)


def drive(env, options, seed):
    """One episode; prints what it earned."""
    draw = random.Random(seed)
    fixed = [float(number) for number in options.action.split(",")] if options.action else None
    env.reset(seed, options.scenario)
    earned, steps, terminated, truncated = 0.0, 0, False, False
    while not (terminated or truncated) and steps < options.steps:
        _, reward, terminated, truncated, info = env.step(fixed or env.random_action(draw))
        earned += reward
        steps += 1
    end = "terminated" if terminated else "truncated" if truncated else "stopped"
    print(f"seed {seed}: return {earned:.3f} in {steps} steps, {end}, {info.route_completion:.0%} of the route")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--source", default="", help='"embedded", "carla", "push-ring"')
    parser.add_argument("--scenario", default="", help="one of the source's; drawn by the seed when left out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--episodes", type=int, default=1)
    parser.add_argument("--steps", type=int, default=10_000, help="at most so many an episode")
    parser.add_argument("--action", default="", help="the same numbers at every step, with commas between")
    options = parser.parse_args()
    with Proxy(options.host, options.port) as proxy:
        try:
            env = Environment(proxy, options.source)
            for episode in range(options.episodes):
                drive(env, options, options.seed + episode)
            env.close()
        except grpc.RpcError as error:
            raise SystemExit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
