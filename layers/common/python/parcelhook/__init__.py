"""Parcelhook: shipping webhooks, wire compatible with ShipEngine, Shippo and eHub."""
