"""The tables of the glossary."""

from storage.glossary.record import Entry
from storage.mapping import entity
from storage.schema import metadata

GLOSSARY = entity(metadata, Entry, prefix="g")
