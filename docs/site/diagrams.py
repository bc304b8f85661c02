"""Diagrams are drawn in the browser by a Mermaid of our own: pages ask no other site for anything.

Material would fetch it from a public CDN, and does not where the page has loaded one already.
"""

SCRIPT = "assets/javascripts/mermaid.min.js"


def on_post_page(output, page, config):
    """Loads Mermaid, three megabytes, on the pages that have a diagram, and on no other."""
    if 'class="mermaid"' not in output:
        return output
    depth = page.url.count("/")
    return output.replace("</head>", f'<script src="{"../" * depth}{SCRIPT}"></script></head>', 1)
