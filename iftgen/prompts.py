"""Prompts: Jinja2 files, rendered in a sandbox with strict undefined names.

A template has either a `prompt` block (text to be continued: base and small models) or a `user` block and perhaps a
`system` block (a conversation). Templates are looked up as `<dir>/<style>/<name>.j2`, the user's folder first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from iftgen.errors import ConfigError, choices
from iftgen.types import Message, Pair, Style


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt ready to send: `messages` or `prompt`, the other is None."""

    messages: tuple[Message, ...] | None
    prompt: str | None


@dataclass(frozen=True)
class Prompts:
    """The templates of a run, looked up in `folders` in order."""

    folders: tuple[Path, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)

    def render(self, style: Style, name: str, variables: Mapping[str, Any], shots: Sequence[Pair] = ()) -> Rendered:
        """Render a template; shots become earlier turns, each through the same `user` block."""
        from jinja2 import TemplateError

        template = self.template(style, name)
        scope = {**self.extra, "shots": list(shots), **variables}
        try:
            if "prompt" in template.blocks:
                return Rendered(None, _block(template, "prompt", scope))
            return Rendered(tuple(_turns(template, scope, shots)), None)
        except (TemplateError, TypeError, ValueError) as error:
            raise ConfigError(f"prompt {style}/{name}.j2: {error}. Names: {', '.join(sorted(scope))}.") from None

    def template(self, style: Style, name: str) -> Any:
        """Return the compiled template; raises ConfigError with the list of those that exist."""
        if (style, name) not in self._compiled:
            self._compiled[style, name] = self._compile(style, name)
        return self._compiled[style, name]

    def _compile(self, style: Style, name: str) -> Any:
        from jinja2 import TemplateNotFound, TemplateSyntaxError

        try:
            template = self._environment.get_template(f"{style}/{name}.j2")
        except TemplateNotFound:
            known = [file.stem for folder in self.folders for file in (folder / style).glob("*.j2")]
            raise ConfigError(f"There is no {style} prompt {name!r}.{choices(name, known)}") from None
        except TemplateSyntaxError as error:
            raise ConfigError(f"prompt {error.filename}, line {error.lineno}: {error.message}.") from None
        if not {"prompt", "user"} & set(template.blocks):
            raise ConfigError(f"prompt {style}/{name}.j2 has neither a `prompt` block nor a `user` block.")
        return template

    def check(self, style: Style) -> None:
        """Compile every template of a style; raises ConfigError for the first that is broken."""
        for name in sorted({file.stem for folder in self.folders for file in (folder / style).glob("*.j2")}):
            self.template(style, name)

    def source(self) -> dict[str, str]:
        """Return the text of every template by `style/name`, for the plan hash; the user's files win."""
        return {
            f"{file.parent.name}/{file.stem}": file.read_text(encoding="utf-8")
            for folder in reversed(self.folders)
            for file in sorted(folder.glob("*/*.j2"))
        }

    @cached_property
    def _compiled(self) -> dict[tuple[str, str], Any]:
        return {}

    @cached_property
    def _environment(self) -> Any:
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        return SandboxedEnvironment(
            loader=FileSystemLoader([str(folder) for folder in self.folders]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,  # a template stays what it was when the run started
            autoescape=False,  # prompts are plain text, not HTML
        )


def render_text(source: str, variables: Mapping[str, Any]) -> str:
    """Render a one-line template that stands in a data file, such as an instruction with a word to fill in."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return str(SandboxedEnvironment(undefined=StrictUndefined).from_string(source).render(variables))


def _turns(template: Any, scope: Mapping[str, Any], shots: Sequence[Pair]) -> list[Message]:
    turns: list[Message] = []
    context = template.new_context(dict(scope))
    if "system" in template.blocks and (system := "".join(template.blocks["system"](context)).strip()):
        turns.append({"role": "system", "content": system})
    for shot in shots:
        said = {**scope, "instruction": shot.instruction, "input": shot.input}
        turns.append({"role": "user", "content": _block(template, "user", said).strip()})
        turns.append({"role": "assistant", "content": shot.output})
    turns.append({"role": "user", "content": "".join(template.blocks["user"](context)).strip()})
    return turns


def _block(template: Any, name: str, scope: Mapping[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(scope))))
