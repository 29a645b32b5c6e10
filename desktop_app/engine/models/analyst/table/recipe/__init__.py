"""How each action is done: its code, and its answer. To add one, write a recipe and enter it in `RECIPES`."""

from collections.abc import Callable, Mapping

from desktop_app.engine.models.analyst.table.query import Action
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe
from desktop_app.engine.models.analyst.table.recipe.glance import head, missing, overview, size, types
from desktop_app.engine.models.analyst.table.recipe.group import aggregate, count, values
from desktop_app.engine.models.analyst.table.recipe.relation import correlation
from desktop_app.engine.models.analyst.table.recipe.row import outliers, rows
from desktop_app.engine.models.analyst.table.recipe.statistic import describe
from desktop_app.engine.models.analyst.table.recipe.transform import (
    convert,
    deduplicate,
    drop_missing,
    merge,
    sample,
    shuffle,
)

RECIPES: Mapping[Action, Callable[[Kitchen], Recipe]] = {
    Action.OVERVIEW: overview,
    Action.HEAD: head,
    Action.TAIL: head,
    Action.DESCRIBE: describe,
    Action.MISSING: missing,
    Action.TYPES: types,
    Action.SIZE: size,
    Action.DISTINCT: values,
    Action.VALUES: values,
    Action.COUNT: count,
    Action.AGGREGATE: aggregate,
    Action.ROWS: rows,
    Action.CORRELATION: correlation,
    Action.OUTLIERS: outliers,
    Action.CONVERT: convert,
    Action.SHUFFLE: shuffle,
    Action.SAMPLE: sample,
    Action.DEDUPLICATE: deduplicate,
    Action.DROP_MISSING: drop_missing,
    Action.MERGE: merge,
}

__all__ = ["RECIPES", "Kitchen", "Recipe"]
