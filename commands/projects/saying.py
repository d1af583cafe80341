"""The parts of sentences about projects that several commands share."""

from collections.abc import Mapping
from datetime import datetime

from commands.framework.phrasing import short
from commands.framework.reply import Foreign, Inline, RecordRef, Say, say
from commands.projects.rules import cause
from storage.projects.record import Health, Milestone, Project, Update
from storage.projects.standing import ALIVE, has_slipped, is_silent, is_stale, original_due, overall

MEANING: Mapping[Health, Say] = {
    Health.GREEN: say("projects.reply.green"),
    Health.YELLOW: say("projects.reply.yellow"),
    Health.RED: say("projects.reply.red"),
}
"""The colour with what it means: no meaning by colour alone."""

NOT_TODAY: Mapping[Health, Say] = {
    Health.GREEN: say("projects.reply.stale_green"),
    Health.YELLOW: say("projects.reply.stale_yellow"),
    Health.RED: say("projects.reply.stale_red"),
}
"""The same, where the last update is too old: then nothing is called green."""


def ref(project: Project) -> RecordRef:
    """The project by its id."""
    return RecordRef("projects", project.id)


def titled(project: Project) -> RecordRef:
    """The project by its id and title."""
    return RecordRef("projects", project.id, project.title)


def standing(project: Project, now: datetime) -> Inline | None:
    """The overall health as words; None in phases that have no health of today."""
    if project.phase not in ALIVE:
        return None
    health = overall(project)
    if is_silent(project):
        return say("projects.reply.silent")
    if is_stale(project, now):
        return NOT_TODAY[health] if health else say("projects.reply.stale")
    return MEANING[health] if health else say("projects.reply.colourless")


def state(project: Project, now: datetime) -> Inline:
    """Phase and overall health: "Pilot, gelb (gefährdet)"."""
    health = standing(project, now)
    if health is None:
        return say("projects.reply.phase_only", phase=project.phase)
    return say("projects.reply.phase_and_health", phase=project.phase, health=health)


def health_words(health: Health | None) -> Inline:
    """One city's health with its meaning, or that it gave none."""
    return MEANING[health] if health else say("projects.reply.colourless")


def update_words(update: Update) -> Inline:
    """What a city said: its health and, where it gave one, the cause."""
    words = cause(update)
    if words is None:
        return health_words(update.health)
    if update.health is None:
        return Foreign(short(words))
    return say("projects.reply.health_and_cause", health=MEANING[update.health], cause=Foreign(short(words)))


def milestone_words(milestone: Milestone) -> Inline:
    """Title and day; where it slipped, the first day and the last reason."""
    title = Foreign(short(milestone.title))
    if not has_slipped(milestone):
        return say("projects.reply.milestone_due", title=title, due=milestone.due)
    reason = Foreign(short(milestone.shifts[-1].reason))
    first = original_due(milestone)
    return say("projects.reply.milestone_slipped", title=title, due=milestone.due, first=first, reason=reason)
