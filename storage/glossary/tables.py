"""The tables of the glossary."""

from storage.mapping import entity
from storage.schema import metadata
from storage.glossary.record import Entry

GLOSSARY = entity(metadata, Entry, prefix="g")
