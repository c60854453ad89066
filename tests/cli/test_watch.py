"""The verb `watch`: which folder it takes, what it prints without a terminal, and who may open it in a browser."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from iftgen.cli import front, main
from iftgen.cli.serve import allowed, server
from iftgen.cli.watch import newest
from iftgen.errors import UserError
from tests.cli.terminal import until
from tests.run.test_kills import iftgen, written

RUN = ("backend=mock", "num_examples=30", "window=10", "backend.concurrency=4", "filters=[length]", "ui=none")
SLOW = (*RUN, "backend.mock.latency=0.1", "export=none")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def watch(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Watch without a terminal; returns what was printed on stderr."""
    with pytest.raises(SystemExit) as stop:
        main(["watch", *arguments])
    shown = capsys.readouterr()
    assert stop.value.code == code, shown.err
    assert shown.out == ""
    return shown.err


def touched(path: Path, time: int, text: str = "{}") -> None:
    """Write a file of that age."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time, time))


def test_a_run_is_followed_until_it_has_ended(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    run = iftgen(*SLOW, f"hydra.run.dir={here}/run")
    until(lambda: written(here / "run") >= 3)
    lines = watch(capsys, "run").splitlines()
    assert lines[0] == "iftgen: run with mock"
    assert "/30 accepted" in lines[1] and " a minute" in lines[1]
    assert "30/30 accepted" in lines[-2] and lines[-1] == "iftgen: completed"
    assert run.wait(60) == 0


def test_a_run_that_was_killed_is_seen_to_be_dead(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    run = iftgen(*SLOW, f"hydra.run.dir={here}/run")
    until(lambda: written(here / "run") >= 3)
    run.kill()
    run.wait(60)
    assert watch(capsys, "run").splitlines()[-1].startswith("iftgen: killed: the process is gone; `iftgen resume run`")


def test_a_run_that_was_killed_before_its_first_event_is_seen_to_be_dead(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    touched(here / "run" / "manifest.json", 1000)
    assert "run was killed before it began; `iftgen resume run` goes on" in watch(capsys, "run")


def test_ctrl_c_ends_the_watching_and_not_the_run(here: Path) -> None:
    run = iftgen(*SLOW, f"hydra.run.dir={here}/run")
    until(lambda: written(here / "run") >= 3)
    command = [sys.executable, "-m", "iftgen", "watch", "run"]
    watching = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    assert watching.stderr is not None and watching.stderr.readline() == "iftgen: run with mock\n"
    watching.send_signal(signal.SIGINT)
    with watching.stderr:
        assert "Traceback" not in watching.stderr.read()
    assert watching.wait(60) == 0
    assert run.wait(60) == 0


def test_a_sweep_is_followed_job_by_job(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    sweep = iftgen("-m", *RUN, "seed=1,2", f"hydra.sweep.dir={here}/sweep")
    until(lambda: (here / "sweep" / "0" / "events.jsonl").exists())
    lines = watch(capsys, "sweep").splitlines()
    for words in ("iftgen: job 0: sweep/0 with mock", "iftgen: job 0: completed", "iftgen: job 1: completed"):
        assert words in lines
    assert sweep.wait(60) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], ["nowhere: there is no such folder", "iftgen list runs"]),
        (["a_file"], ["a_file is a file", "iftgen list runs"]),
        (["empty"], ["empty is neither a run nor a sweep", "manifest.json"]),
        ([], ["no run under outputs/", "iftgen watch DIR"]),
        (["--prot", "1"], ["iftgen watch", "--prot", "--help"]),
        (["run", "--serve", "--port", "99999"], ["--port 99999", "1 to 65535"]),
    ],
)
def test_bad_input_gets_one_clear_message(
    arguments: list[str], words: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a_file").write_text("")
    (here / "empty").mkdir()
    touched(here / "run" / "manifest.json", 1000)
    shown = watch(capsys, *arguments, code=2)
    assert all(word in shown for word in words) and shown.count("\n") == 1


def test_the_newest_is_what_was_active_last_and_a_job_stands_for_its_sweep(here: Path) -> None:
    with pytest.raises(UserError):
        newest()
    touched(here / "outputs/2026-11-24/10-00-00-a/manifest.json", 1000)
    touched(here / "outputs/2026-11-25/10-00-00-b/manifest.json", 2000)
    assert newest() == Path("outputs/2026-11-25/10-00-00-b")
    touched(here / "outputs/2026-11-24/10-00-00-a/events.jsonl", 3000)
    assert newest() == Path("outputs/2026-11-24/10-00-00-a")
    sweep = Path("outputs/sweeps/2026-11-25/10-00-00-c")
    touched(here / sweep / "sweep.json", 4000, json.dumps({"jobs": []}))
    assert newest() == sweep
    touched(here / sweep / "1" / "events.jsonl", 5000)
    assert newest() == sweep


def test_a_browser_gets_the_viewer(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    monkeypatch.setitem(sys.modules, front.VIEWER, SimpleNamespace(watch=seen.append))
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    touched(here / "run" / "manifest.json", 1000)
    watch(capsys, "run")
    assert seen == [Path("run")]


def test_what_serving_needs_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    touched(here / "run" / "manifest.json", 1000)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        shown = watch(capsys, "run", "--serve", "--port", port, code=1)
    assert f"127.0.0.1:{port} cannot be served on" in shown and "--port" in shown
    monkeypatch.setattr("iftgen.cli.serve.find_spec", lambda name: None)
    assert "pip install 'iftgen[serve]'" in watch(capsys, "run", "--serve", code=2)


@pytest.mark.parametrize(
    ("origin", "asked", "host", "may"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "127.0.0.1", True),
        ("http://localhost:8000", "127.0.0.1:8000", "127.0.0.1", True),
        (None, "127.0.0.1:8000", "127.0.0.1", True),
        ("https://elsewhere.example", "127.0.0.1:8000", "127.0.0.1", False),
        ("http://elsewhere.example:8000", "elsewhere.example:8000", "127.0.0.1", False),
        ("http://box:8000", "box:8000", "0.0.0.0", True),
        ("https://elsewhere.example", "box:8000", "0.0.0.0", False),
        ("null", "box:8000", "0.0.0.0", False),
    ],
)
def test_only_own_pages_open_a_viewer(origin: str | None, asked: str, host: str, may: bool) -> None:
    assert allowed(origin, asked, host) is may


async def test_the_server_shows_a_page_and_refuses_foreign_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    textual_serve = pytest.importorskip("textual_serve.server", reason="the extra `serve` is not installed")

    async def open_viewer(self: object, request: web.Request) -> web.Response:
        return web.Response(text="a viewer")

    monkeypatch.setattr(textual_serve.Server, "handle_websocket", open_viewer)
    app = await server("true", "127.0.0.1", 8000, "iftgen run")._make_app()
    seen = []
    async with TestServer(app) as running, ClientSession() as browser:
        async with browser.get(running.make_url("/")) as page:
            assert page.status == 200 and "iftgen run" in await page.text()
        for origin in ("https://elsewhere.example", "http://localhost:8000"):
            async with browser.get(running.make_url("/ws"), headers={"Origin": origin}) as answer:
                seen.append(answer.status)
    assert seen == [403, 200]
