"""OpenLot (明签): the double-random inspection platform of a city."""
