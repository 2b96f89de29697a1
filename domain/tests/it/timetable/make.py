"""Makes table.tsv: times that random cron expressions are due, by another implementation.

    python3 -m venv venv && venv/bin/pip install croniter==7.0.0 tzdata
    venv/bin/python make.py > table.tsv

Each line: the expression, the zone, a start and the next times after it, all in minutes since 1970 (the
times as differences from the one before). croniter says when an expression is due on the calendar and the
clock on the wall; zoneinfo says when that is, by our rule: a time that the clocks skip is due in the next
minute that exists, and one that they repeat is due once, the first time. croniter's own rule for changes of
the clocks is another one: how often it gives other times is said on standard error, and the script ends
with an error where it does so without a change of the clocks near by.
"""

import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from croniter import croniter

EXPRESSIONS = 10_000
TIMES = 4
ZONES = [
    "Europe/Paris", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Africa/Casablanca",
    "America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo",
    "America/Havana", "Asia/Tokyo", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza",
    "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland", "Pacific/Chatham",
    "Pacific/Apia", "Indian/Reunion", "UTC",
]
FIRST, LAST = datetime(2005, 1, 1), datetime(2035, 12, 31)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
UTC = timezone.utc


def field(dice, low, high, names=None, star=0.4):
    """A field that is not the whole range under another name: croniter takes 1-31 for a star."""
    kind = dice.random()
    if kind < star:
        return "*"
    if kind < star + 0.15:
        return f"*/{dice.randint(2, max(2, (high - low) // 2))}"

    def one():
        value = dice.randint(low, high)
        if names and dice.random() < 0.3:
            return names[(value - low) % len(names)]
        return str(value)

    def span():
        first, last = sorted(dice.sample(range(low, high + 1), 2))
        if last - first >= high - low - 1:
            last -= 2
        if last <= first:
            return str(first)
        step = f"/{dice.randint(2, 5)}" if dice.random() < 0.3 and last - first > 2 else ""
        return f"{first}-{last}{step}"

    if kind < star + 0.35:
        return one()
    if kind < star + 0.5:
        return span()
    return ",".join(dict.fromkeys(one() for _ in range(dice.randint(2, 4))))


MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
DAYS = "SUN MON TUE WED THU FRI SAT".split()


def expression(dice):
    minute = field(dice, 0, 59, star=0.15)
    hour = field(dice, 0, 23, star=0.25)
    day = field(dice, 1, 28 if dice.random() < 0.8 else 31, star=0.55)
    month = field(dice, 1, 12, MONTHS, star=0.7)
    weekday = field(dice, 0, 6, DAYS, star=0.55)
    return " ".join([minute, hour, day, month, weekday])


def start(dice, zone):
    """Some minute; every second one shortly before a change of the clocks, where the zone has any."""
    at = FIRST + timedelta(minutes=dice.randrange(int((LAST - FIRST).total_seconds()) // 60))
    at = at.replace(tzinfo=UTC)
    if dice.random() < 0.5:
        hours = timedelta(hours=1)
        probe, end = at, at + timedelta(days=250)
        offset = probe.astimezone(zone).utcoffset()
        while probe < end and probe.astimezone(zone).utcoffset() == offset:
            probe += 12 * hours
        if probe < end:
            at = probe - dice.randint(0, 30) * hours - timedelta(minutes=dice.randint(0, 59))
    return at


def instant(wall, zone):
    """When the wall shows this: the first time, or when the clocks are put forward over it."""
    early = wall.replace(tzinfo=zone, fold=0)
    back = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back == wall:
        return early.astimezone(UTC)
    # The clocks skip it: the first minute after, found where the offset changes.
    at = early.astimezone(UTC) - timedelta(days=2)
    after = early.astimezone(UTC)
    while after.astimezone(zone).replace(tzinfo=None) <= wall:
        after += timedelta(hours=1)
    low, high = at, after
    target = high.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=int((high - low).total_seconds() // 120))
        if middle.astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high


def ours(cron, zone, after):
    wall = after.astimezone(zone).replace(tzinfo=None)
    # croniter goes over the wall's times, of which some are over already.
    walk = croniter(cron, wall, day_or=True)
    found, last = [], after
    while len(found) < TIMES:
        at = instant(walk.get_next(datetime), zone)
        if at > last:
            found.append(at)
            last = at
    return found


def theirs(cron, zone, after):
    walk = croniter(cron, after.astimezone(zone), day_or=True)
    return [walk.get_next(datetime).astimezone(UTC) for _ in range(TIMES)]


def changes(zone, first, last):
    at, offset = first - timedelta(days=2), None
    while at < last + timedelta(days=2):
        now = at.astimezone(zone).utcoffset()
        if offset is not None and now != offset:
            return True
        offset = now
        at += timedelta(hours=12)
    return False


def minutes(at):
    return int((at - EPOCH).total_seconds()) // 60


def main():
    dice = random.Random(20261127)
    lines, others, unexplained = 0, 0, []
    while lines < EXPRESSIONS:
        cron, name = expression(dice), dice.choice(ZONES)
        zone = ZoneInfo(name)
        after = start(dice, zone)
        try:
            due = ours(cron, zone, after)
        except Exception:  # a day that no month has
            continue
        if due[-1].year > 2037:
            continue
        lines += 1
        try:
            other = theirs(cron, zone, after)
        except Exception:
            other = None
        if other != due:
            others += 1
            if not changes(zone, after, due[-1]):
                unexplained.append((cron, name, after, due, other))
        numbers, last = [], minutes(after)
        for at in due:
            numbers.append(str(minutes(at) - last))
            last = minutes(at)
        print(cron, name, minutes(after), *numbers, sep="\t")
    print(f"{others} of {lines} differ by croniter's own rule", file=sys.stderr)
    for it in unexplained[:10]:
        print(it, file=sys.stderr)
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
