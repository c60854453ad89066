import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import iftgen.filters
from iftgen.filters import FILTERS, Filter, describe
from iftgen.filters.stack import FilterStack

CONF = Path(__file__).parents[2] / "conf"


def composed(tmp_path: Path, choice: str) -> dict[str, Any]:
    (tmp_path / "main.yaml").write_text(
        f"hydra:\n  searchpath: ['file://{CONF}']\ndefaults:\n  - filters: {choice}\n  - _self_\n"
    )
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        config: Any = OmegaConf.to_container(compose("main"), resolve=True)
        return dict(config.get("filters", {}))


def test_every_filter_can_be_had_by_name_and_documents_its_arguments() -> None:
    for name, path in FILTERS.items():
        kind = getattr(iftgen.filters, path.rpartition(".")[2])
        assert issubclass(kind, Filter)
        assert (kind.name, f"{kind.__module__}.{kind.__name__}") == (name, path)
        assert kind.__name__.lower() == name.replace("_", "")
        assert path.rpartition(".")[2] in iftgen.filters.__all__
    for name, line, arguments in describe():
        kind = getattr(iftgen.filters, FILTERS[name].rpartition(".")[2])
        assert line.endswith(".") and len(line) < 100
        assert [key for key in arguments if f"\n    {key}: " not in (kind.__doc__ or "")] == []


def test_config_files_say_what_the_signatures_say(tmp_path: Path) -> None:
    assert {file.stem for file in (CONF / "filters").glob("*.yaml")} >= {*FILTERS, "none"}
    for name, _, arguments in describe():
        config = composed(tmp_path, f"[{name}]")[name]
        assert config.pop("_target_") == FILTERS[name]
        as_lists = {key: list(value) if isinstance(value, tuple) else value for key, value in arguments.items()}
        assert config == {**as_lists, **({"arguments": {}} if name == "guardrails" else {})}


def test_list_of_options_is_the_stack_in_order(tmp_path: Path) -> None:
    specs = composed(tmp_path, "[refusal, length, near_duplicate]")
    assert FilterStack.build(specs).names == ("refusal", "length", "near_duplicate")
    assert composed(tmp_path, "none") == {}


def test_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = iftgen.filters.Nothing


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, iftgen.filters as f; f.Length, f.Guardrails;"
        "print(*{'guardrails', 'rapidfuzz', 'numpy', 'py3langid', 'litellm', 'polars'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
