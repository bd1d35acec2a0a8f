"""The institution's mark in sound: a keyed identifier."""
