"""An agent written in Python: an activity named runAgent on a task queue of its own."""

import asyncio
import logging
import os
import sys
import threading

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker


@activity.defn(name="runAgent")
async def run_agent(task: dict) -> dict:
    act = task["context"].get("act")
    if act == "malformed":
        return {"success": True, "iterations": -1}
    if act == "raise":
        raise ValueError("the table has no column 'price'")
    if act == "wait":
        return await wait_for_cancellation(task["context"]["told"])
    return {
        "success": True,
        # What it was given, as Python sees it.
        "output": {key: task[key] for key in sorted(task) if key not in ("lessons", "executionId")},
        "actions": [{"type": "search", "input": {"text": "Zoë"}}, {"type": "edit"}],
        "results": [{"success": True, "output": [1, 2.5, None]}, {"success": False, "error": "locked"}],
        "iterations": 3,
        "errors": ["OSError: locked"],
        "cost": 0.125,
        "tokens": {"input": 1200, "output": 340},
        "discoveries": [
            {
                "title": "The table is locked at night",
                "content": "Edit by day",
                "type": "WARNING",
                "priority": "HIGH",
                "tags": ["table"],
            }
        ],
        "applied": [lesson["id"] for lesson in task["lessons"]],
    }


async def wait_for_cancellation(told: str) -> dict:
    try:
        while True:
            activity.heartbeat({"waiting": True})
            await asyncio.sleep(0.2)
    except asyncio.CancelledError:
        with open(told, "w", encoding="utf-8") as file:
            file.write("cancelled\n")
        raise


def end_with_parent() -> None:
    """The parent holds the other end of stdin, and closes it however it ends."""
    sys.stdin.read()
    os._exit(0)


async def main(address: str, task_queue: str) -> None:
    # The SDK logs what activities raise, which here is a part of the test.
    logging.getLogger("temporalio.activity").setLevel(logging.CRITICAL)
    threading.Thread(target=end_with_parent, daemon=True).start()
    client = await Client.connect(address)
    async with Worker(client, task_queue=task_queue, activities=[run_agent]):
        print("ready", flush=True)
        await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
