"""A screen, as tmux captures it, as an SVG that needs no font, style or script of anybody's."""

import re
import unicodedata
from html import escape
from itertools import groupby
from typing import NamedTuple

CELL, LINE, SIZE = 8.4, 19, 14
MARGIN, BAR = 16, 34
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"

PAPER, INK, FRAME, TITLE = "#1c2128", "#cdd5df", "#444c56", "#8b949e"
BUTTONS = ["#ec6a5e", "#f4bf4f", "#61c554"]
# The sixteen colours of a terminal, in its order.
PALETTE = """
    #545d68 #f47067 #6bc46d #daaa3f #6cb6ff #dcbdfb #56d4dd #cdd5df
    #768390 #ff938a #8ddb8c #eac55f #96d0ff #eedcff #76e3ea #ffffff
""".split()

# No seam where one block ends and the next begins.
CRISP = ' shape-rendering="crispEdges"'
EIGHTHS = "▏▎▍▌▋▊▉█"
SHADES = {"░": 0.2, "▒": 0.4, "▓": 0.75}
# Which ways the strokes of a box go from the middle of the cell: left, right, up, down.
STROKES = {"─": "lr", "│": "ud", "┬": "lrd", "┴": "lru", "┼": "lrud", "├": "urd", "┤": "uld"}
STROKES |= {"┌": "rd", "┐": "ld", "└": "ru", "┘": "lu"}


class Style(NamedTuple):
    ink: str | None = None
    paper: str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underlined: bool = False
    reversed: bool = False

    def colours(self):
        """What to write with and on; None for the paper of the whole."""
        if self.reversed:
            return self.paper or PAPER, self.ink or INK
        return self.ink or INK, self.paper


class Cell(NamedTuple):
    column: int
    width: int
    text: str
    style: Style


