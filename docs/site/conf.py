"""How the documentation becomes a site: `make site`.

Every page is a Markdown file that also reads well as it is; links that lead nowhere, and modules
that cannot be described, stop the build.

No font, script or picture is fetched from anywhere, neither while building nor while reading.
"""

from sphinx.application import Sphinx

project = "overflight"
author = "The overflight developers"
project_copyright = "The overflight developers, Apache-2.0"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/site/index"
include_patterns = [
    "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**",
    "cases/*/README.md",
]  # fmt: skip
exclude_patterns = ["docs/site/conf.py"]

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
suppress_warnings = ["toc.not_included", "misc.highlighting_failure"]

html_theme = "furo"
html_title = "overflight"
html_show_sourcelink = False
html_copy_source = False

# The theme leaves out what readers without a mouse or without sight need: a level for the headings
# of the navigation, and a way to reach, by key, what scrolls sideways.
REPAIRS = {
    "furo_navigation_tree": {'role="heading"': 'role="heading" aria-level="2"'},
    "body": {
        "<pre>": '<pre tabindex="0">',
        '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    },
}


def repair(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, str], doctree: object
) -> None:
    """Say in the page what the theme leaves out."""
    for part, repairs in REPAIRS.items():
        for found, told in repairs.items():
            context[part] = (context.get(part) or "").replace(found, told)


def setup(app: Sphinx) -> None:
    """Have every page repaired after the theme has made its parts."""
    app.connect("html-page-context", repair, priority=900)
