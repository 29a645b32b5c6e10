"""The words of a question about a table, as patterns: what one says for a function, a chart, an action, an order."""

from desktop_app.engine.models.analyst.table.query import Action, Chart

FUNCTIONS = (
    ("mean", r"averages?|means?|avg|typical"),
    ("median", r"medians?"),
    ("sum", r"sums?|totals?|combined|overall sum|add up"),
    ("std", r"std|standard deviations?|stdev"),
    ("nunique", r"(?:distinct|unique|different)(?= <c)"),
    ("min", r"min|minimum|minima"),
    ("max", r"max|maximum|maxima"),
    ("count", r"counts?|number of|how many|frequency|frequencies"),
)
DOWN = (
    r"descending|desc|decreasing|reverse|largest first|highest first|biggest first|most first|"
    r"from high(?:est)? to low(?:est)?|"
    r"from large(?:st)? to small(?:est)?"
)
UP = r"ascending|asc|increasing|smallest first|lowest first|from low(?:est)? to high(?:est)?|alphabetical(?:ly)?"
MOST = (
    r"top|highest|largest|biggest|greatest|most|best|heaviest|longest|maximum|max|newest|latest|"
    r"richest|oldest|tallest"
)
LEAST = r"bottom|lowest|smallest|least|fewest|worst|minimum|min|lightest|shortest|cheapest|poorest|youngest|earliest"
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twenty": 20,
    "fifty": 50,
    "dozen": 12,
}
COUNT = rf"(\d{{1,6}}|{'|'.join(NUMBERS)})"

CHARTS = (
    (Chart.HEATMAP, r"heat ?map|correlation (?:matrix|plot|chart)"),
    (Chart.HISTOGRAM, r"histograms?|distributions?|distributed"),
    (Chart.BOX, r"box(?: |-)?(?:plots?|charts?|and whiskers?)?|whiskers?|violin"),
    (Chart.SCATTER, r"scatter(?: |-)?(?:plots?|charts?|diagram|graph)?|dots?"),
    (Chart.PIE, r"pie(?: |-)?(?:charts?|plots?|graph)?|donut"),
    (Chart.LINE, r"line(?: |-)?(?:charts?|plots?|graphs?|diagram)|lines|as (?:a )?line|time series"),
    (Chart.BAR, r"bar(?: |-)?(?:charts?|plots?|graphs?|diagrams?)?|bars|column chart|barplot|barchart"),
    (
        Chart.AUTO,
        r"plot(?:s|ted|ting)?|charts?|graph(?:s|ically)?|diagrams?|visuali[sz]e|visuali[sz]ation|draw|picture",
    ),
)
ACTIONS = (
    (Action.MERGE, r"merge|join|combine (?:the|these|both|two|all)"),
    (Action.SHUFFLE, r"shuffl\w+|randomi[sz]e|random order|mix up|permute"),
    (
        Action.DEDUPLICATE,
        (r"(?:drop|remove|delete|without|eliminate|get rid of)(?: all| the| any)* duplicat\w*|dedup\w*"),
    ),
    (
        Action.DROP_MISSING,
        (
            r"(?:drop|remove|delete|without|discard|omit)(?: all| the| any)*(?: rows with| rows that have)?(?:"
            r" any)? (?:missing|null|nan|na|empty|incomplete)\w*"
        ),
    ),
    (Action.SAMPLE, r"(?:random )?sample(?: of)?|random(?:ly)? (?:select|pick|\d+)|pick \d+ random"),
    (Action.MISSING, r"missing|nulls?|nans?|gaps|incomplete|blanks?"),
    (Action.OUTLIERS, r"outliers?|anomal\w+|extreme values"),
    (Action.CORRELATION, r"correlat\w+|relationship|related|relation|association|associated|depend"),
    (Action.DESCRIBE, r"describe|statistics|stats|statistical|descriptive|five number|quartiles?|percentiles?"),
    (
        Action.TYPES,
        (
            r"(?:data )?types?|dtypes?|"
            r"(?:what|which|list|show|name)(?: are| me| all| is)*(?: the)? (?:columns?|fields|variables)|"
            r"columns (?:are|does|do|names?)|column names|schema"
        ),
    ),
    (
        Action.SIZE,
        (
            r"how many (?:rows|lines|records|entries|observations|columns|data points)|"
            r"number of (?:rows|records|columns|entries|observations)|(?:shape|size|dimensions?) of|"
            r"how (?:big|large|long) is"
        ),
    ),
    (
        Action.OVERVIEW,
        (
            r"what(?:'s| is| does| do we have)?(?: this| the| inside| in)*(?: file| data| dataset| data set|"
            r" table)?(?: about| in (?:it|this|the|here|there|my)| contain| inside)|"
            r"what(?:'s| is) (?:this|that|it)\b|summar\w+|overview|tell me (?:more )?about|analy[sz]e|"
            r"analysis|explore|explain (?:the|this|my) (?:data|file|dataset|table)|insights?|look at|"
            r"what can you (?:see|tell)|about this (?:file|data)|profile"
        ),
    ),
    (Action.TAIL, r"tail|(?:last|final) (?:\w+ )?(?:rows?|lines?|records?|entries)"),
    (
        Action.HEAD,
        (
            r"head|preview|(?:first|top) (?:\w+ )?(?:rows?|lines?|records?|entries)|"
            r"(?:show|display|print|see|view|open) (?:me )?(?:the |this |my |some )*(?:data|file|table|rows|dataset)"
        ),
    ),
    (
        Action.DISTINCT,
        (
            r"(?:distinct|unique|different|possible) (?:values?)?|values? (?:of|in|are)|"
            r"which (?:values|kinds)|value counts?"
        ),
    ),
)
PERIODS = (
    ("D", r"daily|per day|by day|each day"),
    ("W", r"weekly|per week|by week|each week"),
    ("M", r"monthly|per month|by month|each month|month by month"),
    ("Q", r"quarterly|per quarter|by quarter|each quarter"),
    ("Y", r"yearly|annual(?:ly)?|per year|by year|each year|per annum"),
)
OVER_TIME = (
    r"over (?:the )?(?:time|years|months)|through time|time series|trends?|development|evolution|"
    r"develops?|evolved?|over the course"
)
FOLLOW_UP = (
    r"^(?:sorted|and|now|same|also|instead|what about|how about|again|then|ok(?:ay)?|please|but|only)\b|"
    r"\b(?:instead|the same|it|that|this|them|those)\b"
    r"(?! (?:file|data|dataset|table|csv|column|is))"
)
ELLIPSIS = r"^(?:by|per|for|in|as|with|without)\b"
FORMATS = (
    ("csv", r"csv|comma separated"),
    ("xlsx", r"xlsx?|excel|spreadsheet|workbook"),
    ("json", r"json"),
    ("tsv", r"tsv|tab separated"),
    ("png", r"png|image"),
)
SAVE = (
    r"save|export|download\w*|store|provide|"
    r"(?:give|send|hand|get|want|need|return|deliver)(?: me| us)?(?: back)?(?: it| that| them| this)?(?: as| in| to)?"
    r"(?: an?| the| this| that| it)*(?: \w+)?"
    r"(?= (?:file|csv|xlsx?|excel|json|tsv|png|spreadsheet|image|result|workbook))|"
    r"convert\w*|turn (?:it|this|that)? ?into|write"
)
