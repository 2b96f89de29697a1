# A date and time, of a day, a time of day and a zone in words.
dates-date-time = { $day } à { $time } ({ $zone })
dates-day = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
dates-weekday = { $weekday ->
    [1] lundi
    [2] mardi
    [3] mercredi
    [4] jeudi
    [5] vendredi
    [6] samedi
   *[7] dimanche
}
dates-month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
dates-short-month = { $month ->
    [1] janv.
    [2] févr.
    [3] mars
    [4] avr.
    [5] mai
    [6] juin
    [7] juil.
    [8] août
    [9] sept.
    [10] oct.
    [11] nov.
   *[12] déc.
}
# $hour counts to 23 and $minute has two digits. $full is "yes" at the full hour. $part is "midday" at twelve sharp,
# or else "morning" or "afternoon". CLOCK12 is the hour on a clock of twelve.
dates-time = { $full ->
    [yes] { $hour } h
   *[no] { $hour } h { $minute }
}
# $zone is a name of the time zone database with "-" for "/", $city the last part of it. DE is "de" or "d’".
dates-zone = { $zone ->
    [America-Cayenne] heure de Cayenne
    [America-Guadeloupe] heure de la Guadeloupe
    [America-Martinique] heure de la Martinique
    [America-Miquelon] heure de Saint-Pierre-et-Miquelon
    [America-St_Barthelemy] heure de Saint-Barthélemy
    [America-Marigot] heure de Saint-Martin
    [Atlantic-Canary] heure des Canaries
    [Atlantic-Azores] heure des Açores
    [Europe-Athens] heure d’Athènes
    [Europe-Brussels] heure de Bruxelles
    [Europe-London] heure de Londres
    [Europe-Lisbon] heure de Lisbonne
    [Europe-Vienna] heure de Vienne
    [Europe-Warsaw] heure de Varsovie
    [Europe-Zurich] heure de Zurich
    [Europe-Copenhagen] heure de Copenhague
    [Africa-Algiers] heure d’Alger
    [America-Montreal] heure de Montréal
    [Indian-Mayotte] heure de Mayotte
    [Indian-Reunion] heure de La Réunion
    [Indian-Mauritius] heure de Maurice
    [Pacific-Gambier] heure des Gambier
    [Pacific-Marquesas] heure des Marquises
    [Pacific-Noumea] heure de Nouméa
    [Pacific-Tahiti] heure de Tahiti
    [Pacific-Wallis] heure de Wallis-et-Futuna
   *[other] heure { DE($city) }
}
