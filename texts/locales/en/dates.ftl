# A date and time, of a day, a time of day and a zone in words.
dates-date-time = { $day } at { $time } ({ $zone })
dates-day = { $weekday } { $day } { $month } { $year }
dates-weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
dates-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
dates-short-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
# $hour counts to 23 and $minute has two digits. $full is "yes" at the full hour. $part is "midday" at twelve sharp,
# or else "morning" or "afternoon". CLOCK12 is the hour on a clock of twelve.
dates-time = { $part ->
    [midday] midday
    [morning] { CLOCK12($hour) }:{ $minute } am
   *[afternoon] { CLOCK12($hour) }:{ $minute } pm
}
# $zone is a name of the time zone database with "-" for "/", $city the last part of it. DE is "de" or "d’".
dates-zone = { $city } time
