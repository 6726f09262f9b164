"""How the site is built: `python -m sphinx -W -b html docs docs/_build`, without the internet."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE / "_ext"), str(ROOT)]

from beatlab import __version__  # noqa: E402 (found on the path of the line above)

# Tutorials type commands as a reader does: the Python of this environment comes first, and it finds this checkout.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
os.environ["COLUMNS"] = "110"

project = "Beatlab"
author = "The Beatlab authors"
copyright = "The Beatlab authors, Apache-2.0"  # noqa: A001 (the name is Sphinx's)
release = version = __version__

extensions = ["myst_nb", "sphinx_copybutton", "sphinx_design", "mathml", "beatlab_docs"]
exclude_patterns = ["_build", "_ext", "jupyter_execute"]
myst_enable_extensions = ["colon_fence", "attrs_inline", "attrs_block", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # generated parts begin at the level of the heading above them

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "remove"  # of notebooks that fail the traceback is told elsewhere

html_theme = "furo"
html_math_renderer = "mathml"
html_title = f"Beatlab {release}"
html_static_path = ["_static"]
html_css_files = ["beatlab.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
_FONTS = '"Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Source Han Sans SC", sans-serif'
html_theme_options = {
    "light_css_variables": {
        "font-stack": f'-apple-system, "Segoe UI", {_FONTS}',
        "color-brand-primary": "#1f5f8b",
        "color-brand-content": "#1f5f8b",
    },
    "dark_css_variables": {"color-brand-primary": "#7fb8e0", "color-brand-content": "#7fb8e0"},
}
