"""Writes the synthetic data of the tests, the same every time: `python tests/data/generate.py`. No company exists."""

import csv
import datetime as dt
import random
from pathlib import Path

FOLDER = Path(__file__).parent
SECTORS = {
    "TRANSPORTATION": ("Freight", "Airways", "Rail", "Shipping", "Logistics"),
    "ENERGY": ("Power", "Gas", "Solar", "Grid", "Oil"),
    "HEALTH CARE": ("Pharma", "Clinics", "Diagnostics", "Biotech", "Devices"),
    "RETAIL": ("Stores", "Market", "Outlet", "Foods", "Fashion"),
    "TECHNOLOGY": ("Systems", "Software", "Networks", "Semiconductors", "Data"),
}
PLACES = (
    "Northern",
    "Harbour",
    "Summit",
    "Lakeside",
    "Continental",
    "Meridian",
    "Union",
    "Cedar",
    "Falcon",
    "Golden",
    "Atlas",
    "River",
)
COUNTRIES = ("Canada", "France", "Germany", "Japan", "United States")
PRODUCTS = {"Notebook": 3.5, "Pencil": 0.8, "Desk lamp": 24.0, "Chair": 89.0}
CITIES = ("Berlin", "Hamburg", "Lyon", "Oslo")


def companies() -> list[list[object]]:
    """Sixty companies in five sectors, money in millions of US dollars."""
    chance = random.Random(2024)  # noqa: S311  it has to be repeatable, not secret
    rows: list[list[object]] = []
    for sector, kinds in SECTORS.items():
        for place in PLACES:
            revenue = round(chance.lognormvariate(7, 0.9), 1)
            profit = round(revenue * chance.uniform(-0.06, 0.22), 1)
            name = f"{place} {chance.choice(kinds)}"
            rows.append([name, sector, chance.choice(COUNTRIES), revenue, profit, chance.randint(200, 60_000)])
    chance.shuffle(rows)
    return rows


def orders() -> list[list[object]]:
    """Two years of a stationer's orders."""
    chance = random.Random(7)  # noqa: S311  it has to be repeatable, not secret
    rows: list[list[object]] = []
    day = dt.date(2023, 1, 1)
    while day < dt.date(2025, 1, 1):
        for _ in range(chance.randint(0, 2)):
            product = chance.choice(list(PRODUCTS))
            quantity = chance.randint(1, 20)
            rows.append(
                [day.isoformat(), chance.choice(CITIES), product, quantity, round(quantity * PRODUCTS[product], 2)]
            )
        day += dt.timedelta(days=1)
    return rows


def write(name: str, header: list[str], rows: list[list[object]]) -> None:
    """Writes a CSV file beside this script."""
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    write("companies.csv", ["name", "sector", "country", "revenue", "operating_profit", "employees"], companies())
    write("orders.csv", ["order_date", "city", "product", "quantity", "sales"], orders())
