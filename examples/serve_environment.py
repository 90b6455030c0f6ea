"""Serves environments of a simulator to a Traceway proxy: plain grpcio, no generated code.

    pip install grpcio protobuf
    python examples/serve_environment.py --port 8090 --show       # a ring road, "push-ring", to be watched in the lab as well
    pip install gymnasium
    python examples/serve_environment.py --gymnasium Pendulum-v1 --name pendulum

Whoever opens an environment of that source resets and steps it (drive_environment.py). A simulator of your own is a class like
RingRoad (ring_road.py). The proxy keeps the rest of Gymnasium's contract: it clips actions, refuses what is no number, starts worlds
anew after their end, and never steps before a reset. A token, where the proxy wants one, is read from TRACEWAY_PROXY_TOKEN.
"""

import argparse
import queue

import grpc
from ring_frames import RingFrames
from ring_road import RingRoad
from traceway_api import Proxy, message, pack, unpack


class GymnasiumWorld:
    """Any environment of Gymnasium with a Box of observations, and a Box or Discrete of actions (a number, rounded)."""

    scenario_ids = ()
    snapshots = False

    def __init__(self, name):
        import gymnasium
        import numpy

        self.env = gymnasium.make(name)
        action = self.env.action_space
        self.discrete = isinstance(action, gymnasium.spaces.Discrete)
        self.observation_space = self._box(self.env.observation_space)
        self.action_space = self._choice(action) if self.discrete else self._box(action)
        self.as_array = lambda numbers: numpy.array(numbers, action.dtype).reshape(action.shape)
        self.step_seconds = 1 / self.env.metadata.get("render_fps", 10)

    @staticmethod
    def _box(space):
        low, high = (bound.astype(float).ravel().tolist() for bound in (space.low, space.high))
        return {"shape": list(space.shape), "low": low, "high": high}

    @staticmethod
    def _choice(space):
        first = float(space.start)
        return {"shape": [1], "low": [first], "high": [first + float(space.n) - 1]}

    def reset(self, seed, _scenario=""):
        observation, _ = self.env.reset(seed=seed)
        return observation.ravel().tolist()

    def step(self, action):
        taken = round(action[0]) if self.discrete else self.as_array(action)
        observation, reward, terminated, truncated, _ = self.env.step(taken)
        return observation.ravel().tolist(), float(reward), terminated, truncated

    def info(self):
        return {"time_to_collision": float("inf")}

    def close(self):
        self.env.close()


class Server:
    """Answers the proxy's requests; `new_world` makes one world, `frames` (RingFrames) shows the first world opened last."""

    def __init__(self, new_world, frames=None):
        self.new_world = new_world
        self.frames = frames
        self.environments = {}
        self.shown = 0

    def answer(self, request):
        """Fields of an EnvironmentAnswer, or None where none is wanted. Raises ValueError for what is refused."""
        kind = request.WhichOneof("request")
        worlds = self.environments.get(request.environment, [])
        if kind == "open":
            self.environments[request.environment] = [self.new_world() for _ in range(request.open.count)]
            self.shown = request.environment
            return {"done": message("EnvironmentDone")}
        if kind == "advance":
            return {"advanced": self.advance(request.environment, worlds, request.advance)}
        if kind == "snapshot":
            states = [message("WorldSnapshot", state=world.snapshot()) for world in worlds]
            return {"snapshot": message("WorldSnapshots", worlds=states)}
        if kind == "restore":
            return {"restored": self.restore(request.environment, request.restore.worlds)}
        if kind == "close":
            for world in self.environments.pop(request.environment, []):
                world.close()
        if kind == "accepted":
            print(f"serving {request.accepted.source_id}", flush=True)
        return None

    def advance(self, environment, worlds, request):
        """Worlds named in `starts` begin an episode, the others take their action."""
        starts = {start.world: start for start in request.starts}
        actions = unpack("f", request.action)
        size = len(actions) // len(worlds)
        steps = [
            (world.reset(starts[i].seed, starts[i].scenario_id), 0.0, False, False)
            if i in starts
            else world.step(actions[i * size : (i + 1) * size])
            for i, world in enumerate(worlds)
        ]
        shown = self.frames and environment == self.shown
        if shown and 0 in starts:
            self.frames.start(worlds[0], starts[0].seed)
        elif shown:
            self.frames.step(worlds[0], actions[:size], *steps[0][1:])
        observations, rewards, terminated, truncated = zip(*steps)
        seen = self.seen(worlds, observations)
        ends = {"terminated": pack("B", terminated), "truncated": pack("B", truncated)}
        return message("StepResponse", reward=pack("d", rewards), **ends, **seen)

    def restore(self, environment, snapshots):
        """Into worlds of their own, so that a snapshot that is none changes nothing."""
        worlds = [self.new_world() for _ in snapshots]
        observations = [world.restore(each.state) for world, each in zip(worlds, snapshots)]
        self.environments[environment] = worlds
        if self.frames and environment == self.shown:
            self.frames.start(worlds[0], snapshots[0].seed)
        return message("RestoreResponse", **self.seen(worlds, observations))

    @staticmethod
    def seen(worlds, observations):
        infos = [message("StepInfo", **world.info()) for world in worlds]
        return {"observation": pack("f", (number for each in observations for number in each)), "infos": infos}


def serve(proxy, name, new_world, frames):
    """Serves until the proxy ends the call."""
    world = new_world()
    offer = message(
        "EnvironmentOffer",
        name=name,
        version="serve_environment.py",
        observation_space=message("Box", **world.observation_space),
        action_space=message("Box", **world.action_space),
        step_seconds=world.step_seconds,
        scenario_ids=world.scenario_ids,
        max_count=64,
        snapshots=world.snapshots,
    )
    world.close()
    outgoing = queue.SimpleQueue()
    outgoing.put(message("ServeEnvironmentsRequest", offer=offer))
    server = Server(new_world, frames)
    for request in proxy.call("EnvironmentService", "ServeEnvironments", iter(outgoing.get, None)):
        try:
            fields = server.answer(request)
        except Exception as error:  # whatever the simulator cannot do is told to whoever asked
            bad = "bad-request" if isinstance(error, ValueError) else "simulator-failed"
            fields = {"refusal": message("EnvironmentRefusal", kind=bad, sentence=str(error)[:300])}
        if fields:
            answer = message("EnvironmentAnswer", request_id=request.request_id, **fields)
            outgoing.put(message("ServeEnvironmentsRequest", answer=answer))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--name", default="ring")
    parser.add_argument("--gymnasium", metavar="ID", help="an environment of Gymnasium instead of the ring road")
    parser.add_argument("--show", action="store_true", help="push frames of the ring road, too")
    options = parser.parse_args()
    if options.gymnasium:
        new_world = lambda: GymnasiumWorld(options.gymnasium)
    else:
        new_world = RingRoad
    with Proxy(options.host, options.port) as proxy:
        try:
            frames = RingFrames(proxy, options.name) if options.show and not options.gymnasium else None
            serve(proxy, options.name, new_world, frames)
        except grpc.RpcError as error:
            raise SystemExit(f"{error.code().name}: {error.details()}")
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
