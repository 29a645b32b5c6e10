"""Writes the statements that draw. They work on an axis `ax`; `figure` writes the figure around them."""

from desktop_app.engine.models.analyst.language import readable
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.shape import Column
from desktop_app.engine.models.analyst.table.phrase import title

ACCENT = "#2457D6"
PALETTE = [ACCENT, "#E07A1F", "#1E9E77", "#B3438F", "#6B7280", "#C2A200", "#7A4FD0", "#C23B3B"]
PYPLOT = "import matplotlib.pyplot as plt"


def label(text: str) -> str:
    """A literal for a title or label. Two dollar signs would start a formula."""
    return literal(title(text).replace("$", r"\$"))


def name(column: str) -> str:
    """A literal for a column's name as a label."""
    return literal(readable(column)[:90].replace("$", r"\$"))


def figure(lines: list[str], size: tuple[float, float] = (9, 5), grid: str = "") -> list[str]:
    """A figure of that size in inches, with light grid lines for one axis (`x` or `y`)."""
    head = [f'fig, ax = plt.subplots(figsize=({size[0]:g}, {size[1]:g}), dpi=144, layout="constrained")']
    tail = ['ax.spines[["top", "right"]].set_visible(False)'] if grid else []
    if grid:
        tail += [f'ax.grid(axis="{grid}", alpha=0.25)', "ax.set_axisbelow(True)"]
    return [*head, *lines, *tail]


def palette(groups: int) -> str:
    """A literal with as many colours as there are groups, at most eight."""
    return literal(PALETTE[: max(1, groups)])


def thousands(axis: str, column: Column | None) -> list[str]:
    """Thousands separators on an axis whose numbers need them."""
    if column is not None and (column.is_year or max(abs(column.low), abs(column.high)) < 1000):
        return []
    return [f'ax.{axis}axis.set_major_formatter("{{x:,.0f}}")']


def is_wide(keys: list[Column], limit: int | None) -> bool:
    """Whether labels need the room of horizontal bars."""
    shown = min(limit or 1000, max((key.distinct for key in keys), default=0))
    longest = max((len(value) for key in keys for value in key.values), default=0)
    return shown > 12 or longest * shown > 90


def bars(series: str, value: str, key: str, heading: str, column: Column | None, wide: bool) -> list[str]:
    """Sorted bars of a series, one for each of its index."""
    if wide:
        lines = [f'ax.barh({series}.index.astype(str), {series}, color="{ACCENT}")', "ax.invert_yaxis()"]
        labels = [f"ax.set_xlabel({label(value)})"]
    else:
        lines = [f'ax.bar({series}.index.astype(str), {series}, color="{ACCENT}")']
        labels = [f"ax.set_xlabel({name(key)})", f"ax.set_ylabel({label(value)})"]
    return [*lines, f"ax.set_title({label(heading)})", *labels, *thousands("x" if wide else "y", column)]


def grouped_bars(frame: str, value: str, key: str, heading: str, column: Column | None, groups: int = 8) -> list[str]:
    """One group of bars for each row, one colour for each column."""
    return [
        f"{frame}.plot.bar(ax=ax, color={palette(groups)}, width=0.8, rot=0)",
        f"ax.set_title({label(heading)})",
        f"ax.set_xlabel({name(key)})",
        f"ax.set_ylabel({label(value)})",
        *thousands("y", column),
    ]


def line(series: str, value: str, key: str, heading: str, column: Column | None) -> list[str]:
    """A line along the index."""
    return [
        f'ax.plot({series}.index, {series}, color="{ACCENT}", linewidth=2)',
        f"ax.set_title({label(heading)})",
        f"ax.set_xlabel({name(key)})",
        f"ax.set_ylabel({label(value)})",
        *thousands("y", column),
    ]


def lines(frame: str, value: str, key: str, heading: str, column: Column | None, groups: int = 8) -> list[str]:
    """One line for each column."""
    return [
        f"{frame}.plot(ax=ax, color={palette(groups)}, linewidth=2)",
        f"ax.set_title({label(heading)})",
        f"ax.set_xlabel({name(key)})",
        f"ax.set_ylabel({label(value)})",
        *thousands("y", column),
    ]


def pie(series: str, heading: str, groups: int) -> list[str]:
    """A pie of at most eight slices."""
    return [
        f"slices = {series}.head(8)",
        f"colors = {palette(groups)}",
        'ax.pie(slices, labels=slices.index.astype(str), colors=colors, autopct="%.1f %%", startangle=90)',
        f"ax.set_title({label(heading)})",
    ]


def histogram(column: Column, heading: str) -> list[str]:
    """The distribution of a column."""
    target = f"df[{literal(column.name)}]"
    return [
        f'ax.hist({target}.dropna(), bins=30, color="{ACCENT}", edgecolor="white")',
        f"ax.set_title({label(heading)})",
        f"ax.set_xlabel({name(column.name)})",
        'ax.set_ylabel("Rows")',
        *thousands("x", column),
    ]


def boxes(column: Column, key: str, heading: str) -> list[str]:
    """One box, or one for each group."""
    target = f"df[{literal(column.name)}].dropna()"
    style = f'medianprops={{"color": "{ACCENT}", "linewidth": 2}}'
    if not key:
        drawn = [f"ax.boxplot({target}, {style})", "ax.set_xticks([])"]
    else:
        by = f"df.dropna(subset=[{literal(column.name)}]).groupby({literal(key)})[{literal(column.name)}]"
        drawn = [
            f"groups = {{str(group): values for group, values in {by}}}",
            f"ax.boxplot(list(groups.values()), tick_labels=list(groups), {style})",
            f"ax.set_xlabel({name(key)})",
        ]
    return [
        *drawn,
        f"ax.set_title({label(heading)})",
        f"ax.set_ylabel({name(column.name)})",
        *thousands("y", column),
    ]


def scatter(y: Column, x: Column, colour: str, heading: str, groups: int = 1) -> list[str]:
    """Points, in one colour or in one for each group."""
    xs, ys = literal(x.name), literal(y.name)
    if colour:
        drawn = [
            f"ax.set_prop_cycle(color={palette(groups)})",
            f"for group, rows in df.groupby({literal(colour)}):",
            f"    ax.scatter(rows[{xs}], rows[{ys}], s=22, alpha=0.7, label=str(group))",
            f"ax.legend(title={name(colour)})",
        ]
    else:
        drawn = [f'ax.scatter(df[{xs}], df[{ys}], s=22, alpha=0.6, color="{ACCENT}")']
    return [
        *drawn,
        f"ax.set_title({label(heading)})",
        f"ax.set_xlabel({name(x.name)})",
        f"ax.set_ylabel({name(y.name)})",
        *thousands("x", x),
        *thousands("y", y),
    ]


def heatmap(frame: str, heading: str, annotated: bool) -> list[str]:
    """A correlation matrix in colours from -1 to 1."""
    lines = [
        f'image = ax.imshow({frame}, cmap="RdBu_r", vmin=-1, vmax=1)',
        f'ax.set_xticks(range(len({frame})), {frame}.columns, rotation=40, ha="right")',
        f"ax.set_yticks(range(len({frame})), {frame}.columns)",
    ]
    if annotated:
        lines += [
            f"for i in range(len({frame})):",
            f"    for j in range(len({frame})):",
            f"        r = {frame}.iloc[i, j]",
            '        ax.text(j, i, f"{r:.2f}", ha="center", va="center", color="white" if abs(r) > 0.6 else "black")',
        ]
    return [*lines, "fig.colorbar(image)", f"ax.set_title({label(heading)})"]
