"""Shippo's carriers: those of its clients' enumeration and of its page on carriers with tracking."""

_NAMES = """
airterra apc_postal apg aramex asendia_us australia_post axlehire better_trucks borderguru boxberry bring
canada_post cdl chronopost colissimo collect_plus correios_br correos_espana couriersplease deutsche_post
dhl_benelux dhl_ecommerce dhl_express dhl_germany dhl_germany_c2c dpd_de dpd_uk estafeta fastway_australia fedex
globegistics gls_us gophr gso hermes_germany_b2c hermes_uk hongkong_post la_poste lasership lso mondial_relay
new_zealand_post nippon_express ontrac orangeds parcelforce passport pcf pitney_bowes poste_italiane posti
purolator royal_mail royal_mail_sf rr_donnelley russian_post sendle skypostal stuart swyft uds ups usps veho
"""
CARRIERS = frozenset(_NAMES.split())
MOCK = "shippo"
"""The carrier of the tracking guide's test numbers."""
