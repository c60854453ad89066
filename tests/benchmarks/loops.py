"""What a user would write without iftgen: each instruction of a file answered in a plain asyncio loop.

Run: python -m tests.benchmarks.loops WAY ADDRESS FILE CONCURRENCY OUT
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

WAYS = ("litellm openai/", "litellm hosted_vllm/", "aiohttp")
Ask = Callable[[dict[str, Any]], Awaitable[str]]


async def answer_all(ask: Ask, rows: list[dict[str, Any]], concurrency: int) -> list[dict[str, Any]]:
    """Return each row with its answer, in order."""
    slots = asyncio.Semaphore(concurrency)

    async def one(row: dict[str, Any]) -> dict[str, Any]:
        async with slots:
            return {**row, "output": await ask(row)}

    return await asyncio.gather(*(one(row) for row in rows))


def body(row: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked for a row."""
    return {"messages": [{"role": "user", "content": row["instruction"]}], "max_tokens": 1024}


async def by_litellm(model: str, address: str, *work: Any) -> list[dict[str, Any]]:
    """Ask through `litellm.acompletion`."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for its price list first
    import litellm

    if model.startswith("hosted_vllm/"):
        entry = {"litellm_provider": "hosted_vllm", "input_cost_per_token": 0, "output_cost_per_token": 0}
        litellm.register_model({model: entry})

    async def ask(row: dict[str, Any]) -> str:
        reply = await litellm.acompletion(model=model, api_base=f"{address}/v1", api_key="none", **body(row))
        return str(reply.choices[0].message.content)

    return await answer_all(ask, *work)


async def by_aiohttp(address: str, *work: Any) -> list[dict[str, Any]]:
    """Ask over bare HTTP: the least that any Python client can cost."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(row: dict[str, Any]) -> str:
            async with session.post(f"{address}/v1/chat/completions", json={"model": "m", **body(row)}) as response:
                return str((await response.json())["choices"][0]["message"]["content"])

        return await answer_all(ask, *work)


def main() -> None:
    """Run one of the ways."""
    way, address, file, concurrency, out = sys.argv[1:]
    rows = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
    work = (rows, int(concurrency))
    client, _, prefix = way.partition(" ")
    answered = asyncio.run(
        by_litellm(f"{prefix}m", address, *work) if client == "litellm" else by_aiohttp(address, *work)
    )
    Path(out).write_text("".join(json.dumps(row) + "\n" for row in answered), encoding="utf-8")


if __name__ == "__main__":
    main()
