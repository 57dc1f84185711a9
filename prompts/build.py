"""``alo prompts build``: record what the catalogue has and the sounds have not, or have otherwise by now."""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from prompts import manifest, sound
from prompts.manifest import Made, digest
from prompts.names import name_id
from prompts.numbers import PAUSES
from prompts.render import PACES, RECIPE, SLOW, Pace, as_spoken, record
from prompts.shelf import SHIPPED, wav_file
from prompts.sound import SoundFailed
from prompts.texts import HERE, Catalogue
from prompts.voices import Voice, voices

DEMO_NAMES = HERE / "demo_names.txt"
KEPT_EVERY = 20
"""Recordings after which the manifest is written: a build that was killed goes on there."""
VOICES_AT_ONCE = 2
"""Processes: more do not speak faster on two cores, and each holds 300 MB."""


@dataclass(frozen=True)
class Task:
    """One recording to make."""

    prompt_id: str
    text: str
    pace: Pace

    @property
    def key(self) -> str:
        """Where it stands below the folder of sounds."""
        return f"{self.pace.name}/{self.prompt_id}"


def spoken_texts(catalogue: Catalogue) -> dict[str, str]:
    """Every prompt of the catalogue, and the pauses, as they are given to a voice; a pause is no words."""
    lines = {prompt_id: as_spoken(line.spoken) for prompt_id, line in catalogue.lines.items()}
    return {**lines, **dict.fromkeys(PAUSES, "")}


def demo_names(file: Path = DEMO_NAMES) -> dict[str, str]:
    """The names of the demo clinic by prompt id, which are shipped; "name|as it is spoken" where that differs."""
    lines = [line.partition("|") for line in file.read_text("utf-8").splitlines() if line.strip()]
    return {name_id(name): as_spoken(said or name) for name, _, said in lines}


def stale(texts: Mapping[str, str], folder: Path, voice: str | None = None) -> list[Task]:
    """What is missing in a folder of sounds or was made from another text, recipe or (unless None) voice."""
    made = manifest.read(folder)
    tasks = [Task(prompt_id, text, pace) for pace in PACES for prompt_id, text in texts.items()]
    return [task for task in tasks if not _is_made(task, folder, made.get(task.key), voice)]


def _is_made(task: Task, folder: Path, made: Made | None, voice: str | None) -> bool:
    if made is None or not wav_file(folder / task.key).is_file():
        return False
    return made.fits(task.text, RECIPE, voice if task.text else None)


def make(task: Task, folder: Path, voice: Callable[[], Voice]) -> tuple[str, Made]:
    """Record one task; its key and how it was made. SoundFailed when the voice cannot."""
    stem = folder / task.key
    if task.prompt_id in PAUSES:
        length = PAUSES[task.prompt_id] * (2 if task.pace is SLOW else 1)
        sound.save(sound.silence(length), wav_file(stem))
        return task.key, Made(digest(""), "", RECIPE)
    record(task.text, stem, task.pace, voice())
    return task.key, Made(digest(task.text), full_name(voice()), RECIPE)


def full_name(voice: Voice) -> str:
    """Voice and version, as the manifest has them."""
    return f"{voice.name} {voice.version}"


def build(tasks: Sequence[Task], folder: Path, made: Iterator[tuple[str, Made]]) -> Iterator[Task]:
    """Keep the manifest up to date while recordings are made; yields each finished task. Can be cut off at any time."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = manifest.read(folder)
    try:
        for done, (task, (key, how)) in enumerate(zip(tasks, made, strict=True), 1):
            entries[key] = how
            if done % KEPT_EVERY == 0:
                manifest.write(folder, entries)
            yield task
    finally:
        manifest.write(folder, entries)


def forget(texts: Container[str], folder: Path) -> list[str]:
    """Delete what a build recorded in a folder and nobody plays any more; what others put there stays. The keys."""
    entries = manifest.read(folder)
    gone = [key for key in entries if key.partition("/")[2] not in texts]
    for key in gone:
        wav_file(folder / key).unlink(missing_ok=True)
        del entries[key]
    if gone:
        manifest.write(folder, entries)
    return gone


@cache
def _voice(name: str, voice_cache: Path) -> Voice:
    """One voice a process: opening it takes longer than a sentence."""
    return voices(voice_cache)[name]()


def main(arguments: Sequence[str], parser: argparse.ArgumentParser | None = None) -> int:
    """The command; 0 when everything is recorded, 1 when something could not be.

    ``parser`` reads the arguments and explains them, in the words of the program that calls this.
    """
    options = _options(parser or argparse.ArgumentParser("alo prompts build")).parse_args(arguments)
    catalogue = Catalogue.load()
    if options.list:
        return _list(catalogue)
    try:
        voice = full_name(_voice(options.voice, options.cache))
        return _record(_tasks(options, catalogue, voice), options)
    except SoundFailed as failed:
        _tell(f"Não foi possível gravar: {failed}.\n")
        return 1


def _tasks(options: argparse.Namespace, catalogue: Catalogue, voice: str) -> list[Task]:
    names = demo_names()
    texts = {**spoken_texts(catalogue), **names}
    if options.folder == SHIPPED:
        forget(texts, options.folder)
    texts = names if options.names else texts
    if unknown := [prompt_id for prompt_id in options.only if prompt_id not in texts]:
        raise SoundFailed(f"não há aviso {', '.join(unknown)}; veja: alo prompts build --list")
    if options.only:
        texts = {prompt_id: texts[prompt_id] for prompt_id in options.only}
    return stale(texts, options.folder, voice)


def _record(tasks: Sequence[Task], options: argparse.Namespace) -> int:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(VOICES_AT_ONCE, spawn, initializer=os.nice, initargs=(10,)) as pool:
        making = pool.map(
            partial(make, folder=options.folder, voice=partial(_voice, options.voice, options.cache)), tasks
        )
        for done, task in enumerate(build(tasks, options.folder, making), 1):
            _tell(f"\r{done} de {len(tasks)}  {task.key:60.60}")
    _tell(f"\r{len(tasks)} gravações novas em {options.folder}{'':40}\n")
    return 0


def _tell(progress: str) -> None:
    sys.stderr.write(progress)
    sys.stderr.flush()


def _list(catalogue: Catalogue) -> int:
    used = catalogue.where_used()
    for prompt_id in catalogue.ids():
        where = ", ".join(used[prompt_id]) if prompt_id in catalogue.fixed else "agi/speech.py"
        sys.stdout.write(f"{prompt_id}\t{catalogue.text(prompt_id)}\t{where}\n")
    return 0


def _options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.description = "Grava os avisos que faltam ou mudaram."
    parser.add_argument("--voice", choices=tuple(voices(Path())), default="kokoro", help="quem fala")
    parser.add_argument(
        "--only", nargs="+", default=(), metavar="AVISO", help="só estes avisos, por exemplo booking/done"
    )
    parser.add_argument("--names", action="store_true", help="só os nomes da clínica de demonstração")
    parser.add_argument("--list", action="store_true", help="mostra cada aviso, seu texto e onde é usado; não grava")
    parser.add_argument("--folder", type=Path, default=SHIPPED, metavar="PASTA", help="onde gravar")
    parser.add_argument(
        "--cache", type=Path, default=Path("var/voices"), metavar="PASTA", help="onde fica o que a voz precisa buscar"
    )
    return parser