def colour(number):
    """One of the 256 colours of xterm."""
    if number < 16:
        return PALETTE[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    cube = [(number - 16) // step % 6 for step in (36, 6, 1)]
    return "#" + "".join(f"{55 + 40 * level if level else 0:02x}" for level in cube)


ATTRIBUTES = {1: "bold", 2: "dim", 3: "italic", 4: "underlined", 7: "reversed"}


def styled(style, codes):
    """The style after one SGR sequence."""
    codes = iter(codes)
    for code in codes:
        if code == 0:
            style = Style()
        elif code in ATTRIBUTES:
            style = style._replace(**{ATTRIBUTES[code]: True})
        elif code == 22:
            style = style._replace(bold=False, dim=False)
        elif code - 20 in ATTRIBUTES:
            style = style._replace(**{ATTRIBUTES[code - 20]: False})
        elif code >= 30:
            style = coloured(style, code, codes)
        else:
            raise ValueError(f"SGR {code} is not known here")
    return style


def coloured(style, code, more):
    """The style after a code for a colour, of which `more` may hold the rest."""
    ground = "ink" if code // 10 in (3, 9) else "paper"
    if code in (38, 48):
        value = colour(next(more)) if next(more) == 5 else "#" + "".join(f"{next(more):02x}" for _ in range(3))
    elif code in (39, 49):
        value = None
    else:
        value = PALETTE[code % 10 + (8 if code >= 90 else 0)]
    return style._replace(**{ground: value})


def cells(row):
    """What is in each cell of a row, with the widths that a terminal gives to characters."""
    style, column, found = Style(), 0, []
    for sequence, character in re.findall(r"\x1b\[([\d;]*)m|([^\x1b])", row):
        if not character:
            style = styled(style, [int(code or 0) for code in sequence.split(";")])
        elif unicodedata.combining(character) and found:
            found[-1] = found[-1]._replace(text=found[-1].text + character)
        else:
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            found.append(Cell(column, width, character, style))
            column += width
    return found


def runs(row):
    """Cells that are drawn as one: of one style, with no more than one space between words.

    So each column of a table begins where it should, whatever the width of the font that a reader has.
    """
    run = []
    for cell in row:
        breaks = run and (cell.style != run[-1].style or cell.width != run[-1].width)
        if breaks or (run and cell.text == run[-1].text == " "):
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def drawn(cell):
    return cell.text in EIGHTHS or cell.text in SHADES or cell.text in STROKES


def rectangle(x, y, width, height, fill, more=""):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}/>'


def background(row, y):
    for paper, group in groupby(row, lambda cell: cell.style.colours()[1]):
        group = list(group)
        if paper:
            width = sum(cell.width for cell in group) * CELL
            yield rectangle(group[0].column * CELL, y, width, LINE, paper)


def shape(cell, count, y):
    """`count` times a block or a stroke of a box, which fonts draw with gaps between the lines."""
    x, ink = cell.column * CELL, cell.style.colours()[0]
    if cell.text in EIGHTHS:
        return rectangle(x, y + 3, count * CELL * (EIGHTHS.index(cell.text) + 1) / 8, LINE - 6, ink, CRISP)
    if cell.text in SHADES:
        return rectangle(x, y + 3, count * CELL, LINE - 6, ink, f'{CRISP} opacity="{SHADES[cell.text]}"')
    middle, centre = y + LINE / 2, x + CELL / 2
    ends = {"l": f"H{x:.1f}", "r": f"H{x + CELL * count:.1f}", "u": f"V{y}", "d": f"V{y + LINE}"}
    path = "".join(f"M{centre:.1f} {middle}{ends[way]}" for way in STROKES[cell.text])
    return f'<path d="{path}" stroke="{ink}" fill="none"{opacity(cell.style)}/>'


def opacity(style):
    return ' opacity="0.6"' if style.dim else ""


def written(run, y):
    text = "".join(cell.text for cell in run)
    start = len(text) - len(text.lstrip())
    run, style = run[start : start + len(text.strip())], run[0].style
    if not run:
        return ""
    look = ' font-weight="bold"' if style.bold else ""
    look += ' font-style="italic"' if style.italic else ""
    look += ' text-decoration="underline"' if style.underlined else ""
    x, width = run[0].column * CELL, sum(cell.width for cell in run) * CELL
    place = f'x="{x:.1f}" y="{y + 14}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text {place} fill="{style.colours()[0]}"{look}{opacity(style)}>{escape(text.strip())}</text>'


def draw(row, y):
    yield from background(row, y)
    for cell, group in groupby(row, lambda cell: cell._replace(column=0) if drawn(cell) else None):
        group = list(group)
        if cell:
            yield shape(group[0], len(group), y)
        else:
            yield from filter(None, (written(run, y) for run in runs(group)))


def picture(screen, title):
    """The SVG of the rows of a screen, in the frame of a window."""
    rows = [cells(row) for row in screen]
    columns = max(row[-1].column + row[-1].width for row in rows if row)
    width, height = columns * CELL + 2 * MARGIN, len(rows) * LINE + BAR + 2 * MARGIN
    head = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}"'
    frame = rectangle(0.5, 0.5, width - 1, height - 1, PAPER, f' stroke="{FRAME}" rx="9"')
    buttons = [f'<circle cx="{20 + 20 * i}" cy="{BAR / 2 + 1}" r="6" fill="{fill}"/>' for i, fill in enumerate(BUTTONS)]
    name = f'<text x="{width / 2:.1f}" y="{BAR / 2 + 6}" fill="{TITLE}" text-anchor="middle">{escape(title)}</text>'
    rule = f'<path d="M1 {BAR}.5H{width - 1:.1f}" stroke="{FRAME}" opacity="0.5"/>'
    lines = [line for i, row in enumerate(rows) for line in draw(row, i * LINE)]
    return "\n".join(
        [f'<svg {head} font-family="{FONTS}" font-size="{SIZE}">', frame, *buttons, name, rule]
        + [f'<g transform="translate({MARGIN} {BAR + MARGIN})">', *lines, "</g>", "</svg>", ""]
    )
