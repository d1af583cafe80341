"""The words by which people say how a project goes, as patterns over folded text (small letters, ä as ae, ß as ss).

A pattern speaks of one clause. Idioms that hold a negation ("keine Probleme", "nicht schlecht") stand with what they
mean; whatever else is negated means nothing by itself.
"""

import re
from collections.abc import Iterable, Mapping

from storage.projects.record import Health

_NO_NEGATION = r"(?!(?:nicht|nie|kaum|nimmer|kein\w*|not|never|hardly) )"


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern that finds any of these as whole words. A gap of any word in one is never a negation."""
    joined = "|".join(patterns).replace(r"(?:\w+ )", rf"(?:{_NO_NEGATION}\w+ )")
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])")


_FILL = r"(?:\w+ ){0,2}?"
_SOFT = (
    r"(?:es|alles|das|ganze|projekt|bei uns|hier|momentan|derzeit|aktuell|soweit|so weit|bisher|weiter|weiterhin|ja|"
    r"also|jetzt|wieder|endlich|noch|gerade|im moment|im grunde|grundsaetzlich|prinzipiell|bestens|schon)"
)
_WELL = (
    r"(?:rund|gut|sehr gut|bestens|prima|super|glatt|reibungslos|planmaessig|stabil|ordentlich|einwandfrei|problemlos|"
    r"wie geplant|wie vorgesehen|nach plan|nach zeitplan|wie am schnuerchen|wie geschmiert|fluessig|zufriedenstellend)"
)
_TROUBLES = (
    r"(?:probleme?n?|schwierigkeiten|hindernisse?|huerden?|verzoegerung(?:en)?|verspaetung(?:en)?|auffaelligkeiten|"
    r"risiken|stoerungen|vorkommnisse|engpaesse|blocker|beschwerden|sorgen|bedenken)"
)
_ISSUES = (
    r"(?:issues?|problems?|blockers?|obstacles?|delays?|concerns?|risks?|complaints?|trouble|surprises|worries|hiccups)"
)
_SIZE = (
    r"(?:(?:groesseren?|grossen?|nennenswerten?|wesentlichen?|weiteren?|aktuellen?|akuten?|"
    r"besonderen?|ernsthaften?|echten?) )?"
)
_MAJOR = r"(?:(?:major|open|real|big|serious|significant|further|more|known|new|current) )?"

COLOURS: Mapping[Health, re.Pattern[str]] = {
    Health.GREEN: any_of((r"gruen", r"gruene[nrs]? (?:bereich|ampel)", r"green(?! (?:light|deal|it))", "🟢")),
    Health.YELLOW: any_of((r"gelb", r"gelbe[nrs]? (?:bereich|ampel)", r"yellow", r"amber", r"orange", "🟡", "🟠")),
    Health.RED: any_of((r"rot", r"rote[nrs]? (?:bereich|ampel)", r"red(?! (?:tape|flags?|line|cross))", "🔴")),
}
"""Colours said outright; they outweigh every other word."""

GREEN = any_of(
    (
        # idioms with a negation
        rf"keine(?:rlei)? {_SIZE}{_TROUBLES}(?: mehr)?",
        rf"ohne {_SIZE}{_TROUBLES}",
        rf"(?:no|without(?: any)?|free of|zero) {_MAJOR}{_ISSUES}",
        r"nicht schlecht", r"not (?:too )?bad", r"kann nicht klagen", r"koennen nicht klagen", r"can'?t complain",
        r"nichts zu meckern", r"nichts (?:auffaelliges|besonderes|kritisches)", r"nothing (?:is )?block(?:s|ed|ing)",
        r"nothing to (?:report|worry about|complain about)", r"kein(?:en)? grund zur sorge",
        # German
        rf"(?:laeuft|laufen|laufe|lief|gelaufen)(?:'?s)? {_FILL}{_WELL}", rf"{_WELL} (?:laeuft|laufen)",
        rf"{_WELL} (?:unterwegs|dabei|aufgestellt|vorangekommen|voran)", rf"(?:geht|klappt) (?:\w+ )?{_WELL}",
        r"(?:es|alles|projekt|pilot|pilotbetrieb|betrieb|sache) laeuft(?! (?:aus|ab|an|auf|schief|hinterher|noch bis))",
        r"(?:im|in|nach|laut) (?:zeit)?plan", r"(?:plan|termin)(?:gemaess|maessig|gerecht|treu)",
        r"wie (?:geplant|vorgesehen|vereinbart)",
        r"auf kurs", r"auf schiene", r"in der spur", r"auf (?:einem )?gute[nm] weg", r"in der zeit", r"im soll",
        (
            r"alles (?:ist )?(?:gut|bestens|ok|okay|paletti|super|prima|fein|roger|top|in ordnung|in butter|im lot"
            r"|im griff|im gruenen)"
        ),
        r"(?:im griff|unter kontrolle|in trockenen tuechern|im lot|in ordnung)",
        r"passt (?:alles|schon|so|soweit|bei uns)", r"alles passt",
        r"(?:schaut|sieht) (?:\w+ )?(?:gut|prima|super|bestens) aus",
        rf"(?:gehen|geht|kommen|kommt|schreiten|schreitet) {_FILL}(?:voran|vorwaerts|zuegig weiter|gut weiter)",
        r"(?:gute|grosse|deutliche)?n? ?fortschritte", r"(?:frueher|schneller) (?:fertig )?als geplant",
        r"vor dem zeitplan",
        r"betrieb (?:ist )?stabil", r"stabil", r"erfolgreich", r"problemlos", r"reibungslos", r"voll dabei",
        r"sonst (?:ok|okay|gut|passt|alles gut)",
        # English
        r"on (?:track|schedule|time|plan|course|target)", r"ahead of (?:schedule|plan)",
        r"as (?:planned|scheduled|expected)",
        r"according to plan",
        r"(?:all|everything)(?: is|'s)? (?:good|fine|well|ok|okay|great|clear|set|in order|works|running|working)",
        (
            r"(?:going|running|working|moving|coming along|progressing|proceeding|doing) (?:\w+ )?(?:well|fine"
            r"|smoothly|great|nicely|steadily|ok|okay|forward|ahead)"
        ),
        r"smooth(?:ly| sailing)", r"(?:good|great|steady|solid|real) (?:progress|shape|pace)",
        r"making (?:\w+ )?progress", r"progressing",
        r"look(?:s|ing) (?:\w+ )?(?:good|fine|great|promising)",
        r"(?:mostly|otherwise|basically|generally|largely) (?:fine|ok|okay|good|on track)",
        r"(?:is|are|we're|it's|doing) (?:\w+ )?(?:fine|great|stable)", r"stable", r"we're (?:all )?good",
        r"all systems go", r"under control",
        r"(?:runs|works) (?:\w+ )?(?:well|fine|smoothly)", r"successful(?:ly)?",
    )
)  # fmt: skip

ALONE_GREEN = re.compile(
    rf"(?:{_SOFT} )*(?:laeuft(?:'?s)?|passt|bestens|prima|super|top|tiptop|tipptopp)(?: {_SOFT})*"
    r"|(?:it |it's |just |all )*(?:fine|works|running|great)"
)
"""Words that mean green only where a clause says nothing else ("läuft")."""

YELLOW = any_of(
    (
        # German
        r"\w*verzoeger\w*", r"\w*verspaet\w*", r"hink(?:t|en) (?:\w+ )?(?:hinterher|nach)?", r"hinterher",
        r"(?:in|im) verzug",
        r"(?:in|im)? ?rueckstand", r"hakt(?:'?s)?", r"ruckelt(?:'?s)?", r"(?:liegen|liegt) (?:\w+ ){0,3}?zurueck",
        r"kaempf(?:en|t) (?:\w+ )?mit", r"aerger", r"schieflage", r"haken", r"hapert(?:'?s)?",
        r"(?:haengt|haengen)(?:'?s)?(?! fest)",
        r"klemmt(?:'?s)?", r"stock(?:t|en)", r"ins stocken",
        r"stottert", r"holper(?:t|ig)", r"zieht sich", r"schlepp(?:end|t)", r"(?:sehr |recht |etwas )?zaeh",
        r"wackel(?:t|n|ig)", r"auf der kippe",
        r"(?:wird|werden|zeitlich|recht|sehr|ziemlich|etwas|ganz) (?:\w+ )?(?:eng|knapp)", r"eng (?:werden|getaktet)",
        r"knapp werden",
        r"aber knapp", r"gefaehrdet",
        r"noch nicht (?:\w+ )?(?!gefaehrdet|geplatzt|gestoppt|gescheitert)(?:\w*ge\w+(?:t|en)|zugestimmt)",
        r"risik(?:o|en)", r"sorgen?", r"schwierig\w*", r"probleme?n?", r"fehl(?:t|en)",
        r"wart(?:en|et|e)(?: \w+)? auf", r"ausstehend",
        r"stehe?n?t? (?:\w+ )?aus", r"laesst auf sich warten", r"langsam(?:er)?(?: als geplant)?",
        r"(?:dauert|braucht|brauchen) (?:\w+ )?(?:laenger|noch (?:etwas|ein wenig))",
        r"brauchen (?:noch )?mehr zeit",
        (
            r"noch nicht (?:\w+ )?(?:da|geliefert|fertig|erhalten|bekommen|angekommen|freigegeben|bewilligt"
            r"|besetzt|geklaert|entschieden)"
        ),
        r"\w*engpass", r"\w*engpaesse", r"unterbesetzt", r"mit (?:\w+ )?einschraenkungen", r"durchwachsen", r"bedingt",
        r"nicht (?:ganz|voll|so ganz|komplett) (?:im plan|im zeitplan|rund|nach plan|auf kurs)",
        r"(?:hinter|hinterm)(?: dem| unserem)?(?: \w+)? ?(?:zeit)?plan", r"spaeter als (?:geplant|gedacht|vorgesehen)",
        r"versch(?:iebt|oben|ieben)(?: \w+)?", r"nach hinten", r"rutsch(?:t|en)", r"gerutscht",
        r"kritisch werden", r"krank(?:heit)?\w*", r"ausgelastet", r"ueberlastet",
        r"kommen nicht (?:ganz )?(?:nach|hinterher)", r"kommt nicht (?:ganz )?(?:nach|hinterher)",
        # English
        r"delay(?:s|ed)?", r"(?:running |a bit |slightly |somewhat |weeks? |days? |months? )?late",
        r"behind(?: schedule| plan)?", r"slip(?:ped|ping|s)", r"slow(?:er|ly|ing)?",
        r"at risk", r"risk[ys]?", r"tight", r"wobbl(?:y|ing)", r"shaky", r"wait(?:ing)? (?:\w+ )?(?:for|on)",
        r"missing", r"lacking", r"lack of",
        r"struggl(?:e|es|ing)", r"hiccups?", r"bumps?", r"bumpy", r"issues?", r"problems?", r"concerns?", r"concerned",
        r"not (?:quite|fully|entirely|completely) (?:on (?:track|schedule|plan)|there|done|smooth)",
        r"under-?staffed", r"short-?staffed", r"short on \w+", r"pending", r"held up", r"needs? more time",
        r"taking (?:\w+ )?longer", r"takes (?:\w+ )?longer", r"dragg(?:ing|s)",
        r"postponed", r"(?:pushed|moved) back", r"bottlenecks?", r"mixed", r"overloaded", r"stalling", r"snags?",
        r"in danger", r"off schedule", r"needs? (?:\w+ ){0,2}?more (?:time|days?|weeks?|months?)", r"shortage",
    )
)  # fmt: skip

RED = any_of(
    (
        # German
        r"(?:steh(?:t|en)|liegt|liegen) (?:\w+ ){0,2}?still", r"stillstand", r"still(?:steht|stehen|gelegt)",
        r"(?:steht|stehen) (?:alles|komplett|voellig|total)", r"(?:komplett|voellig|total) (?:am )?stehen",
        r"(?:geht )?(?:gar |ueberhaupt |rein gar )?nichts (?:geht|laeuft|bewegt sich|funktioniert)(?: mehr)?",
        r"(?:geht|laeuft|bewegt sich|funktioniert|passiert) (?:\w+ ){0,2}?(?:gar |ueberhaupt )?nichts(?: mehr)?",
        (
            r"(?:geht|gehen|kommt|kommen) (?:\w+ ){0,3}?(?:nicht|nimmer|keinen schritt)(?: mehr)? (?:weiter|voran"
            r"|vorwaerts|vom fleck)"
        ),
        r"kein (?:\w+ )?(?:fortschritt|vorankommen|weiterkommen|durchkommen)",
        r"\w*blockiert\w*", r"blockade", r"gestoppt", r"gestrichen", r"geplatzt", r"platzt", r"gescheitert", r"auf eis",
        r"(?:liegt|liegen) (?:\w+ )?(?:brach|lahm|flach)", r"lahmgelegt", r"festgefahren",
        r"(?:stecken|steckt|haengen|haengt|sitzen) (?:\w+ ){0,3}?fest", r"eingefroren", r"kritisch(?! werden)\w*",
        r"katastroph\w+", r"desast\w+", r"es brennt", r"brennt", r"land unter", r"ausgefallen", r"(?:mause)?tot",
        r"am ende",
        r"(?:an|gegen) die wand", r"nicht (?:mehr )?zu (?:halten|schaffen|retten)", r"nicht (?:mehr )?haltbar",
        r"unhaltbar", r"schaffen (?:\w+ ){0,3}?nicht(?: mehr)?", r"abgebrochen", r"aus dem ruder",
        r"(?:laeuft|geht|ging|lief) (?:\w+ ){0,2}?schief", r"schiefgelaufen", r"von vorne? (?:anfangen|beginnen)",
        r"sackgasse", r"notstand", r"eskalation", r"eskaliert", r"alarm",
        # English
        r"blocked", r"(?:a|main|big|hard) blocker", r"stuck", r"dead(?: in the water)?", r"stand(?:s|ing)?[ -]?still",
        r"stopped", r"halted", r"at a halt", r"on (?:ice|hold)", r"frozen", r"critical", r"show[ -]?stopper", r"failed",
        r"failing",
        r"collapsed", r"fell (?:apart|through)", r"falling apart", r"off (?:track|the rails|course)", r"derailed",
        r"nothing(?: is|'s)? (?:works|moves|moving|working|goes|happening|happens)", r"no progress",
        r"not (?:moving|progressing)",
        (
            r"(?:cannot|can't|can not|couldn't|unable to) (?:\w+ )?(?:continue|proceed|go on|move(?: on| forward)?"
            r"|progress)"
        ),
        r"won't make it", r"(?:can't|cannot|not going to|never going to) make (?:it|the (?:date|deadline))",
        r"impossible", r"going nowhere", r"emergency", r"disaster", r"broken", r"a mess",
        r"in (?:deep |big |serious )?trouble",
        r"out of (?:money|budget|funds)", r"cancelled", r"dead end", r"start(?:ing)? (?:all )?over",
        r"back to square one",
    )
)  # fmt: skip

BARE = any_of((r"laeuft", r"laufen", r"klappt", r"passt", r"funktioniert", r"geht", r"works?", r"working", r"going"))
"""Words too weak to mean anything by themselves, but not too weak to be denied ("läuft nicht")."""

ALONE_RED = re.compile(r"(?:wir |es |alles |jetzt |gerade |bei uns )*(?:stehen|steht)(?: komplett| ganz| still)?")
"""Words that mean red only where a clause says nothing else ("wir stehen")."""

RESOLVED = any_of(
    (
        r"behoben", r"geloest", r"gefixt", r"beseitigt", r"ausgeraeumt", r"aufgeholt", r"ueberwunden", r"vom tisch",
        r"entschaerft", r"abgestellt", r"(?:ist|sind) weg",
        r"resolved", r"fixed", r"solved", r"sorted(?: out)?", r"unblocked", r"cleared(?: up)?", r"caught up",
        r"recovered", r"(?:is|are) over", r"behind us", r"(?:is|are) gone",
    )
)  # fmt: skip
"""What trouble is when it is trouble no longer."""

PAST = any_of((r"war(?:en)?", r"gewesen", r"hatten?", r"was", r"were", r"had been", r"used to be"))
COMING = any_of(
    (
        r"koennten?", r"droh(?:t|en|end)", r"wenn", r"falls", r"sofern", r"sonst", r"ansonsten", r"andernfalls",
        r"womoeglich", r"evtl", r"eventuell", r"vielleicht",
        r"moeglicherweise", r"bald", r"demnaechst", r"wird wohl", r"might", r"may", r"could", r"if", r"unless",
        r"otherwise", r"threatens?", r"soon", r"perhaps", r"maybe", r"possibly",
    )
)  # fmt: skip
"""Words that make of what follows something that is not so yet."""

APART = any_of((r"sonst", r"ansonsten", r"otherwise"))
"""Words of that kind that may also mean "apart from that"."""

NEGATION = re.compile(
    r"^(?:nicht|nie|niemals|kein\w*|ohne|weder|nimmer|ned|net|nix|not|no|never|without"
    r"|neither|nor|hardly|kaum|\w+n't|cannot|nothing)$"
)
NEGATION_AFTER = re.compile(r"^(?:nicht|nie|niemals|nimmer|ned|net|not)$")
NEGATION_INSIDE = re.compile(r"^(?:nicht\w*|kein\w*|ohne|nothing|no|not|\w+n't|cannot)$")
CONDITION = re.compile(r"(?:wenn|falls|sofern|sollten?|if|unless|should)\b")
"""How a clause begins that makes the next one something that is not so yet."""

DOUBT = any_of(
    (
        r"keine ahnung", r"weiss (?:ich |ichs |es |man )*(?:noch |leider |gerade |auch )*nicht",
        r"wissen wir (?:noch )?nicht", r"nicht sicher", r"unsicher", r"unklar", r"schwer zu sagen",
        r"kann ich (?:noch |gerade )?nicht sagen", r"keine angabe",
        (
            r"mu(?:ss|essen) (?:ich |wir |man |das |es |erst |noch |mal |da )*(?:\w+ ){0,5}?(?:klaeren|nachfragen"
            r"|fragen|pruefen|nachschauen|nachsehen|abstimmen|abklaeren|ruecksprache)"
        ),
        r"melde? mich", r"melden uns", r"kommt (?:ganz )?(?:drauf|darauf) an",
        r"frag(?:t|en sie|en)? (?:mich |uns )?(?:bitte )?(?:noch ?mal|wieder|am|naechste|morgen|spaeter)",
        r"spaeter mehr", r"so wie",
        r"wie (?:immer|gehabt|letzte[sn]?|beim letzten|zuletzt|vorher|bisher|zuvor|vor(?:ige|letzte)\w*)",
        r"unveraendert", r"nichts neues", r"keine (?:aenderung\w*|neuigkeiten)", r"geht so", r"so ?la ?la", r"na ?ja",
        r"so ?-?so", r"hm+", r"mal (?:so|sehen|schauen)", r"besser als", r"schlechter als", r"teils[ ,/]*teils",
        r"mittel(?:maessig|praechtig)", r"jein", r"schau'?n? mer mal",
        r"no idea", r"not sure", r"unsure", r"unclear", r"don'?t know", r"hard to (?:say|tell)", r"(?:it )?depends",
        r"i guess", r"i think so", r"ask (?:me |us )?(?:again|later|on|next|tomorrow)",
        r"(?:will|have to|need to|must|let me|i'll|we'll) (?:\w+ )?(?:check|ask|clarify|find out)", r"get back to you",
        r"tbd", r"tbc", r"same as", r"no (?:change|changes|news)", r"unchanged",
        r"as (?:before|ever|usual|last time|always)", r"(?:better|worse) than", r"so-so", r"meh", r"we'll see",
        r"who knows",
    )
)  # fmt: skip
"""Answers that leave open how it goes."""

THANKS = re.compile(
    r"(?:(?:vielen|herzlichen|besten|lieben|schoenen|1000|tausend|many|ok|okay|super|prima|perfekt|gut"
    r"|alles klar|great|ja|passt|no) )*(?:dank|danke|dankeschoen|thanks|thank you|thx|merci|cheers|ty)"
    r"(?: (?:schoen|sehr|dir|ihnen|euch|a lot|so much|very much|you|gleichfalls|(?:fuer|for) .*))*"
    r"|alles klar|verstanden|ok|okay|o\.k|perfekt|klasse|noted|got it|understood|will do|mache? ich|machen wir"
    r"|wird gemacht|erledige ich|gern(?:e)?|zur kenntnis genommen|kein problem|no problem|no worries"
    r"|you're welcome|bitte|hallo|servus|gruess gott|guten (?:morgen|tag)|moin|hi|hello|good morning|gut|good"
    r"|great|ja|nein|yes|no|👍|🙏|👌|😊|🙂"
)  # fmt: skip
"""A clause that only thanks, greets or nods; after it there may be more."""

ASKS = re.compile(
    r"(?:(?:und|aber|and|but) )?(?:wer|was|wann|warum|wieso|weshalb|wo|woran|wohin|wozu|welche\w*|wieviel|who"
    r"|what|when|why|where|which|whose)\b(?! (?:immer|auch))"
    r"|(?:und )?wie (?!geplant|vorgesehen|vereinbart|gehabt|immer|letzte|beim|zuletzt|vorher|bisher|erwartet"
    r"|besprochen|am )\w+|how "
)  # fmt: skip
"""How a question begins, should its mark be missing."""
