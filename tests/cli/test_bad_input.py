"""Bad input: one clear message with what is allowed, exit code 2, no traceback, and nothing on disk."""

from pathlib import Path

import pytest

from iftgen.cli import main

CASES: list[tuple[list[str], list[str]]] = [
    (["num_exmaples=5"], ["num_exmaples", "num_examples"]),
    (["num_examples=many"], ["num_examples", "many", "Integer"]),
    (["num_examples=0"], ["num_examples", "1 or more"]),
    (["backend=opnai"], ["backend=opnai", "Did you mean 'openai'?", "anthropic"]),
    (["backend.temprature=1"], ["backend.temprature", "Did you mean 'temperature'?"]),
    (["backend=mock", "backend.temperature=hot"], ["backend.temperature", "hot"]),
    (["backend=mock", "backend.concurrency=0"], ["concurrency", "0"]),
    (["filters=[lenght]"], ["filters=lenght", "Did you mean 'length'?", "near_duplicate"]),
    (["filters.near_duplicate.treshold=0.8"], ["filters.near_duplicate.treshold", "Did you mean 'threshold'?"]),
    (["filters.near_duplicate.threshold=hot"], ["filters.near_duplicate.threshold", "hot"]),
    (["filters=[length]", "filters.near_duplicate.threshold=0.8"], ["near_duplicate", "Add the filter to the stack"]),
    (["+filters.x={_target_: os.system}"], ["os.system", "plugins"]),
    (["taxonomy=genral"], ["taxonomy=genral", "Did you mean 'general'?"]),
    (["taxonomy=general", "taxonomy.include=[codding/*]"], ["taxonomy.include", "codding/*", "coding"]),
    (["taxonomy=file"], ["taxonomy.path", "a value is needed"]),
    (["taxonomy=file", "taxonomy.path=nowhere.yml"], ["taxonomy.path", "nowhere.yml"]),
    (["method=file"], ["method.path", "alpaca_data.json"]),
    (["method=file", "method.path=nowhere.json"], ["method.path", "nowhere.json"]),
    (["method=self_instuct"], ["method=self_instuct", "Did you mean 'self_instruct'?"]),
    (["seeds=file", "seeds.path=bad.jsonl"], ["bad.jsonl", "line 2", "instruction"]),
    (["backend=openai"], ["OPENAI_API_KEY", "export"]),
    (["backend=openai", "backend.api_key_env=sk-abcdef1234567890abcdef1234567890"], ["api_key_env", "variable"]),
    (["+backend.api_key=sk-abcdef1234567890abcdef"], ["api_key"]),
    (["backend=openai_compatible", "backend.model=m"], ["api_base"]),
    (["backend=openai_compatible", "backend.model=m", "backend.api_base=localhost:8000"], ["api_base", "http://"]),
    (["backend=mock", "hydra.run.dir=a_file/run"], ["a_file", "hydra.run.dir"]),
    (["backend.model=a=b"], ["backend.model=a=b", "quotes"]),
    (["window=wide"], ["window", "auto"]),
    (["ui=tuii"], ["ui", "tuii", "plain"]),
    (["prompt.style=chatty", "backend=mock"], ["prompt.style", "chat"]),
    (["prompt.dir=nowhere", "backend=mock"], ["prompt.dir", "nowhere"]),
    (["export.formats=[parket]", "backend=mock"], ["parket", "parquet"]),
    (["--config-dir", "nowhere"], ["--config-dir", "nowhere"]),
    (["stat"], ["stat", "stats"]),
    (["stats", "nowhere"], ["nowhere", "iftgen list runs"]),
    (["list", "filter"], ["filter", "filters"]),
    (["resume"], ["no run under outputs/"]),
    (["method=output_first", "backend=mock"], ["no recipe", "taxonomy=starter"]),
    (["backend=mock", "hydra.run.dir=/proc/run"], ["/proc", "hydra.run.dir"]),
    (["backend=mock", "plugins=[mine]", "+filters.x={_target_: mine.Filter}"], ["no module 'mine'", "PYTHONPATH"]),
    (["backend@roles.response=openai", "backend=mock"], ["roles.response.api_key_env", "OPENAI_API_KEY"]),
    (["method=file", "method.path=bad.jsonl", "method.answer=somtimes"], ["somtimes", "missing"]),
    (["method=file", "method.path=bad.jsonl", "method.columns={output: nope}"], ["no column 'nope' among instruction"]),
    (["method=file", "method.path=bad.jsonl", "method.columns={output: [a]}"], ["output is ['a']", "name of a column"]),
    (["method=file", "method.path=bad.jsonl", "method.columns=[a]"], [" method.columns=[a]: ", "{instruction: ask"]),
    (
        ["method=file", "method.path=bad.jsonl", "method.columns={output: null}"],
        ["method.columns.output' cannot be null"],
    ),
    (["backend=mock", "budget=3.5"], ["budget takes the name of an option"]),
    (["list", "filters", "length", "lenght"], ["no filter 'lenght'", "Did you mean 'length'"]),
    (["list", "methods", "file", "x"], ["takes no name"]),
    (["-m", "backend=mock", "filters.near_duplicate.threshold=0.6,hot"], ["filters.near_duplicate.threshold", "hot"]),
]


@pytest.mark.parametrize(("arguments", "words"), CASES, ids=[" ".join(arguments) for arguments, _ in CASES])
def test_the_message_says_what_is_wrong_and_what_is_allowed(
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "bad.jsonl").write_text('{"instruction": "Say hello.", "output": "Hello."}\n{"output": "no"}\n')
    (tmp_path / "a_file").write_text("")
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    shown = capsys.readouterr()
    assert stop.value.code == 2, shown.err
    for word in words:
        assert word in shown.err
    assert "Traceback" not in shown.err
    assert "sk-abcdef" not in shown.err or "api_key" not in " ".join(arguments)
    assert shown.out == ""
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a_file", "bad.jsonl"]
