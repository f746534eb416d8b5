#!/usr/bin/env python3
"""Writes Sources/WorkingDays/Resources/working-days.csv from the PyPI package chinesecalendar.

    python3 -m venv .venv && .venv/bin/pip install chinesecalendar==1.11.0
    .venv/bin/python Scripts/generate-working-days.py

Only exceptions are written: a Saturday or Sunday that is worked, a Monday to Friday that is off. Each State Council
notice needs a newer release of the package, or a file of one year brought in by import.
"""

from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from chinese_calendar import constants, get_holiday_detail, is_workday

FIRST, LAST = min(constants.holidays).year, max(constants.holidays).year
TARGET = Path(__file__).parent.parent / "Sources/WorkingDays/Resources/working-days.csv"
CHINESE = {holiday.value: holiday.chinese for holiday in constants.Holiday}


def exceptions():
    day = date(FIRST, 1, 1)
    while day.year <= LAST:
        worked = is_workday(day)
        if worked != (day.weekday() < 5):
            english = constants.workdays[day] if worked else get_holiday_detail(day)[1]
            yield f"{day.isoformat()},{CHINESE[english]},{'false' if worked else 'true'}"
        day += timedelta(days=1)


def main():
    rows = list(exceptions())
    header = [
        f"# source: PyPI chinesecalendar {version('chinesecalendar')}, from the State Council's yearly notices",
        "# licence: MIT",
        f"# date: {date.today().isoformat()}",
        f"# years: {FIRST}-{LAST}",
        "# date,name,isOffDay",
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("\n".join(header + rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} exceptions of {FIRST}-{LAST}")


if __name__ == "__main__":
    main()
