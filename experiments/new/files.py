"""The starting files of something of your own, from the templates of this folder."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path
from string import Template

from experiments.languages.speech import LANGUAGES
from experiments.settings.folders import CONFIGS
from experiments.settings.overrides import GROUPS
from scenarios.lessons.found import CODE, OWN, lesson_folders
from sim.parameters import BadInput, Unusable

TEMPLATES = Path(__file__).parent / "templates"


def files_of(what: str, name: str, language: str) -> dict[str, str]:
    """Return the starting files of a strategy, programme, indicator, pattern, situation or lesson.

    Parameters
    ----------
    what : str
        One of these six words.
    name : str
        By which it will be chosen.
    language : str
        `en` or `zh`, of the comments in a situation.

    Returns
    -------
    dict
        Path below the user's folder → text.

    Raises
    ------
    BadInput
        For a name that cannot be used.
    """
    if what == "situation":
        _check_situation(name)
        templates = {f"{name}.yaml": f"situation.{language}.yaml"}
    elif what == "lesson":
        _check_lesson(name)
        folder = f"{OWN}/{name}"
        templates = {f"{folder}/{CODE}": CODE} | {f"{folder}/{one}.md": f"lesson.{one}.md" for one in LANGUAGES}
    else:
        _check_class(what, name)
        templates = {f"{name}.py": f"{what}.py"}
    return {
        path: Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(
            name=name, Class=_class_name(what, name)
        )
        for path, template in {**templates, f"test_{name}.py": f"test_{what}.py"}.items()
    }


def write(files: dict[str, str], folder: str) -> list[Path]:
    """Write files below a folder, all of them or none; return their paths.

    Raises
    ------
    BadInput
        If one exists already, or cannot be written.
    """
    try:
        base = Path(folder).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadInput("--dir", folder, f"the name of a folder ({error})") from None
    paths = [base / name for name in files]
    for path in paths:
        if path.exists():
            raise Unusable("new", str(path), "file {} exists already; choose another name or --dir")
    done: list[Path] = []
    try:
        for path, text in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            done.append(path)
            path.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        for path in done:
            path.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or str(error)
        raise Unusable("--dir", folder, f"folder {{}} cannot be written ({why})") from None
    return paths


def _class_name(what: str, name: str) -> str:
    """`near_repeat` → `NearRepeat`; letters that know no capitals get a word before them."""
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return joined if joined[0].isupper() else f"{what.capitalize()}{joined}"


def _check_class(what: str, name: str) -> None:
    """Refuse a name that no file and class can have, and those of ours."""
    from experiments.patterns.published import published
    from sim.outcomes.own_indicators import own_indicators
    from sim.programmes.base import programmes
    from sim.strategies.base import registered

    if not name.isidentifier() or keyword.iskeyword(name) or not re.search(r"[^\W\d_]", name):
        allowed = "letters, digits and _, beginning with a letter, such as near_repeat or 社区热点"
        raise BadInput("name", name, allowed)
    if name in sys.stdlib_module_names or name in ("beatlab", "numpy", "sim", "scenarios", "experiments", "configs"):
        raise Unusable("name", name, "{} is the name of a module that the file needs; choose another")
    taken = {
        "strategy": list(registered()),
        "programme": list(programmes()),
        "indicator": list(own_indicators()),
        "pattern": [it.name for it in published()],
    }[what]
    if name in taken:
        raise Unusable("name", name, f"a {what} {{}} exists already, as do {', '.join(taken)}; choose another name")


def _check_lesson(name: str) -> None:
    """Refuse a name that no lesson can have, and those that there are."""
    if not name.isidentifier() or not re.match(r"[^\W\d_]", name):
        raise BadInput("name", name, "letters, digits and _, beginning with a letter, such as night_shift or 夜班")
    if name in (taken := lesson_folders()):
        raise Unusable("name", name, f"a lesson {{}} exists already, as do {', '.join(taken)}; choose another name")


def _check_situation(name: str) -> None:
    """Refuse a name that no file can have, and those of our options."""
    from scenarios.shortages import shortage

    if not re.fullmatch(r"[^\W\d_][\w-]*", name):
        raise BadInput(
            "name", name, "letters of any script, digits, _ and -, beginning with a letter, such as 夜班不足"
        )
    taken = [group for group in GROUPS if (CONFIGS / group / f"{name}.yaml").exists()]
    try:
        shortage(name)
    except KeyError:
        if not taken:
            return
    raise Unusable("name", name, "an option {} exists already; choose another name")
