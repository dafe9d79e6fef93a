"""An agent in Python: reads price lists whose encoding nobody wrote down.

It is an activity named runAgent on a task queue of its own; what it gets and gives is plain JSON, see
schemas/agent-task.schema.json and schemas/agent-report.schema.json.
"""

import asyncio
import csv
import io
import logging
import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

ENCODINGS = ["utf-16", "cp1252"]
# What one try costs, as if a paid service did it.
USD_PER_TRY = 0.002


class Run:
    """Notes what is done and spent, and tells of it in heartbeats."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.actions: list[dict] = []
        self.results: list[dict] = []

    @property
    def cost(self) -> float:
        return USD_PER_TRY * len(self.actions)

    def did(self, kind: str, given: dict, error: str | None = None) -> None:
        self.actions.append({"type": kind, "input": given})
        self.results.append({"success": True} if error is None else {"success": False, "error": error})
        self.tell(kind)

    def tell(self, doing: str) -> None:
        """What the last heartbeat says is all that is known should this process die."""
        activity.heartbeat(
            {
                "elapsedSeconds": time.monotonic() - self.began,
                "spent": {
                    "cost": self.cost,
                    "tokens": {"input": 0, "output": 0},
                    "iterations": len(self.actions),
                },
                "doing": doing,
            }
        )

    def report(self, success: bool, output, applied: list[str]) -> dict:
        return {
            "success": success,
            "output": output,
            "actions": self.actions,
            "results": self.results,
            "iterations": len(self.actions),
            "errors": [result["error"] for result in self.results if not result["success"]],
            "cost": self.cost,
            "applied": applied,
        }


def preferred(lessons: list[dict]) -> dict[str, str]:
    """Encodings that lessons advise, with the lesson's id, the most relevant first."""
    advised: dict[str, str] = {}
    for lesson in lessons:
        action = lesson.get("action") or {}
        # A lesson may speak of decoding as such, and of no encoding.
        encoding = (action.get("input") or {}).get("encoding")
        if action.get("verb") == "prefer" and action.get("type") == "decode" and encoding is not None:
            advised.setdefault(encoding, lesson["id"])
    return advised


def rows_of(text: str) -> list[dict]:
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    if not rows or "price" not in rows[0]:
        raise ValueError("no column named price")
    return rows


@activity.defn(name="runAgent")
async def run_agent(task: dict) -> dict:
    run = Run()
    data = Path(task["context"]["file"]).read_bytes()
    advised = preferred(task["lessons"])
    try:
        # Cancellation arrives at an await, once a heartbeat has brought the news.
        await read_slowly(run, task["context"].get("seconds", 0))
        try:
            rows = rows_of(data.decode("utf-8"))
            run.did("load", {"encoding": "utf-8"})
            applied = []
        except ValueError as error:
            run.did("load", {"encoding": "utf-8"}, f"{type(error).__name__}: {error}")
            rows, encoding = decode(run, data, [*advised, *(e for e in ENCODINGS if e not in advised)])
            applied = [advised[encoding]] if encoding in advised else []
    except asyncio.CancelledError:
        print("   the agent was told to stop, and cleaned up", flush=True)
        raise
    if rows is None:
        return run.report(False, "no encoding fits", [])
    total = sum(float(row["price"].replace(",", ".")) for row in rows)
    return run.report(True, {"rows": len(rows), "total": round(total, 2)}, applied)


def decode(run: Run, data: bytes, encodings: list[str]) -> tuple[list[dict] | None, str | None]:
    for encoding in encodings:
        try:
            rows = rows_of(data.decode(encoding))
        except ValueError as error:
            run.did("decode", {"encoding": encoding}, f"{type(error).__name__}: {error}")
        else:
            run.did("decode", {"encoding": encoding})
            return rows, encoding
    return None, None


async def read_slowly(run: Run, seconds: float) -> None:
    """A supplier whose server takes its time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run.did("wait", {"for": "the supplier"})
        await asyncio.sleep(0.25)


def end_with_parent() -> None:
    """The example holds the other end of stdin, and closes it however it ends."""
    sys.stdin.read()
    os._exit(0)


async def main(task_queue: str) -> None:
    # What activities raise is in the record of their task.
    logging.getLogger("temporalio.activity").setLevel(logging.CRITICAL)
    threading.Thread(target=end_with_parent, daemon=True).start()
    client = await Client.connect(
        os.environ["TEMPORAL_ADDRESS"], namespace=os.environ.get("TEMPORAL_NAMESPACE", "default")
    )
    worker = Worker(
        client,
        task_queue=task_queue,
        activities=[run_agent],
        # Cancellations come with the answers to heartbeats.
        max_heartbeat_throttle_interval=timedelta(seconds=1),
    )
    async with worker:
        print("ready", flush=True)
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
