"""The words of each cause, in the languages of a company."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.reconcile.answer import Certainty

CAUSES: Mapping[str, Mapping[str, str]] = {
    "currency": {
        "nl": "Valuta: het scherm telt in {currency}, Kompas in euro tegen de dagkoers van de ECB",
        "en": "Currency: the screen counts in {currency}, Kompas in euros at the ECB's rate of each day",
    },
    "missing": {
        "nl": "Ontbrekende dagen: {days} dagen van accounts ({first} t/m {last}) staan niet volledig in het lake",
        "en": "Missing days: {days} days of accounts ({first} through {last}) are not whole in the lake",
    },
    "after_screen": {
        "nl": "Dagen na het scherm: {days} dagen waren er toen nog niet",
        "en": "Days after the screen: it did not know {days} of them then",
    },
    "day_of_screen": {
        "nl": "De dag van het scherm zelf, {day}, was nog niet voorbij",
        "en": "The day of the screen itself, {day}, had not ended",
    },
    "late": {
        "nl": "Nagekomen: wat het platform na {seen} nog aan {days} dagen heeft veranderd (logboek van bijstellingen)",
        "en": "Late: what the platform changed of {days} days after {seen} (restatement ledger)",
    },
    "coming": {
        "nl": "Nog te verwachten: wat sinds nacht {night} kan zijn bijgekomen (kpi.measure_finality)",
        "en": "Still to come: what may have been added since the night of {night} (kpi.measure_finality)",
    },
    "withheld": {
        "nl": "GA4 geeft per kanaal en campagne minder dan het totaal: achtergehouden of onder (other) gezet",
        "en": "GA4 gives less by channel and campaign than in total: withheld, or put under (other)",
    },
    "unassigned": {
        "nl": "Waarvan zonder kanaal (Unassigned of (other)), ook in Kompas' cijfer: {of_which}",
        "en": "Without a channel (Unassigned or (other)), in Kompas' figure too: {of_which}",
    },
    "flags": {
        "nl": "Het platform zegt van zijn gegevens: {flags}",
        "en": "The platform says of its data: {flags}",
    },
    "time_zone": {
        "nl": "Tijdzone: dagen zijn die van het account ({zone}), net als op zijn scherm; wie dagen van het bedrijf "
        "telt, trekt de grens {hours:g} uur anders",
        "en": "Time zone: days are the account's ({zone}), as on its screen; who counts the company's days cuts "
        "{hours:g} hours elsewhere",
    },
    "quarantined": {
        "nl": "Quarantaine: {rows} rijen pasten niet ({reason})",
        "en": "Quarantine: {rows} rows did not fit ({reason})",
    },
    "sum_of_days": {
        "nl": "Uniek: het scherm telt de bezoekers van elke dag op; wie twee dagen kwam, telt dubbel",
        "en": "Unique counts: the screen adds up the visitors of each day; who came on two days counts twice",
    },
    "active_users": {
        "nl": "Het scherm toont actieve gebruikers, Kompas alle gebruikers",
        "en": "The screen shows active users, Kompas all users",
    },
    "interactions": {
        "nl": "Het scherm toont interacties, niet klikken",
        "en": "The screen shows interactions, not clicks",
    },
    "conversion_date": {
        "nl": "Het scherm boekt conversies op de dag van de conversie, Kompas op die van de klik",
        "en": "The screen books conversions on the day of the conversion, Kompas on that of the click",
    },
    "all_conversions": {
        "nl": "Het scherm toont alle conversies, ook de secundaire",
        "en": "The screen shows all conversions, secondary ones too",
    },
    "link_clicks": {"nl": "Het scherm toont alleen klikken op links", "en": "The screen shows clicks on links only"},
    "seven_day_click": {
        "nl": "Het scherm telt alleen aankopen binnen 7 dagen na een klik",
        "en": "The screen counts purchases within 7 days after a click only",
    },
    "post_click": {
        "nl": "Het scherm telt alleen conversies na een klik, niet na een vertoning",
        "en": "The screen counts conversions after a click only, not after a view",
    },
    "optimised_events": {
        "nl": "Het scherm telt de gebeurtenissen waarop de advertenties sturen, Kompas aankopen",
        "en": "The screen counts the events that the ads are optimised for, Kompas purchases",
    },
    "machine_opens": {
        "nl": "Het scherm telt ook opens door machines (Apple Mail)",
        "en": "The screen counts opens by machines too (Apple Mail)",
    },
    "all_clicks": {
        "nl": "Het scherm telt elke klik, Kompas wie klikte",
        "en": "The screen counts each click, Kompas who clicked",
    },
    "tax": {"nl": "Het scherm telt inclusief btw", "en": "The screen counts with VAT"},
    "shipping": {"nl": "Het scherm telt exclusief verzendkosten", "en": "The screen counts without shipping"},
    "refunds_by_day": {
        "nl": "Het scherm trekt terugbetalingen af op de dag van terugbetaling",
        "en": "The screen takes off refunds on the day of the refund",
    },
    "refunds_by_order": {
        "nl": "Het scherm trekt terugbetalingen af op de dag van de bestelling",
        "en": "The screen takes off refunds on the day of the order",
    },
    "test_orders": {"nl": "Het scherm telt testbestellingen mee", "en": "The screen counts test orders"},
    "cancelled_orders": {
        "nl": "Het scherm telt geannuleerde bestellingen mee",
        "en": "The screen counts cancelled orders",
    },
    "company_days": {
        "nl": "Tijdzone: het scherm telt dagen van het bedrijf, Kompas die van de winkel",
        "en": "Time zone: the screen counts the company's days, Kompas the shop's",
    },
}
CERTAINTIES: Mapping[str, Mapping[Certainty, str]] = {
    "nl": {
        Certainty.EXACT: "precies",
        Certainty.FITS: "precies, en het past",
        Certainty.ESTIMATED: "geschat",
        Certainty.BOUND: "hooguit",
        Certainty.POSSIBLE: "mogelijk; past niet",
        Certainty.UNKNOWN: "onbekend",
    },
    "en": {
        Certainty.EXACT: "exact",
        Certainty.FITS: "exact, and it fits",
        Certainty.ESTIMATED: "estimated",
        Certainty.BOUND: "at most",
        Certainty.POSSIBLE: "possible; does not fit",
        Certainty.UNKNOWN: "unknown",
    },
}
FRAME: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "screen": "Scherm, gezien op {seen}",
        "kompas": "Kompas, t/m {through}",
        "difference": "Verschil",
        "rest": "Onverklaard",
        "columns": "Wat,Meer op het scherm,Hoe zeker",
    },
    "en": {
        "screen": "Screen, seen on {seen}",
        "kompas": "Kompas, through {through}",
        "difference": "Difference",
        "rest": "Unexplained",
        "columns": "What,More on the screen,How sure",
    },
}
