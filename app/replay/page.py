"""One HTML file with a replay in it: it opens from disk, asks nobody for anything, and can be sent by e-mail."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from app.replay.columns import pack
from app.replay.scripts import part, script
from experiments.languages.speech import CHINESE, ENGLISH, check_language, say, speaking
from experiments.presentation.letters import face, strings_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STYLE = "body { margin: 0; background: #f5f6f8; }\n"
START = """\
Beatlab.replay(document.getElementById("replay"), Beatlab.fromBase64(document.getElementById("data").textContent),
  {{ language: {language} }}).then((shown) => {{ window.replay = shown; }});
"""


def html(told: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Return a replay as one HTML page, in which the language can be changed.

    Its data are letters that mean nothing to HTML, and its scripts and styles are allowed by their hashes alone:
    whatever a city or a strategy is called, nothing of it can run, and nothing is fetched.

    Parameters
    ----------
    told : mapping
        What `app.replay.data.tree` gives.
    language : str
        In which it begins.

    Raises
    ------
    BadInput
        If there is no such language.
    """
    import jinja2
    from markupsafe import Markup

    check_language(language)
    scripts = [script(), START.format(language=json.dumps(language))]
    style = face("".join((*scripts, strings_of(told)))) + STYLE + part("player.css")
    page = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(part("page.html.j2"))
    with speaking(language):
        return page.render(
            language="zh-CN" if language == CHINESE else language,
            policy=_policy(scripts, style),
            title=told["title"][language],
            style=Markup(style),
            without_script=say("This page draws with JavaScript, which is switched off."),
            data=Markup(base64.b64encode(pack(told)).decode()),
            player=Markup(scripts[0]),
            start=Markup(scripts[1]),
        )


def _policy(scripts: Sequence[str], style: str) -> str:
    """Return what a browser is to allow the page: these scripts and styles, and nothing from anywhere."""
    allowed = " ".join(map(_hash, scripts))
    within = "img-src data:; font-src data:; base-uri 'none'"
    return f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; {within}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
